package gitops

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A registry is a repository as its users have it: a spec, the encrypted
// secrets beside it, and what hagen made of them.
type registry struct {
	t      testing.TB
	folder string
	// spec is the name of the spec below folder.
	spec string
	// name is what the registry is called.
	name string
	// ageKey is the file with the key that the cluster decrypts with.
	ageKey string
}

// newRegistry copies an example, changed by pairs of old and new texts, into a
// repository of its own.
func newRegistry(t testing.TB, name, example string, changes ...string) *registry {
	t.Helper()
	r := &registry{t: t, folder: filepath.Join(t.TempDir(), "registry"), spec: "hagen.toml", name: name}
	examples := filepath.Join(root(), "examples")
	data, err := os.ReadFile(filepath.Join(examples, example))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(r.folder, r.spec), string(data))
	authority, err := os.ReadFile(filepath.Join(examples, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(r.folder, "ca.crt"), string(authority))
	r.change(changes...)
	run(t, r.folder, nil, "git", "init", "--quiet", "--initial-branch=main")
	return r
}

// change replaces texts in the spec, each of which must be there.
func (r *registry) change(changes ...string) {
	r.t.Helper()
	path := filepath.Join(r.folder, r.spec)
	data, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	text := string(data)
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			r.t.Fatalf("the spec has no %q", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	write(r.t, path, text)
}

// hagen runs hagen in the repository.
func (r *registry) hagen(args ...string) string {
	r.t.Helper()
	return run(r.t, r.folder, []string{
		"SOPS_AGE_KEY_FILE=" + r.ageKey,
		"HAGEN_SECRET_CEPH_KEY=AQAAAAAAAAAAABAAMDEyMzQ1Njc4OWFiY2RlZg==",
		"HAGEN_SECRET_DATABASE_PASSWORD=" + strings.Repeat("d", 24),
		"HAGEN_SECRET_REDIS_PASSWORD=" + strings.Repeat("r", 24),
	}, filepath.Join(root(), "bin", "hagen"), args...)
}

// ownKey makes the cluster's key and writes its public half into the spec, in
// the place of every other.
func (r *registry) ownKey() {
	r.t.Helper()
	r.ageKey = filepath.Join(r.t.TempDir(), "age.agekey")
	public := strings.TrimSpace(r.hagen("secrets", "key", "--file", r.ageKey))
	r.lines(func(key string) (string, bool) {
		return key + ` = ["` + public + `"]`, strings.HasSuffix(key, "recipients")
	})
}

// atRepository writes where the registry is committed.
func (r *registry) atRepository(address string) {
	r.t.Helper()
	r.lines(func(key string) (string, bool) { return key + ` = "` + address + `"`, key == "repository" })
}

// without removes the lines of keys from the spec.
func (r *registry) without(keys ...string) {
	r.t.Helper()
	r.lines(func(key string) (string, bool) { return "", slices.Contains(keys, key) })
}

// release says for which release of Kubernetes the registry is built.
func (r *registry) release(version string) {
	r.t.Helper()
	text := r.read(r.spec)
	at := clusterVersion.FindStringSubmatchIndex(text)
	if at == nil {
		r.t.Fatal("the spec names no release of Kubernetes")
	}
	write(r.t, filepath.Join(r.folder, r.spec), text[:at[2]]+version+text[at[3]:])
}

var clusterVersion = regexp.MustCompile(`(?m)^\[kubernetes\]\nversion = "(.*)"$`)

// lines puts other lines in the place of those of some keys.
func (r *registry) lines(other func(key string) (string, bool)) {
	r.t.Helper()
	lines := strings.Split(r.read(r.spec), "\n")
	for i, line := range lines {
		key, _, _ := strings.Cut(line, " = ")
		if changed, ok := other(key); ok {
			lines[i] = changed
		}
	}
	write(r.t, filepath.Join(r.folder, r.spec), strings.Join(lines, "\n"))
}

// set adds to the end of the spec.
func (r *registry) set(text string) {
	r.t.Helper()
	write(r.t, filepath.Join(r.folder, r.spec), r.read(r.spec)+"\n"+text)
}

// overlay adds a Kustomize overlay of patches to those of the registry.
func (r *registry) overlay(name, patches string) {
	r.t.Helper()
	write(r.t, filepath.Join(r.folder, "overlays", name, "kustomization.yaml"),
		"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n"+patches)
	const first = "\noverlays = ["
	if strings.Contains(r.read(r.spec), first) {
		r.change(first, first+`"overlays/`+name+`", `)
		return
	}
	r.change("\nname = ", first+`"overlays/`+name+"\"]\nname = ")
}

func (r *registry) read(path string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, path))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

// out is a folder of the rendering.
func (r *registry) out(folder string) string {
	return filepath.Join(r.folder, "out", r.name, folder)
}

// commit builds, commits everything and gives the commit.
func (r *registry) commit(message string) string {
	r.t.Helper()
	r.hagen("build", "--quiet", r.spec)
	run(r.t, r.folder, nil, "git", "add", "--all")
	run(r.t, r.folder, nil, "git", "-c", "user.name=test", "-c", "user.email=test@example.com",
		"commit", "--quiet", "--message", message)
	return run(r.t, r.folder, nil, "git", "rev-parse", "HEAD")
}
