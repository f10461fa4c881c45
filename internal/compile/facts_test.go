package compile_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/registry"
	"hagen/schema"
)

// artifacts are the final files of one site, by path.
type artifacts map[string]string

func artifactsOf(site compile.Site) artifacts {
	files := artifacts{}
	for _, file := range site.Files {
		files[file.Path] = string(file.Data)
	}
	return files
}

// folders lists the folders directly below one.
func (a artifacts) folders(below string) []string {
	found := map[string]bool{}
	for name := range a {
		if rest, ok := strings.CutPrefix(name, below+"/"); ok {
			folder, _, _ := strings.Cut(rest, "/")
			found[folder] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// facts say what a registry is, in words of neither target.
type facts = registry.Facts

// siteOf is the registry that files describe. They are read as text, as their
// readers do.
func siteOf(t *testing.T, files artifacts) registry.Site {
	t.Helper()
	var list []artifact.File
	for name, text := range files {
		list = append(list, artifact.File{Path: name, Data: []byte(text)})
	}
	set, err := artifact.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return registry.Read(set, parityOf(t).Names)
}

func parityOf(t *testing.T) *registry.Parity {
	t.Helper()
	parity, err := registry.LoadParity(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	return parity
}

func targetFacts(t *testing.T, files artifacts, name string) facts {
	t.Helper()
	for _, target := range siteOf(t, files).Targets {
		if target.Name == name {
			return target.Facts()
		}
	}
	t.Fatalf("there is no target %s", name)
	return nil
}

func clusterFacts(t *testing.T, files artifacts) facts {
	t.Helper()
	return targetFacts(t, files, registry.Cluster)
}

func bundleFacts(t *testing.T, files artifacts, node string) facts {
	t.Helper()
	return targetFacts(t, files, "compose/"+node)
}

func decodeYAML(t *testing.T, name, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

func scalar(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func texts(list any) []string {
	out := []string{}
	for _, item := range artifact.List(list) {
		out = append(out, scalar(item))
	}
	return out
}
