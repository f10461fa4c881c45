package overlay

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"hagen/internal/artifact"
	"hagen/overlays"
)

// Each file in testdata/same is one feature of Kustomize: base.yaml and the
// files of an overlay. The engine must make of it what plain Kustomize makes
// of the same overlay over the same base.
func TestSameAsKustomize(t *testing.T) {
	cases, err := filepath.Glob("testdata/same/*.txtar")
	if err != nil || len(cases) < 10 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			dir, objects := unpack(t, file)
			want := plain(t, dir)
			got, err := engine().Apply(objects, []Overlay{{Name: "overlay", Dir: filepath.Join(dir, "overlay")}})
			if err != nil {
				t.Fatal(err)
			}
			if reflect.DeepEqual(byID(objects), byID(got)) {
				t.Error("the overlay changed nothing, so the case tests nothing")
			}
			if !reflect.DeepEqual(byID(got), byID(want)) {
				t.Errorf("got\n%s\nwant\n%s", text(t, got), text(t, want))
			}
		})
	}
}

func engine() *Engine { return New(overlays.FS, filesys.MakeFsOnDisk()) }

func unpack(t *testing.T, file string) (string, []artifact.Object) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var objects []artifact.Object
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		if f.Name == "base/base.yaml" {
			objects = decode(t, f.Data)
		}
	}
	return dir, objects
}

func decode(t *testing.T, data []byte) []artifact.Object {
	t.Helper()
	var objects []artifact.Object
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); err == io.EOF {
			return objects
		} else if err != nil {
			t.Fatal(err)
		}
		value, err := artifact.Value(&node)
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, artifact.Map(value))
	}
}

