package overlay

import (
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

// attempt runs an overlay without Kustomize's runner, if that is possible.
func attempt(t *testing.T, dir string, objects []artifact.Object) bool {
	t.Helper()
	e := engine()
	if err := e.Prepare(); err != nil {
		t.Fatal(err)
	}
	tree, err := e.tree([]Overlay{{Name: "overlay", Dir: filepath.Join(dir, "overlay")}})
	if err != nil {
		return false
	}
	touched := tree.selectTouched(tree.overlays)
	if touched.all {
		return false
	}
	_, ok := tree.direct(touched.part(objects))
	return ok
}

// TestDirect says which features do without Kustomize's runner; TestSameAsKustomize
// says that the outcome is the same.
func TestDirect(t *testing.T) {
	want := map[string]bool{
		"annotations-by-kind": true, "awkward-texts": true, "images": true, "images-everywhere": true,
		"json6902": true, "json6902-regex-target": true,
		"replicas": true, "replicas-everywhere": true,
		"strategic-merge": true, "strategic-merge-delete": true,
	}
	cases, _ := filepath.Glob("testdata/same/*.txtar")
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		dir, objects := unpack(t, file)
		if got := attempt(t, dir, objects); got != want[name] {
			t.Errorf("%s: without the runner: %v, want %v", name, got, want[name])
		}
	}
}

// What fails is left to the runner, for its words.
func TestDirectLeavesErrorsToTheRunner(t *testing.T) {
	cases, _ := filepath.Glob("testdata/bad/*.txtar")
	if len(cases) < 5 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, file := range cases {
		dir, objects := unpack(t, file)
		if attempt(t, dir, objects) {
			t.Errorf("%s: it was applied", file)
		}
	}
}

// What the runner would read otherwise, or drop, goes to it.
func TestDirectTakesOnlyTheOrdinary(t *testing.T) {
	widget := func() artifact.Object {
		return artifact.Object{"apiVersion": "example.com/v1", "kind": "Widget", "metadata": map[string]any{"name": "one"}}
	}
	patch := func(annotation string) string {
		return "patches:\n- patch: |-\n    {apiVersion: example.com/v1, kind: Widget, metadata: {name: one, annotations: {" + annotation + ": \"true\"}}}\n"
	}
	transformer := func(annotation string) string {
		return "transformers:\n- |-\n  {apiVersion: builtin, kind: AnnotationsTransformer, metadata: {name: a}, annotations: {" + annotation +
			": \"true\"}, fieldSpecs: [{kind: Widget, path: metadata/annotations, create: true}]}\n"
	}
	list := artifact.Object{"apiVersion": "v1", "kind": "WidgetList", "metadata": map[string]any{"name": "many"}, "items": []any{}}
	for name, c := range map[string]struct {
		text    string
		objects []artifact.Object
		want    bool
	}{
		"ordinary":             {patch("a"), []artifact.Object{widget()}, true},
		"dropped":              {patch("config.kubernetes.io/local-config"), []artifact.Object{widget()}, false},
		"annotated":            {transformer("a"), []artifact.Object{widget()}, true},
		"annotated to be gone": {transformer("config.kubernetes.io/local-config"), []artifact.Object{widget()}, false},
		"a list":               {patch("a"), []artifact.Object{widget(), list}, false},
		"twice":                {patch("a"), []artifact.Object{widget(), widget()}, false},
	} {
		tree := newTree(engine().files)
		if err := engine().copyShipped(tree); err != nil {
			t.Fatal(err)
		}
		if err := tree.memory.WriteFile(root+"/shipped/own/kustomization.yaml", []byte(patchHead+c.text)); err != nil {
			t.Fatal(err)
		}
		tree.components = []string{"shipped/own"}
		if _, got := tree.direct(c.objects); got != c.want {
			t.Errorf("%s: without the runner: %v, want %v", name, got, c.want)
		}
	}
}

const patchHead = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
