package compile_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// seed003 is the rendering of examples/hub-k8s-1.2.toml: objects by Kind/name.
func seed003(t *testing.T) map[string]artifact.Object {
	t.Helper()
	sites, err := compileFile(newCompiler(t), "../../examples/hub-k8s-1.2.toml")
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]artifact.Object{}
	for _, file := range sites[0].Files {
		if !strings.HasPrefix(file.Path, "kubernetes/") {
			continue
		}
		for _, object := range documents(t, file.Data) {
			objects[object.ID()] = object
		}
	}
	return objects
}

func documents(t *testing.T, data []byte) []artifact.Object {
	t.Helper()
	var out []artifact.Object
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, object)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The installation on Kubernetes that the project began with is rendered with
// every name, label, port and size that it had.
func TestSeed003(t *testing.T) {
	rendered := seed003(t)
	for _, want := range documents(t, readFile(t, "../../test/seed003/objects.yaml")) {
		got, ok := rendered[want.ID()]
		if !ok {
			t.Errorf("%s is missing", want.ID())
			continue
		}
		for _, place := range missing(map[string]any(want), map[string]any(got), "") {
			t.Errorf("%s:%s", want.ID(), place)
		}
	}
}

// Every key of the document's ConfigMaps is where test/seed003/data.yaml says.
func TestSeed003Data(t *testing.T) {
	var table struct {
		ConfigMaps map[string]struct {
			Count             int
			Config, Gone, New []string
			Secret            map[string]string
		} `yaml:"configMaps"`
		Absent []string
	}
	if err := yaml.Unmarshal(readFile(t, "../../test/seed003/data.yaml"), &table); err != nil {
		t.Fatal(err)
	}
	rendered := seed003(t)
	for name, want := range table.ConfigMaps {
		if n := len(want.Config) + len(want.Secret) + len(want.Gone); n != want.Count {
			t.Errorf("%s: %d keys are accounted for, the document has %d", name, n, want.Count)
		}
		got := keys(artifact.Map(rendered["ConfigMap/"+name]["data"]))
		if all := sortedCopy(append(want.Config, want.New...)); !slices.Equal(got, all) {
			t.Errorf("%s has the keys\n%v, not\n%v", name, got, all)
		}
		component := strings.TrimSuffix(strings.TrimPrefix(name, "harbor-"), "-config")
		read := secretKeys(rendered["ReplicationController/"+component+"-rc"])
		for key, entry := range want.Secret {
			if !slices.Contains(read, entry) {
				t.Errorf("%s: %s should come from the entry %s of the Secret", name, key, entry)
			}
		}
	}
	for _, id := range table.Absent {
		if _, ok := rendered[id]; ok {
			t.Errorf("%s should be absent", id)
		}
	}
}

// missing lists the places where got does not contain want: a map must contain
// its entries, a list something that contains each of its elements.
func missing(want, got any, path string) []string {
	switch w := want.(type) {
	case map[string]any:
		var places []string
		entries := artifact.Map(got)
		for _, key := range keys(w) {
			places = append(places, missing(w[key], entries[key], path+" "+key)...)
		}
		return places
	case []any:
		var places []string
		for _, element := range w {
			if !slices.ContainsFunc(artifact.List(got), func(g any) bool { return missing(element, g, "") == nil }) {
				places = append(places, missing(element, nil, path+" []")...)
			}
		}
		return places
	}
	if reflect.DeepEqual(want, got) {
		return nil
	}
	return []string{path + " is not " + toText(want)}
}

func toText(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(data))
}

// secretKeys lists the entries of Secrets that a value refers to, anywhere.
func secretKeys(value any) []string {
	var found []string
	switch v := value.(type) {
	case artifact.Object:
		return secretKeys(map[string]any(v))
	case map[string]any:
		if reference := artifact.Map(v["secretKeyRef"]); reference != nil {
			found = append(found, artifact.Text(reference["key"]))
		}
		for _, item := range artifact.List(artifact.Map(v["secret"])["items"]) {
			found = append(found, artifact.Text(artifact.Map(item)["key"]))
		}
		for _, key := range keys(v) {
			found = append(found, secretKeys(v[key])...)
		}
	case []any:
		for _, element := range v {
			found = append(found, secretKeys(element)...)
		}
	}
	return found
}

func keys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	return sortedCopy(out)
}

func sortedCopy(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}
