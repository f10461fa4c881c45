package gitops

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A flux is a cluster with Flux in it and a registry that it brings.
type flux struct {
	*server
	t          testing.TB
	forge      *forge
	registry   *registry
	controller *program
}

// startFlux starts kustomize-controller beside its stand-in for sources.
func startFlux(t testing.TB, s *server) *flux {
	t.Helper()
	f := &flux{server: s, t: t, forge: newForge(t)}
	s.define(fluxDefinitions(t)...)
	s.create("{apiVersion: v1, kind: Namespace, metadata: {name: flux-system}}")
	standInForSources(t, s)
	f.run()
	return f
}

// run starts the controller as Flux installs it, but for what makes it look
// for dependencies more often, and what else a test wants.
func (f *flux) run(more ...string) {
	f.t.Helper()
	f.controller = start(f.t, "kustomize-controller", tool(f.t, newest, "kustomize-controller"),
		[]string{"KUBECONFIG=" + f.kubeconfig, "RUNTIME_NAMESPACE=flux-system"},
		append(more,
			"--metrics-addr="+listens(f.t), "--health-addr="+listens(f.t),
			"--watch-all-namespaces=true", "--log-level=info", "--log-encoding=console",
			"--requeue-dependency=1s",
		))
}

// kustomizations are the names of those that hagen wrote, in their order.
func (f *flux) kustomizations() []string {
	var names []string
	for _, o := range readObjects(f.t, f.registry.out("flux")) {
		if o.GetKind() == "Kustomization" {
			names = append(names, o.GetName())
		}
	}
	return names
}

// kustomization is one of them as it stands.
func (f *flux) kustomization(name string) (*object, error) {
	o := &object{}
	o.SetAPIVersion("kustomize.toolkit.fluxcd.io/v1")
	o.SetKind("Kustomization")
	o.SetNamespace("flux-system")
	o.SetName(name)
	return f.live(o)
}

// synced waits until all Kustomizations have brought a commit and are Ready.
func (f *flux) synced(commit string) {
	f.t.Helper()
	eventually(f.t, "all Kustomizations have brought the commit and are Ready", func() error {
		for _, name := range f.kustomizations() {
			if err := f.brought(name, commit); err != nil {
				return err
			}
		}
		return nil
	})
}

// brought is an error as long as one Kustomization is not Ready with a commit.
func (f *flux) brought(name, commit string) error {
	o, err := f.kustomization(name)
	if err != nil {
		return err
	}
	if revision, _, _ := unstructured.NestedString(o.Object, "status", "lastAppliedRevision"); revision != "main@sha1:"+commit {
		_, reason := conditionStatus(o, "Ready")
		return fmt.Errorf("%s: brought %q so far: %s", name, revision, reason)
	}
	if generation, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration"); generation != o.GetGeneration() {
		return fmt.Errorf("%s: not seen yet as it is", name)
	}
	return condition(o, "Ready")
}

// failed waits until a Kustomization says that it is not Ready, and gives the
// reason.
func (f *flux) failed(name, commit string) string {
	f.t.Helper()
	var why string
	eventually(f.t, name+" is not Ready", func() error {
		o, err := f.kustomization(name)
		if err != nil {
			return err
		}
		attempted, _, _ := unstructured.NestedString(o.Object, "status", "lastAttemptedRevision")
		status, reason := conditionStatus(o, "Ready")
		if attempted != "main@sha1:"+commit || status != "False" {
			return fmt.Errorf("tried %s, Ready is %s: %s", attempted, status, reason)
		}
		why = reason
		return nil
	})
	return why
}

// again asks for a sync as "flux reconcile" does, and waits for its end.
func (f *flux) again() {
	f.t.Helper()
	stamp := time.Now().Format(time.RFC3339Nano)
	names := f.kustomizations()
	args := []string{"-n", "flux-system", "annotate", "--overwrite", "kustomization"}
	f.kubectl(f.registry.folder, append(slices.Concat(args, names), "reconcile.fluxcd.io/requestedAt="+stamp)...)
	eventually(f.t, "all Kustomizations have looked again", func() error {
		for _, name := range names {
			o, err := f.kustomization(name)
			if err != nil {
				return err
			}
			if at, _, _ := unstructured.NestedString(o.Object, "status", "lastHandledReconcileAt"); at != stamp {
				return fmt.Errorf("%s: last looked at %q", name, at)
			}
			if err := condition(o, "Ready"); err != nil {
				return err
			}
		}
		return nil
	})
}
