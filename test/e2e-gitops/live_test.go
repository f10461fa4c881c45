package gitops

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLive compares specs with a cluster in which people have been busy.
func TestLive(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r := newRegistry(t, "hub-2-15", "hub-2.15.toml", `provider = "sops"`, `provider = "existing"`)
	r.without("recipients", "cluster_recipients", "node_recipients")
	r.commit("a registry")
	l := &liveTest{s, r}

	if got := s.diffLive(t, r); got.Status != "new" {
		t.Errorf("an empty cluster: %+v", got)
	}
	t.Run("applied by the client", l.applied())
	asEngine := []string{"--server-side", "--force-conflicts", "--field-manager=kustomize-controller"}
	t.Run("applied by an engine", l.applied(asEngine...))
	t.Run("edited", l.edited)
	s.applies(r, asEngine...)
	s.showsNothing(t, r)
	t.Run("another version", l.upgraded)
	t.Run("refused", l.refused)
	t.Run("not asked", l.notAsked)
	t.Run("rights", l.rights)
	t.Run("unknown kind", l.unknownKind)
}

type liveTest struct {
	*server
	r *registry
}

// applies brings the rendering in as somebody does by hand.
func (s *server) applies(r *registry, args ...string) {
	s.t.Helper()
	s.kubectl("", append([]string{"apply", "-k", r.out("kubernetes")}, args...)...)
}

// edited changes the cluster by hand, in all ways.
func (l *liveTest) edited(t *testing.T) {
	const secret = "value-that-nobody-may-see"
	l.kubectl("", "-n", "harbor", "scale", "deployment/core", "--replicas=5")
	l.kubectl("", "-n", "harbor", "patch", "configmap/core-env", "--type=merge", "--patch", `{"data": {"LOG_LEVEL": "debug"}}`)
	l.kubectl("", "-n", "harbor", "set", "env", "deployment/portal", "SOMETHING=else")
	l.kubectl("", "-n", "harbor", "delete", "service/exporter", "deployment/proxy")
	l.create(`{apiVersion: v1, kind: Secret, metadata: {name: left, namespace: harbor, labels: {app.kubernetes.io/part-of: harbor}}, stringData: {a: ` + secret + `}}`)
	l.create(`{apiVersion: v1, kind: ConfigMap, metadata: {name: foreign, namespace: harbor}}`)
	for name, namespace := range map[string]string{"left": "harbor", "foreign": "elsewhere"} {
		l.create(`{apiVersion: v1, kind: PersistentVolume, metadata: {name: ` + name + `, labels: {app.kubernetes.io/part-of: harbor}}, spec: {capacity: {storage: 1Gi},
			accessModes: [ReadWriteOnce], nfs: {server: nfs.example.com, path: /a}, claimRef: {namespace: ` + namespace + `, name: a}}}`)
	}
	got := l.diffLive(t, l.r)
	for _, wanted := range []struct {
		op, impact string
		objects    []string
	}{
		{"changed", "", []string{"configmap/core-env", "deployment/core"}},
		{"changed", "manual", []string{"configmap/core-env"}},
		{"changed", "live", []string{"deployment/core"}},
		{"added", "", []string{"deployment/proxy", "service/exporter"}},
		{"removed", "", []string{"persistentvolume/left", "secret/left"}},
		{"removed", "data", []string{"persistentvolume/left"}},
	} {
		if names := got.with(wanted.op, wanted.impact); !slices.Equal(names, wanted.objects) {
			t.Errorf("%s %s: %q, want %q", wanted.op, wanted.impact, names, wanted.objects)
		}
	}
	if !slices.ContainsFunc(got.Notes, func(note string) bool { return strings.Contains(note, "SOMETHING") }) {
		t.Errorf("what was added by hand is not told: %q", got.Notes)
	}
	for _, format := range []string{"text", "markdown", "json", "html", "unified"} {
		said, err := l.askLive(l.r, "--exit-zero", "--format", format)
		if err != nil || strings.Contains(said, secret) || strings.Contains(said, "dmFsdWUtdGhhdC1ub2JvZH") {
			t.Errorf("%s: %v, or a secret in it: %s", format, err, said)
		}
	}
	if said, err := l.askLive(l.r); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("%v: %s", err, said)
	}
	l.kubectl("", "-n", "harbor", "delete", "secret/left", "configmap/foreign")
	l.kubectl("", "delete", "--wait=false", "persistentvolume/left", "persistentvolume/foreign")
	l.kubectl("", "-n", "harbor", "set", "env", "deployment/portal", "SOMETHING-")
}

// upgraded takes another release of Harbor, which the cluster does not run yet.
func (l *liveTest) upgraded(t *testing.T) {
	l.r.change(`version = "2.15.2"`, `version = "2.14.0"`)
	defer l.r.change(`version = "2.14.0"`, `version = "2.15.2"`)
	if got := l.diffLive(t, l.r); !slices.Contains(got.with("changed", "data"), "registry/hub-2-15") {
		t.Errorf("a downgrade: %q", got.with("", ""))
	}
}

