package gitops

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestFluxControllers lets Flux bring the example of Harbor 1.2, whose pods a
// ReplicationController runs: with none of them ready it is not Ready.
func TestFluxControllers(t *testing.T) {
	t.Parallel()
	f := startFlux(t, newCluster(t))
	f.registry = forControllers(t, f.forge.address)
	f.registry.overlay("impatient", impatient)
	f.registry.set("[components.adminserver]\ntag = \"broken\"\n")
	commit := f.forge.merge(f.registry, "a registry with a tag that does not exist")
	f.prepareControllers(f.registry)
	f.kubectl(f.registry.folder, "apply", "-k", filepath.Join("out", f.registry.name, "flux"))

	why := f.failed("hub-k8s-1-2", commit)
	if !strings.Contains(why, "ReplicationController/harbor/adminserver-rc") {
		t.Errorf("not Ready for another reason: %s", why)
	}
	t.Logf("not Ready: %s", why)

	f.registry.change("[components.adminserver]\ntag = \"broken\"\n", "")
	commit = f.forge.merge(f.registry, "the right tag")
	f.replacePods(f.registry, "adminserver")
	f.synced(commit)
	f.up(t, f.objects())

	if port := f.kubectl("", "-n", "harbor", "get", "service", "nginx", "-o", "jsonpath={.spec.ports[0].nodePort}"); port != "31777" {
		t.Errorf("nginx is at the port %s of the nodes", port)
	}

	before := f.versions(t, f.objects())
	f.again()
	f.showsNothing(t, f.registry)
	if written := changed(before, f.versions(t, f.objects())); len(written) > 0 {
		t.Errorf("a second sync wrote to %q", written)
	}
	f.changesNoPods()
}

// changesNoPods changes what the pods of one component read: that waits for
// somebody to act.
func (f *flux) changesNoPods() {
	before := f.pods(f.t, "harbor")
	f.registry.set("[components.ui.env]\nHTTP_PROXY = \"http://proxy.example.com:3128\"\n\n[components.registry]\nreplicas = 4\n")
	f.synced(f.forge.merge(f.registry, "a proxy for ui, one registry more"))
	after := f.pods(f.t, "harbor")
	if lost := rolled(before, after); len(lost) > 0 {
		f.t.Errorf("pods of %q were replaced", lost)
	}
	if got := len(after["registry-rc"]); got != 4 {
		f.t.Errorf("%d registries", got)
	}
}

// prepareControllers makes what comes before the objects: the namespace and
// the Secrets.
func (s *server) prepareControllers(r *registry) {
	s.t.Helper()
	s.create("{apiVersion: v1, kind: Namespace, metadata: {name: harbor}}")
	s.makeSecrets(s.t, "harbor", readObjects(s.t, r.out("kubernetes")))
}

// replacePods deletes the pods of a ReplicationController, as the RUNBOOK says,
// once it would make others in their place.
func (s *server) replacePods(r *registry, name string) {
	s.t.Helper()
	s.has(readObject(s.t, filepath.Join(r.out("kubernetes"), "replicationcontroller-"+name+"-rc.yaml")))
	s.kubectl("", "-n", "harbor", "delete", "pod", "-l", "name="+name+"-apps")
}

// TestArgoControllers lets Argo CD bring the example of Harbor 1.2: with the
// health that hagen brings along it sees that no pod is ready.
func TestArgoControllers(t *testing.T) {
	t.Parallel()
	a := startArgo(t, newCluster(t))
	a.registry = forControllers(t, a.forge.address)
	commit := a.forge.merge(a.registry, "a registry")
	a.prepareControllers(a.registry)
	a.follow(a.registry.out(""), commands(t, a.registry.out("RUNBOOK-kubernetes.md"), ". Argo CD", "--timeout=20m", "--timeout=80s"))
	a.synced(commit)
	a.up(t, a.objects())
	before := a.versions(t, a.objects())
	a.again()
	a.showsNothing(t, a.registry)
	if written := changed(before, a.versions(t, a.objects())); len(written) > 0 {
		t.Errorf("a second comparison wrote to %q", written)
	}

	a.registry.set("[components.adminserver]\ntag = \"broken\"\n")
	commit = a.forge.merge(a.registry, "a tag that does not exist")
	a.synced(commit) // the old pods go on
	a.replacePods(a.registry, "adminserver")
	eventually(t, "the Application is not Healthy", func() error { return a.says(commit, "Synced", "Progressing") })
	commit = a.forge.revert(a.registry)
	a.replacePods(a.registry, "adminserver")
	a.synced(commit)
}
