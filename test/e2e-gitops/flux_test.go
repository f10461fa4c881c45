package gitops

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// TestFlux lets Flux bring the example of Harbor 2.15, and then what becomes
// of it in the course of time.
func TestFlux(t *testing.T) {
	t.Parallel()
	f := startFlux(t, newCluster(t))
	f.registry = forFlux(t, f.forge.address)
	f.comesFromNothing()
	f.isQuiet()
	f.scales()
	f.handsOver(f.registry, f.forge, f.again, f.synced)
	f.rollsWhatReadsTheChange()
	f.prunesButNoVolumes()
	f.isRefused()
	f.drains("harbor", "node1")
	f.mendsAtOnce()
	f.mends()
	f.outlives(f.registry.out("flux"), append(f.objects(), readObjects(t, f.registry.out("secrets"))...))
}

// objects are those of the rendering's folder for the cluster.
func (f *flux) objects() []*object {
	f.t.Helper()
	return readObjects(f.t, f.registry.out("kubernetes"))
}

// comesFromNothing follows the documentation in an empty cluster.
func (f *flux) comesFromNothing() {
	began := time.Now()
	commit := f.forge.merge(f.registry, "a registry")
	secrets := readObjects(f.t, f.registry.out("secrets"))
	births := f.births(f.t, append(f.objects(), secrets...))
	f.follow(f.registry.folder, commands(f.t, filepath.Join(root(), "docs", "gitops.md"), "## Flux",
		"/path/to/age.agekey", f.registry.ageKey, "out/hub/", "out/hub-2-15/", "kustomization/hub ", "kustomization/hub-2-15 ", "--timeout=20m", "--timeout=100s"))
	f.synced(commit)
	f.t.Logf("from an empty cluster to Ready: %.1f s", time.Since(began).Seconds())

	born := births()
	storage := kinds("namespace", "persistentvolume", "persistentvolumeclaim")
	// The namespace has a ConfigMap that Kubernetes makes.
	rest := func(id string) bool {
		return kinds("configmap", "service", "deployment", "poddisruptionbudget")(id) && id != "configmap/kube-root-ca.crt"
	}
	bornBefore(f.t, "storage before secrets", born, storage, kinds("secret"))
	bornBefore(f.t, "secrets before the rest", born, kinds("secret"), rest)
	f.up(f.t, f.objects())
	for _, secret := range secrets {
		f.decrypted(secret)
	}
}

