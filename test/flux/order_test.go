package flux

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/fluxcd/pkg/kustomize"
)

// TestOrder builds each Kustomization that hagen writes as the controller
// does: what is never pruned comes first and alone, the rest after it, and
// nothing twice or not at all.
func TestOrder(t *testing.T) {
	for _, example := range []string{"hub-k8s-1.2", "hub-2.15"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, example)
			r.append("\n[gitops]\nengines = [\"flux\"]\nrepository = \"https://git.example.com/registry.git\"\n")
			r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
			r.hagen("build", r.spec)
			storage, registry, secrets := r.built("-storage"), r.built(""), r.built("-secrets")
			for _, object := range storage {
				if kind := object.GetKind(); kind != "Namespace" && kind != "PersistentVolume" && kind != "PersistentVolumeClaim" {
					t.Errorf("%s %s comes with the storage", kind, object.GetName())
				}
			}
			if len(storage) < 3 || len(secrets) < 1 {
				t.Errorf("%d objects of the storage, %d secrets", len(storage), len(secrets))
			}
			want := r.objects("kubernetes")
			if got := names(append(storage, registry...)); !slices.Equal(got, want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
			if got, want := names(secrets), r.objects("secrets"); !slices.Equal(got, want) {
				t.Errorf("secrets: got %v\nwant %v", got, want)
			}
		})
	}
}

// built is what the controller would apply of one Kustomization.
func (r *registry) built(suffix string) []*unstructured.Unstructured {
	r.t.Helper()
	object := r.read(filepath.Join("out", r.name, "flux", "kustomization-"+r.name+suffix+".yaml"))
	path, _, err := unstructured.NestedString(object.Object, "spec", "path")
	if err != nil {
		r.t.Fatal(err)
	}
	root := r.t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "out"), os.DirFS(filepath.Join(r.dir, "out"))); err != nil {
		r.t.Fatal(err)
	}
	dir := filepath.Join(root, path)
	if _, err := kustomize.NewGenerator(root, object).WriteFile(dir); err != nil {
		r.t.Fatal(err)
	}
	built, err := kustomize.SecureBuild(root, dir, false)
	if err != nil {
		r.t.Fatal(err)
	}
	var objects []*unstructured.Unstructured
	for _, resource := range built.Resources() {
		fields, err := resource.Map()
		if err != nil {
			r.t.Fatal(err)
		}
		objects = append(objects, &unstructured.Unstructured{Object: fields})
	}
	return objects
}

func (r *registry) read(file string) unstructured.Unstructured {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, file))
	if err != nil {
		r.t.Fatal(err)
	}
	var object unstructured.Unstructured
	if err := yaml.Unmarshal(data, &object.Object); err != nil {
		r.t.Fatal(err)
	}
	return object
}

// objects are all that lie in a folder of the rendering, sorted.
func (r *registry) objects(folder string) []string {
	r.t.Helper()
	files, err := filepath.Glob(filepath.Join(r.dir, "out", r.name, folder, "*.yaml"))
	if err != nil {
		r.t.Fatal(err)
	}
	var objects []*unstructured.Unstructured
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		relative, err := filepath.Rel(r.dir, file)
		if err != nil {
			r.t.Fatal(err)
		}
		object := r.read(relative)
		objects = append(objects, &object)
	}
	return names(objects)
}

func names(objects []*unstructured.Unstructured) []string {
	var out []string
	for _, object := range objects {
		out = append(out, object.GetKind()+"/"+object.GetName())
	}
	slices.Sort(out)
	return out
}