// refused asks for what the API server does not take.
func (l *liveTest) refused(t *testing.T) {
	l.r.overlay("relabel", relabeled)
	defer l.r.change(`"overlays/relabel"`, ``)
	got := l.diffLive(t, l.r)
	if names := got.with("", "refused"); !slices.Equal(names, []string{"deployment/portal"}) || len(got.with("", "")) != 1 {
		t.Errorf("%q are refused of %q", names, got.with("", ""))
	}
	if !strings.Contains(strings.Join(got.Notes, "\n"), "Deployment portal would be refused: spec.selector: ") {
		t.Errorf("the API server's words are missing: %q", got.Notes)
	}
}

// notAsked cannot ask the cluster.
func (l *liveTest) notAsked(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, gone, fmt.Sprintf(kubeconfig, listens(t)))
	stranger := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, stranger, strings.Replace(read(t, l.kubeconfig), "token: test", "token: nobody", 1))
	for _, wrong := range []struct{ name, flag, wanted string }{
		{"nobody answers", "--kubeconfig=" + gone, "the cluster cannot be reached: dial tcp 127.0.0.1:"},
		{"nobody knows the token", "--kubeconfig=" + stranger, "the cluster does not know who asks"},
		{"no such context", "--context=nowhere", "kubectl has no such cluster: "},
		{"no such file", "--kubeconfig=" + gone + "s", "kubectl has no such cluster: "},
	} {
		l.fails(t, wrong.name, []string{wrong.flag}, wrong.wanted)
	}
}

func (l *liveTest) fails(t *testing.T, name string, args []string, wanted string) {
	t.Helper()
	said, err := l.askLive(l.r, args...)
	if err == nil || err.Error() != "exit status 2" || !strings.Contains(said, wanted) {
		t.Errorf("%s: %v: %s", name, err, said)
	}
}

// rights asks as somebody who may do nothing, and then as the role of the
// documentation lets them.
func (l *liveTest) rights(t *testing.T) {
	reader := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, reader, strings.Replace(read(t, l.kubeconfig), "token: test", "token: "+readerToken, 1))
	as := []string{"--kubeconfig=" + reader}
	l.fails(t, "no rights", as, "reader may not get configmaps, deployments.apps, namespaces, persistentvolumeclaims, poddisruptionbudgets.policy, services in the namespace harbor")
	page := read(t, filepath.Join(root(), "docs", "gitops.md"))
	_, manifests, found := strings.Cut(page, "```yaml\napiVersion: rbac.authorization.k8s.io/v1\n")
	manifests, _, _ = strings.Cut(manifests, "```")
	if !found {
		t.Fatal("the documentation has no role")
	}
	file := filepath.Join(t.TempDir(), "role.yaml")
	write(t, file, strings.ReplaceAll("apiVersion: rbac.authorization.k8s.io/v1\n"+manifests, "name: ci", "name: reader"))
	l.kubectl("", "apply", "-f", file)
	eventually(t, "the role of the documentation is enough", func() error {
		if said, err := l.askLive(l.r, as...); err != nil {
			return fmt.Errorf("%w: %s", err, said)
		}
		return nil
	})
	if said, err := l.askLive(l.r, as...); err != nil || !strings.Contains(said, "note: what is left over of these is not seen") {
		t.Errorf("what may not be listed is not told: %v: %s", err, said)
	}
}

// unknownKind wants what the cluster has no definition of.
func (l *liveTest) unknownKind(t *testing.T) {
	const widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a, namespace: harbor }\n"
	write(t, filepath.Join(l.r.folder, "overlays", "widget", "widget.yaml"), widget)
	write(t, filepath.Join(l.r.folder, "overlays", "widget", "kustomization.yaml"),
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [widget.yaml]\n")
	l.r.change("\noverlays = [", `
overlays = ["overlays/widget", `)
	defer l.r.change(`"overlays/widget", `, ``)
	l.fails(t, "no definition", nil, "the cluster does not serve Widget of example.com/v1")
	l.define(filepath.Join("testdata", "widgets.yaml"))
	eventually(t, "with its definition it is created", func() error {
		if names := l.diffLive(t, l.r).with("added", "live"); !slices.Equal(names, []string{"widget/a"}) {
			return fmt.Errorf("%q are created", names)
		}
		return nil
	})
}

// applied brings it in, in one manner or another, and lets something leave the
// manifests: that it goes too depends on who brought it.
func (l *liveTest) applied(args ...string) func(t *testing.T) {
	return func(t *testing.T) {
		const change = "[components.core.env]\nHTTP_PROXY = \"http://proxy.example.com:3128\"\n"
		l.r.set(change)
		l.r.hagen("build", "--quiet", l.r.spec)
		l.applies(l.r, args...)
		l.showsNothing(t, l.r)
		l.r.change(change, "")
		got := l.diffLive(t, l.r)
		if !slices.Equal(got.with("removed", ""), []string{"configmap/core-env"}) || !slices.Equal(got.with("", ""), []string{"configmap/core-env", "deployment/core"}) {
			t.Errorf("a variable less changes %q, removes from %q", got.with("", ""), got.with("removed", ""))
		}
		l.r.hagen("build", "--quiet", l.r.spec)
		l.applies(l.r, args...)
		l.showsNothing(t, l.r)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