// decrypted fails unless the cluster has what SOPS reads with the same key.
func (f *flux) decrypted(sealed *object) {
	f.t.Helper()
	file := filepath.Join(f.registry.out("secrets"), "secret-"+sealed.GetName()+".yaml")
	plain := run(f.t, f.registry.folder, []string{"SOPS_AGE_KEY_FILE=" + f.registry.ageKey},
		filepath.Join(root(), "bin", "sops"), "decrypt", file)
	wanted := &object{}
	if err := yaml.Unmarshal([]byte(plain), &wanted.Object); err != nil {
		f.t.Fatal(err)
	}
	live, err := f.live(sealed)
	if err != nil {
		f.t.Fatal(err)
	}
	got, _, _ := unstructured.NestedStringMap(live.Object, "data")
	data, _, _ := unstructured.NestedStringMap(wanted.Object, "data")
	for key, value := range wantedText(wanted) {
		if data == nil {
			data = map[string]string{}
		}
		data[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	if difference := changed(data, got); len(data) == 0 || len(difference) > 0 {
		f.t.Errorf("%s: %d entries, other values of %q", id(sealed), len(data), difference)
	}
}

func wantedText(secret *object) map[string]string {
	text, _, _ := unstructured.NestedStringMap(secret.Object, "stringData")
	return text
}

// isQuiet looks once more, then after a commit that changes nothing in the
// folder, then with a controller that has just started.
func (f *flux) isQuiet() {
	objects := append(f.objects(), readObjects(f.t, f.registry.out("secrets"))...)
	before := f.versions(f.t, objects)
	f.again()
	write(f.t, filepath.Join(f.registry.folder, "README.md"), "A registry.\n")
	f.synced(f.forge.merge(f.registry, "a page"))
	f.controller.stop()
	f.run()
	f.again()
	f.showsNothing(f.t, f.registry)
	if written := changed(before, f.versions(f.t, objects)); len(written) > 0 {
		f.t.Errorf("three syncs of the same wrote to %q", written)
	}
	f.seesASecret()
}

// seesASecret changes the value of a Secret in the cluster: whoever holds the
// key sees that, and Flux sets it right. Another value in Git is seen without.
func (f *flux) seesASecret() {
	f.kubectl("", "-n", "harbor", "patch", "secret/harbor-secrets", "--type=merge", "--patch", `{"stringData": {"core_secret": "something-else"}}`)
	if got := f.diffLive(f.t, f.registry); !slices.Equal(got.with("", ""), []string{"secret/harbor-secrets"}) || len(got.Changes) != 1 {
		f.t.Errorf("a Secret with another value: %+v", got)
	}
	f.again()
	f.showsNothing(f.t, f.registry)

	f.registry.hagen("secrets", "rotate", "csrf_key", "--yes", "--spec", f.registry.spec)
	keyless := *f.registry
	keyless.ageKey = ""
	if got := f.diffLive(f.t, &keyless); !slices.Contains(got.with("changed", ""), "secret/harbor-secrets") || len(got.Notes) == 0 {
		f.t.Errorf("a rotated secret, without a key: %+v", got)
	}
	run(f.t, f.registry.folder, nil, "git", "checkout", "--quiet", "--", ".")
}

// scales adds a replica, which replaces no pod.
func (f *flux) scales() {
	before := f.pods(f.t, "harbor")
	f.registry.set("[components.portal]\nreplicas = 4\n")
	if names := f.diffLive(f.t, f.registry).with("", "live"); !slices.Equal(names, []string{"deployment/portal"}) {
		f.t.Errorf("hagen diff --live says that a replica more changes %q", names)
	}
	f.synced(f.forge.merge(f.registry, "one portal more"))
	after := f.pods(f.t, "harbor")
	if lost := rolled(before, after); len(lost) > 0 {
		f.t.Errorf("a replica more replaced pods of %q", lost)
	}
	if got := len(after["portal"]) - len(before["portal"]); got != 1 {
		f.t.Errorf("%d portals more", got)
	}
}

// rollsWhatReadsTheChange changes a ConfigMap of one component.
func (f *flux) rollsWhatReadsTheChange() {
	before := f.pods(f.t, "harbor")
	f.registry.set("[components.jobservice.env]\nHTTP_PROXY = \"http://proxy.example.com:3128\"\n")
	f.synced(f.forge.merge(f.registry, "a proxy for jobservice"))
	eventually(f.t, "old pods are gone", func() error {
		return sameCount(before, f.pods(f.t, "harbor"))
	})
	after := f.pods(f.t, "harbor")
	if lost := rolled(before, after); !slices.Equal(lost, []string{"jobservice"}) {
		f.t.Errorf("a ConfigMap of jobservice rolled %q", lost)
	}
}

// prunesButNoVolumes removes a component, and a claim that was there.
func (f *flux) prunesButNoVolumes() {
	old := f.objects()
	f.registry.change("[trivy]\n", withoutTrivy)
	f.registry.overlay("without", withoutClaim)
	f.registry.hagen("secrets", "init", "--prune", "--spec", f.registry.spec)
	foretold := f.diffLive(f.t, f.registry)
	f.synced(f.forge.merge(f.registry, "no Trivy, and by mistake no claim"))
	if err := f.pruned(old, f.objects()); err != nil {
		f.t.Error(err)
	}
	if names := missing(old, f.objects()); !slices.Equal(foretold.whole("removed"), names) {
		f.t.Errorf("hagen diff --live said that %q go, not %q", foretold.whole("removed"), names)
	}
	for _, o := range readObjects(f.t, f.registry.out("secrets")) {
		if _, err := f.live(o); err != nil {
			f.t.Error(err)
		}
	}
	f.synced(f.forge.revert(f.registry))
}

// isRefused changes what the API does not let anybody change.
func (f *flux) isRefused() {
	f.registry.overlay("relabel", relabeled)
	if names := f.diffLive(f.t, f.registry).with("", "refused"); !slices.Equal(names, []string{"deployment/portal"}) {
		f.t.Errorf("hagen diff --live calls %q refused", names)
	}
	why := f.failed("hub-2-15", f.forge.merge(f.registry, "another selector"))
	if !strings.Contains(why, "portal") || !strings.Contains(why, "immutable") {
		f.t.Errorf("refused for another reason: %s", why)
	}
	f.synced(f.forge.revert(f.registry))
}

// mendsAtOnce takes a commit back while Flux waits for its pods, which may
// take a quarter of an hour: with the feature that docs/gitops.md names it does
// not wait on.
func (f *flux) mendsAtOnce() {
	f.controller.stop()
	f.run("--feature-gates=CancelHealthCheckOnNewRevision=true")
	f.registry.set("[components.core]\ntag = \"broken\"\n")
	f.forge.merge(f.registry, "a tag that does not exist")
	f.has(readObject(f.t, filepath.Join(f.registry.out("kubernetes"), "deployment-core.yaml")))
	f.synced(f.forge.revert(f.registry))
}

// mends reaches a state that is not Ready by an image that is not there, and
// leaves it by taking the commit back. The registry serves all along.
func (f *flux) mends() {
	f.registry.overlay("impatient", impatient)
	f.synced(f.forge.merge(f.registry, "a shorter time to wait"))
	f.kubectl(f.registry.folder, "apply", "-k", "out/hub-2-15/flux")
	before := f.pods(f.t, "harbor")
	f.registry.set("[components.core]\ntag = \"broken\"\n")
	why := f.failed("hub-2-15", f.forge.merge(f.registry, "a tag that does not exist"))
	if !strings.Contains(why, "Deployment/harbor/core") {
		f.t.Errorf("not Ready for another reason: %s", why)
	}
	f.t.Logf("not Ready: %s", why)
	for workload, uids := range before {
		if lost := rolled(map[string][]string{workload: uids}, f.pods(f.t, "harbor")); len(lost) > 0 {
			f.t.Errorf("a broken image cost pods of %q", lost)
		}
	}
	f.synced(f.forge.revert(f.registry))
	if lost := rolled(before, f.pods(f.t, "harbor")); len(lost) > 0 {
		f.t.Errorf("the way back cost pods of %q", lost)
	}
}
