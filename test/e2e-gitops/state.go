package gitops

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// versions are the resourceVersions of objects as they stand: one that is
// written to, and be it with nothing new, has another.
func (s *server) versions(t testing.TB, objects []*object) map[string]string {
	t.Helper()
	versions := map[string]string{}
	for _, o := range objects {
		live, err := s.live(o)
		if err != nil {
			t.Fatal(err)
		}
		versions[id(o)] = live.GetResourceVersion()
	}
	return versions
}

// changed are the keys whose values differ.
func changed(before, after map[string]string) []string {
	keys := map[string]bool{}
	for _, side := range []map[string]string{before, after} {
		for key := range side {
			if before[key] != after[key] {
				keys[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// pods are those of a namespace: the name of each and the workload it is of.
func (s *server) pods(t testing.TB, namespace string) map[string][]string {
	t.Helper()
	list, err := s.client.CoreV1().Pods(namespace).List(context.Background(), meta.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pods := map[string][]string{}
	for _, pod := range list.Items {
		if pod.DeletionTimestamp == nil {
			workload := workloadOf(&pod)
			pods[workload] = append(pods[workload], string(pod.UID))
		}
	}
	for _, uids := range pods {
		slices.Sort(uids)
	}
	return pods
}

// workloadOf is the Deployment or ReplicationController that made a pod.
func workloadOf(pod *core.Pod) string {
	owner := meta.GetControllerOf(pod)
	if owner == nil {
		return pod.Name
	}
	if hash := pod.Labels["pod-template-hash"]; hash != "" {
		return strings.TrimSuffix(owner.Name, "-"+hash)
	}
	return owner.Name
}

// rolled are the workloads that lost pods.
func rolled(before, after map[string][]string) []string {
	var names []string
	for name, uids := range before {
		if slices.ContainsFunc(uids, func(uid string) bool { return !slices.Contains(after[name], uid) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// sameCount is an error unless each workload has as many pods as before.
func sameCount(before, after map[string][]string) error {
	for name, uids := range before {
		if len(after[name]) != len(uids) {
			return fmt.Errorf("%s: %d pods, %d before", name, len(after[name]), len(uids))
		}
	}
	return nil
}

// replicas is an error unless a workload has as many ready pods as it wants.
func replicas(live *object) error {
	wanted, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	ready, _, _ := unstructured.NestedInt64(live.Object, "status", "readyReplicas")
	updated, isDeployment, _ := unstructured.NestedInt64(live.Object, "status", "updatedReplicas")
	if ready != wanted || isDeployment && updated != wanted || wanted == 0 {
		return fmt.Errorf("%s: %d of %d ready, %d new", id(live), ready, wanted, updated)
	}
	return nil
}

// sameReplicas is an error unless a workload wants as many as a manifest says.
func sameReplicas(manifest, live *object) error {
	wanted, _, _ := unstructured.NestedFieldNoCopy(manifest.Object, "spec", "replicas")
	got, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas")
	if fmt.Sprint(wanted) != fmt.Sprint(got) {
		return fmt.Errorf("%s wants %d, Git says %v", id(live), got, wanted)
	}
	return nil
}

// outlives deletes what an engine was given, and fails unless the registry
// stays as it is.
func (s *server) outlives(given string, objects []*object) {
	s.t.Helper()
	before := s.versions(s.t, objects)
	s.kubectl("", "delete", "--wait", "-k", given)
	if written := changed(before, s.versions(s.t, objects)); len(written) > 0 {
		s.t.Errorf("without its engine the registry lost or changed %q", written)
	}
}

// pruned is an error unless of some old objects those that Git no longer has
// are gone, but for claims, which stay; and those that it has are there.
func (s *server) pruned(old, wanted []*object) error {
	kept := map[string]bool{}
	for _, o := range wanted {
		kept[id(o)] = true
	}
	gone, claims := 0, 0
	for _, o := range old {
		_, err := s.live(o)
		claim := o.GetKind() == "PersistentVolumeClaim" && !kept[id(o)]
		switch {
		case kept[id(o)] || claim:
			if err != nil {
				return fmt.Errorf("%s: %w", id(o), err)
			}
		case !errors.IsNotFound(err):
			return fmt.Errorf("%s is still there (%v)", id(o), err)
		default:
			gone++
		}
		if claim {
			claims++
		}
	}
	if gone == 0 || claims == 0 {
		return fmt.Errorf("%d objects are gone, %d claims were to stay", gone, claims)
	}
	return nil
}

// bound is an error unless a claim has the very volume that was made for it.
func (s *server) bound(claim *object) error {
	live, err := s.live(claim)
	if err != nil {
		return err
	}
	if phase := field(live.Object, "status", "phase"); phase != "Bound" {
		return fmt.Errorf("%s is %s", id(live), phase)
	}
	volume, err := s.client.CoreV1().PersistentVolumes().Get(context.Background(), field(claim.Object, "spec", "volumeName"), meta.GetOptions{})
	if err != nil {
		return err
	}
	if volume.Spec.ClaimRef == nil || volume.Spec.ClaimRef.UID != live.GetUID() {
		return fmt.Errorf("%s is of another claim than %s: %v", volume.Name, id(live), volume.Spec.ClaimRef)
	}
	return nil
}

// up checks that what a folder describes stands: claims bound to their
// volumes, every replica ready.
func (s *server) up(t testing.TB, objects []*object) {
	t.Helper()
	ready, claims := int64(0), 0
	for _, o := range objects {
		live, err := s.live(o)
		if err != nil {
			t.Error(err)
			continue
		}
		switch o.GetKind() {
		case "Deployment", "ReplicationController":
			err = replicas(live)
			count, _, _ := unstructured.NestedInt64(live.Object, "status", "readyReplicas")
			ready += count
		case "PersistentVolumeClaim":
			err = s.bound(o)
			claims++
		}
		if err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d objects, %d replicas ready, %d claims bound", len(objects), ready, claims)
}
