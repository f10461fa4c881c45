package gitops

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestArgo lets Argo CD bring the example of Harbor 2.15, and then what
// becomes of it in the course of time.
func TestArgo(t *testing.T) {
	t.Parallel()
	a := startArgo(t, newCluster(t))
	a.registry = forArgo(t, a.forge.address)
	a.comesFromNothing()
	a.isQuiet()
	a.setsRight()
	a.handsOver(a.registry, a.forge, a.again, a.synced)
	a.rollsWhatReadsTheChange()
	a.prunesButNoVolumes()
	a.mends()
	a.endsASync()
	a.outlives(a.registry.out("argocd"), a.objects())
}

// objects are those of the rendering's folder for the cluster.
func (a *argo) objects() []*object {
	a.t.Helper()
	return readObjects(a.t, a.registry.out("kubernetes"))
}

// comesFromNothing follows the documentation in an empty cluster.
func (a *argo) comesFromNothing() {
	began := time.Now()
	commit := a.forge.merge(a.registry, "a registry")
	a.create("{apiVersion: v1, kind: Namespace, metadata: {name: harbor}}")
	a.makeSecrets(a.t, "harbor", a.objects())
	births := a.births(a.t, a.objects())
	a.follow(a.registry.folder, commands(a.t, filepath.Join(root(), "docs", "gitops.md"), "## Argo CD",
		"out/hub/", "out/hub-2-15/", "application/hub ", "application/hub-2-15 ", "--timeout=20m", "--timeout=80s"))
	a.synced(commit)
	a.t.Logf("from an empty cluster to Healthy: %.1f s", time.Since(began).Seconds())

	born := births()
	storage := kinds("persistentvolume", "persistentvolumeclaim")
	configuration := func(id string) bool { return kinds("configmap")(id) && id != "configmap/kube-root-ca.crt" }
	bornBefore(a.t, "storage before configuration", born, storage, configuration)
	bornBefore(a.t, "configuration before what reads it", born, configuration, kinds("deployment"))
	a.up(a.t, a.objects())
}

// isQuiet compares once more, then after a commit that changes nothing in the
// folder, then with a controller that has just started.
func (a *argo) isQuiet() {
	before := a.versions(a.t, a.objects())
	a.again()
	write(a.t, filepath.Join(a.registry.folder, "README.md"), "A registry.\n")
	commit := a.forge.merge(a.registry, "a page")
	a.synced(commit)
	a.controller.stop()
	a.run()
	a.again()
	a.synced(commit)
	a.showsNothing(a.t, a.registry)
	if written := changed(before, a.versions(a.t, a.objects())); len(written) > 0 {
		a.t.Errorf("three comparisons of the same wrote to %q", written)
	}
}

// setsRight scales by hand what Git says otherwise.
func (a *argo) setsRight() {
	a.kubectl(a.registry.folder, "-n", "harbor", "scale", "deployment/portal", "--replicas=1")
	eventually(a.t, "Argo CD sets the replicas right", func() error {
		for _, o := range a.objects() {
			if id(o) != "deployment/portal" {
				continue
			}
			live, err := a.live(o)
			if err != nil {
				return err
			}
			return sameReplicas(o, live)
		}
		return nil
	})
}

// rollsWhatReadsTheChange changes a ConfigMap of one component and the
// replicas of another.
func (a *argo) rollsWhatReadsTheChange() {
	before := a.pods(a.t, "harbor")
	a.registry.set("[components.jobservice.env]\nHTTP_PROXY = \"http://proxy.example.com:3128\"\n\n[components.portal]\nreplicas = 4\n")
	a.synced(a.forge.merge(a.registry, "a proxy for jobservice, one portal more"))
	eventually(a.t, "old pods are gone", func() error {
		after := a.pods(a.t, "harbor")
		after["portal"] = after["portal"][:len(before["portal"])]
		return sameCount(before, after)
	})
	if lost := rolled(before, a.pods(a.t, "harbor")); !slices.Equal(lost, []string{"jobservice"}) {
		a.t.Errorf("a ConfigMap of jobservice rolled %q", lost)
	}
}

// prunesButNoVolumes removes a component, and a claim that was there.
func (a *argo) prunesButNoVolumes() {
	old := a.objects()
	a.registry.change("[trivy]\n", withoutTrivy)
	a.registry.overlay("without", withoutClaim)
	foretold := a.diffLive(a.t, a.registry)
	commit := a.forge.merge(a.registry, "no Trivy, and by mistake no claim")
	// A claim that is not to be pruned is said to be out of sync for ever.
	eventually(a.t, "Trivy is gone", func() error {
		return a.says(commit, "OutOfSync", "Healthy")
	})
	eventually(a.t, "what is no longer there is pruned", func() error { return a.pruned(old, a.objects()) })
	if names := missing(old, a.objects()); !slices.Equal(foretold.whole("removed"), names) {
		a.t.Errorf("hagen diff --live said that %q go, not %q", foretold.whole("removed"), names)
	}
	a.synced(a.forge.revert(a.registry))
}

// mends reaches a state that is not Healthy by an image that is not there, and
// leaves it by a later commit, while the sync of the bad one still goes on.
func (a *argo) mends() {
	before := a.pods(a.t, "harbor")
	a.registry.set("[components.core]\ntag = \"broken\"\n")
	commit := a.forge.merge(a.registry, "a tag that does not exist")
	eventually(a.t, "the Application is not Healthy", func() error { return a.says(commit, "Synced", "Progressing") })
	a.synced(a.forge.revert(a.registry))
	if lost := rolled(before, a.pods(a.t, "harbor")); len(lost) > 0 {
		a.t.Errorf("a broken image and the way back cost pods of %q", lost)
	}
}

// endsASync has a sync that waits for pods before it removes something, and a
// commit that mends the pods waits for that sync: somebody must end it.
func (a *argo) endsASync() {
	a.registry.change("[trivy]\n", withoutTrivy)
	a.registry.set("[components.core]\ntag = \"broken\"\n")
	a.forge.merge(a.registry, "no Trivy, and a tag that does not exist")
	eventually(a.t, "the sync waits for core", func() error {
		o, err := a.application()
		if err != nil {
			return err
		}
		if said := field(o.Object, "status", "operationState", "message"); !strings.Contains(said, "healthy state of apps/Deployment/core") {
			return fmt.Errorf("the sync says %q", said)
		}
		return nil
	})
	commit := a.forge.revert(a.registry)
	a.follow(a.registry.folder, commands(a.t, filepath.Join(root(), "docs", "gitops.md"), "**A commit that removes something waits for its pods** in Argo CD, because what is removed goes last, when all",
		"application hub ", "application hub-2-15 "))
	a.synced(commit)
}
