package gitops

import (
	"fmt"
	"path/filepath"
	"strings"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// handsOver lets core follow the load, as the runbook says: its pods stay although
// their number leaves the manifest, and the engine leaves another number as it is.
// Then it takes that back.
// again has the engine look anew, synced waits until it has brought a commit.
func (s *server) handsOver(r *registry, f *forge, again func(), synced func(commit string)) {
	s.t.Helper()
	// Flux writes nothing, and holds the number on, when nothing else changes: the
	// last one who lets go of it is the next change of the workload.
	r.set("[kubernetes.autoscaling.core]\nmax_replicas = 4\ntarget = \"70%\"\n\n[components.core.resources.requests]\ncpu = \"300m\"\n")
	plan := r.hagen("diff", "--exit-zero", "--format", "markdown", r.spec)
	if !strings.Contains(plan, "hand Deployment core over to its scaler") {
		s.t.Errorf("hagen diff does not tell to hand core over:\n%s", plan)
	}
	r.hagen("build", "--quiet", r.spec)
	s.follow(r.folder, commands(s.t, filepath.Join(r.out(""), "RUNBOOK-kubernetes.md"), "Hand running pods over to their scalers"))
	core := parse(s.t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: core, namespace: harbor}}")
	wants := func(wanted int64) func() error {
		return func() error {
			live, err := s.live(core)
			if err != nil {
				return err
			}
			if n, _, _ := unstructured.NestedInt64(live.Object, "spec", "replicas"); n != wanted {
				return fmt.Errorf("it wants %d", n)
			}
			return nil
		}
	}
	stays := during(s.t, "core keeps its three pods", wants(3))
	f.merge(r, "core follows the load")
	eventually(s.t, "nobody but the scaler holds the number of core's pods", func() error {
		if _, err := s.live(parse(s.t, "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: core, namespace: harbor}}")); err != nil {
			return err
		}
		live, err := s.live(core)
		if err != nil {
			return err
		}
		if held := holders(live); len(held) != 1 || held[0] != "scaler" {
			return fmt.Errorf("%q hold it", held)
		}
		return nil
	})
	stays()
	// as the scaler does when there is more to do
	s.kubectl(r.folder, "-n", "harbor", "scale", "deployment/core", "--replicas=4")
	stays = during(s.t, "core keeps its fourth pod", wants(4))
	again()
	again()
	stays()
	synced(f.revert(r))
	if err := wants(3)(); err != nil {
		s.t.Errorf("after a number is in the manifest again: %v", err)
	}
}

// holders name who has applied a number of replicas.
func holders(live *object) []string {
	var names []string
	for _, m := range live.GetManagedFields() {
		if m.Operation == meta.ManagedFieldsOperationApply && m.FieldsV1 != nil && strings.Contains(string(m.FieldsV1.Raw), `"f:replicas"`) {
			names = append(names, m.Manager)
		}
	}
	return names
}
