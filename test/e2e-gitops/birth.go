package gitops

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// births notes the version at which each object came into the cluster, for the
// kinds of some objects. The function ends that and gives what was noted.
func (s *server) births(t testing.TB, objects []*object) (end func() map[string]string) {
	t.Helper()
	var mu sync.Mutex
	noted := map[string]string{}
	var watches []watch.Interface
	seen := map[string]bool{}
	for _, o := range objects {
		if seen[o.GetKind()] {
			continue
		}
		seen[o.GetKind()] = true
		watches = append(watches, s.watch(t, o))
	}
	var done sync.WaitGroup
	for _, w := range watches {
		done.Go(func() {
			for event := range w.ResultChan() {
				o, ok := event.Object.(*object)
				if ok && event.Type == watch.Added {
					mu.Lock()
					noted[id(o)] = o.GetResourceVersion()
					mu.Unlock()
				}
			}
		})
	}
	return func() map[string]string {
		for _, w := range watches {
			w.Stop()
		}
		done.Wait()
		return maps.Clone(noted)
	}
}

// watch looks at what comes into the cluster from now on, of the kind and
// namespace of one object.
func (s *server) watch(t testing.TB, o *object) watch.Interface {
	t.Helper()
	resource, err := s.resource(o)
	if err != nil {
		t.Fatal(err)
	}
	list, err := resource.List(context.Background(), meta.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := resource.Watch(context.Background(), meta.ListOptions{ResourceVersion: list.GetResourceVersion()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// bornBefore fails unless all of the first came into the cluster before any of
// the second: an object's first version tells, counted over all kinds.
func bornBefore(t testing.TB, what string, births map[string]string, first, second func(id string) bool) {
	t.Helper()
	last, soonest := int64(0), int64(1<<62)
	var late, early string
	for id, version := range births {
		at, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if first(id) && at > last {
			last, late = at, id
		}
		if second(id) && at < soonest {
			soonest, early = at, id
		}
	}
	if late == "" || early == "" || last > soonest {
		t.Errorf("%s: %q came at %d, %q at %d", what, late, last, early, soonest)
	}
}

// kinds are ids whose kind is one of these.
func kinds(names ...string) func(id string) bool {
	return func(id string) bool {
		kind, _, _ := strings.Cut(id, "/")
		return slices.Contains(names, kind)
	}
}
