package gitops

import (
	"context"
	"maps"
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