// ownKinds adds hagen's kinds, and nothing else, to Kustomize's own schema.
func ownKinds(t *testing.T) {
	t.Helper()
	data, err := overlays.FS.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Definitions map[string]any `json:"definitions"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(document.Definitions, func(name string, _ any) bool { return !strings.HasPrefix(name, "hagen.") })
	data, _ = json.Marshal(document)
	openapi.ResetOpenAPI()
	if err := openapi.AddSchema(data); err != nil {
		t.Fatal(err)
	}
}

// plain runs Kustomize itself, with its own schema, over files.
func plain(t *testing.T, dir string) []artifact.Object {
	t.Helper()
	ownKinds(t)
	transformers, err := overlays.FS.ReadFile("transformers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"base/transformers.yaml":  string(transformers),
		"base/kustomization.yaml": "resources: [base.yaml]\nconfigurations: [transformers.yaml]\n",
		"kustomization.yaml":      "resources: [base]\ncomponents: [overlay]\n",
	}
	path := filepath.Join(dir, "overlay/kustomization.yaml")
	own, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	target := dir
	if !bytes.Contains(own, []byte("kind: Component")) {
		// A kustomization over a base, as anybody would write it.
		target = filepath.Join(dir, "layered")
		if err := os.CopyFS(target, os.DirFS(filepath.Join(dir, "overlay"))); err != nil {
			t.Fatal(err)
		}
		delete(files, "kustomization.yaml")
		var k map[string]any
		if err := yaml.Unmarshal(own, &k); err != nil {
			t.Fatal(err)
		}
		more, _ := k["resources"].([]any)
		k["resources"] = append([]any{"../base"}, more...)
		data, _ := yaml.Marshal(k)
		files["layered/kustomization.yaml"] = string(data)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), target)
	if err != nil {
		t.Fatal(err)
	}
	out, err := values(built)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func byID(objects []artifact.Object) map[string]any {
	out := map[string]any{}
	for _, object := range objects {
		out[object.APIVersion()+"/"+object.Kind()+"/"+object.Namespace()+"/"+object.Name()] = map[string]any(object)
	}
	return out
}

func text(t *testing.T, objects []artifact.Object) string {
	t.Helper()
	var b strings.Builder
	for _, object := range objects {
		data, err := artifact.EncodeYAML(object)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("---\n" + string(data))
	}
	return b.String()
}

// Each file in testdata/bad is an overlay that cannot be applied; its comment
// is what the error must say.
func TestErrorsNameTheOverlay(t *testing.T) {
	cases, _ := filepath.Glob("testdata/bad/*.txtar")
	if len(cases) < 5 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, objects := unpack(t, file)
			os.MkdirAll(filepath.Join(dir, "good"), 0o755)
			os.WriteFile(filepath.Join(dir, "good/kustomization.yaml"), []byte("kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nlabels: [{pairs: {a: b}}]\n"), 0o644)
			_, err = engine().Apply(objects, []Overlay{
				{Name: "good", Dir: filepath.Join(dir, "good")},
				{Name: "the-bad-one", Dir: filepath.Join(dir, "overlay")},
				{Name: "after", Dir: filepath.Join(dir, "good")},
			})
			failure, ok := err.(Failure)
			if !ok || failure.Overlay != "the-bad-one" {
				t.Fatalf("got %#v", err)
			}
			if want := strings.TrimSpace(string(archive.Comment)); !strings.Contains(err.Error(), want) {
				t.Errorf("got  %s\nwant %s", err, want)
			}
			if strings.Contains(err.Error(), root) {
				t.Errorf("the error names hagen's own files: %s", err)
			}
		})
	}
}

func TestNoOverlaysNoChange(t *testing.T) {
	objects := []artifact.Object{{"kind": "Anything"}}
	got, err := engine().Apply(objects, nil)
	if err != nil || !reflect.DeepEqual(got, objects) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestInParallel is for the race detector: Kustomize's schema is a global.
func TestInParallel(t *testing.T) {
	dir, objects := unpack(t, "testdata/same/strategic-merge.txtar")
	ownSchema, schemaObjects := unpack(t, "testdata/same/openapi-deeper.txtar")
	e := engine()
	want, err := e.Apply(objects, []Overlay{{Dir: filepath.Join(dir, "overlay")}})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			if i%4 == 3 {
				if _, err := e.Apply(schemaObjects, []Overlay{{Dir: filepath.Join(ownSchema, "overlay")}}); err != nil {
					t.Error(err)
				}
				return
			}
			got, err := e.Apply(objects, []Overlay{{Dir: filepath.Join(dir, "overlay")}})
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %s, %v", text(t, got), err)
			}
		}()
	}
	group.Wait()
}

func TestShippedComponents(t *testing.T) {
	volume := artifact.Object{"apiVersion": "v1", "kind": "PersistentVolume", "metadata": map[string]any{"name": "registry"}}
	config := artifact.Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "core", "namespace": "harbor"}}
	got, err := engine().Apply([]artifact.Object{volume, config}, []Overlay{
		{Name: "argocd", Dir: "argocd", Shipped: true}, {Name: "flux", Dir: "flux", Shipped: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		object     int
		key, value string
	}{
		{0, "argocd.argoproj.io/sync-options", "Prune=false,Delete=false"},
		{0, "kustomize.toolkit.fluxcd.io/prune", "disabled"},
		{1, "kustomize.toolkit.fluxcd.io/substitute", "disabled"},
		{1, "argocd.argoproj.io/sync-wave", "-2"},
	} {
		if value := got[want.object].Annotation(want.key); value != want.value {
			t.Errorf("%s: %s is %q, want %q", got[want.object].ID(), want.key, value, want.value)
		}
	}
}

// A schema that comes with one overlay, however deep, must not change what
// another overlay makes afterwards.
func TestOwnSchemaStaysWithItsOverlay(t *testing.T) {
	plainDir, objects := unpack(t, "testdata/same/openapi.txtar")
	kustomization := filepath.Join(plainDir, "overlay/kustomization.yaml")
	data, err := os.ReadFile(kustomization)
	if err != nil {
		t.Fatal(err)
	}
	without := bytes.Replace(data, []byte("openapi: {path: schema.json}\n"), nil, 1)
	if len(without) == len(data) {
		t.Fatal("the case names no schema")
	}
	if err := os.WriteFile(kustomization, without, 0o644); err != nil {
		t.Fatal(err)
	}
	apply := func(e *Engine, dir string) []artifact.Object {
		got, err := e.Apply(objects, []Overlay{{Dir: filepath.Join(dir, "overlay")}})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := apply(engine(), plainDir)
	for _, file := range []string{"openapi", "openapi-deeper"} {
		dir, _ := unpack(t, "testdata/same/"+file+".txtar")
		e := engine()
		if merged := apply(e, dir); reflect.DeepEqual(merged, want) {
			t.Errorf("%s: the schema makes no difference, so the case tests nothing", file)
		}
		if got := apply(e, plainDir); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: its schema is still in use: %s", file, text(t, got))
		}
	}
}
