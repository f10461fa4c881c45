package gitops

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

type object = unstructured.Unstructured

// readObjects reads the manifests of a folder, and none of the kustomization.
func readObjects(t testing.TB, folder string) []*object {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no manifests (%v)", folder, err)
	}
	var objects []*object
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		objects = append(objects, readObject(t, file))
	}
	return objects
}

func readObject(t testing.TB, file string) *object {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(data))
}

// id names an object as kubectl does.
func id(o *object) string {
	return strings.ToLower(o.GetKind()) + "/" + o.GetName()
}

// resource is where the API keeps objects of this kind and namespace.
func (s *server) resource(o *object) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := s.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		// Definitions that came since are asked for once more.
		s.mapper.Reset()
		mapping, err = s.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return nil, err
	}
	resources := s.dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return resources, nil
	}
	return resources.Namespace(o.GetNamespace()), nil
}

// apply is kubectl apply --server-side --validate=strict, in earnest or dry.
func (s *server) apply(o *object, dry bool) error {
	resource, err := s.resource(o)
	if err != nil {
		return err
	}
	data, err := o.MarshalJSON()
	if err != nil {
		return err
	}
	options := metav1.PatchOptions{FieldManager: "test", FieldValidation: metav1.FieldValidationStrict}
	if dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	_, err = resource.Patch(context.Background(), o.GetName(), types.ApplyPatchType, data, options)
	return err
}

// live is the object as it stands in the cluster.
func (s *server) live(o *object) (*object, error) {
	resource, err := s.resource(o)
	if err != nil {
		return nil, err
	}
	return resource.Get(context.Background(), o.GetName(), metav1.GetOptions{})
}

// parse reads one object.
func parse(t testing.TB, manifest string) *object {
	t.Helper()
	o := &object{}
	if err := yaml.Unmarshal([]byte(manifest), &o.Object); err != nil {
		t.Fatal(err)
	}
	return o
}

// create makes an object from YAML.
func (s *server) create(manifest string) {
	s.t.Helper()
	if err := s.apply(parse(s.t, manifest), false); err != nil {
		s.t.Fatal(err)
	}
}

// define installs the definitions of custom resources and waits until the API
// serves them.
func (s *server) define(files ...string) {
	s.t.Helper()
	for _, file := range files {
		definition := readObject(s.t, file)
		if err := s.apply(definition, false); err != nil {
			s.t.Fatalf("%s: %v", file, err)
		}
		eventually(s.t, definition.GetName()+" is served", func() error {
			o, err := s.live(definition)
			if err != nil {
				return err
			}
			return condition(o, "Established")
		})
	}
}

// condition is an error as long as a condition is not True.
func condition(o *object, wanted string) error {
	status, reason := conditionStatus(o, wanted)
	if status != "True" {
		return fmt.Errorf("%s: %s is %q: %s", id(o), wanted, status, reason)
	}
	return nil
}

// conditionStatus is what a condition says, and why.
func conditionStatus(o *object, wanted string) (status, reason string) {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	at := slices.IndexFunc(conditions, func(c any) bool { return field(c, "type") == wanted })
	if at < 0 {
		return "", "not said yet"
	}
	return field(conditions[at], "status"), field(conditions[at], "reason") + ": " + field(conditions[at], "message")
}

// field is a text below a map.
func field(value any, path ...string) string {
	m, ok := value.(map[string]any)
	if !ok {
		return ""
	}
	text, _, _ := unstructured.NestedString(m, path...)
	return text
}
