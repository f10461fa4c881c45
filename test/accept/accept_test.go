package accept

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// out is the folder of the renderings.
func out() string {
	return or(os.Getenv("HAGEN_OUT"), "../../out")
}

// titled names a rendering by its folder below out.
func titled(t *testing.T, root string) string {
	t.Helper()
	title, err := filepath.Rel(out(), root)
	if err != nil {
		t.Fatal(err)
	}
	return title
}

// renderings returns what HAGEN_OUT, or the repository's out/, holds.
func renderings(t *testing.T) []string {
	t.Helper()
	roots, err := Renderings(out())
	if err != nil {
		t.Fatal(err)
	}
	if len(roots) == 0 {
		t.Fatalf("nothing is rendered in %s", out())
	}
	return roots
}

func load(t *testing.T, root string) []File {
	t.Helper()
	files, err := Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestFiles puts every file, and every file inside a ConfigMap, before its parser.
func TestFiles(t *testing.T) {
	for _, root := range renderings(t) {
		for _, file := range load(t, root) {
			t.Run(titled(t, root)+"/"+file.Path, func(t *testing.T) {
				if err := Check(file); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestPaths wants every path that a bundle mounts to come with the bundle or to be
// named in its documents, as one that the operator provides.
func TestPaths(t *testing.T) {
	for _, root := range renderings(t) {
		unprovided, err := Unprovided(load(t, root))
		if err != nil {
			t.Fatal(err)
		}
		for _, missing := range unprovided {
			t.Errorf("%s/%s", titled(t, root), missing)
		}
	}
}

// TestReferences wants every ConfigMap, key and claim that a pod names to be rendered,
// and pods behind every Service, budget and route.
func TestReferences(t *testing.T) {
	for _, root := range renderings(t) {
		cluster := readCluster(load(t, root))
		for _, missing := range append(cluster.dangling(), cluster.misdirected()...) {
			t.Errorf("%s/%s", titled(t, root), missing)
		}
	}
}

// TestSecrets wants every Secret that an object names, and each key, to be one that the
// documents tell an operator to make.
func TestSecrets(t *testing.T) {
	for _, root := range renderings(t) {
		files := load(t, root)
		for _, missing := range readCluster(files).undocumented(files) {
			t.Errorf("%s/%s", titled(t, root), missing)
		}
	}
}

// TestPodSecurity wants every pod to be let in by the level that its namespace enforces.
func TestPodSecurity(t *testing.T) {
	for _, root := range renderings(t) {
		refused, err := readCluster(load(t, root)).insecure()
		if err != nil {
			t.Fatal(err)
		}
		for _, pod := range refused {
			t.Errorf("%s/%s", titled(t, root), pod)
		}
	}
}

// TestOneOfEach wants the repository's own examples to exercise the parsers: a
// renderer that writes nothing would pass all other tests.
func TestOneOfEach(t *testing.T) {
	if os.Getenv("HAGEN_OUT") != "" {
		t.Log("the files of HAGEN_OUT may be any")
		return
	}
	seen := map[string]bool{}
	for _, root := range renderings(t) {
		for _, file := range load(t, root) {
			kind, _ := KindOf(file)
			seen[kind.Name] = true
		}
	}
	for _, name := range strings.Fields("compose registry jobservice nginx manifest kustomization markdown page images") {
		if !seen[name] {
			t.Errorf("no file of kind %s in out/", name)
		}
	}
}
