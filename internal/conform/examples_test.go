package conform_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

// examples reads the committed renderings as the compiler hands them over.
func examples(t testing.TB) map[string]artifact.Set {
	t.Helper()
	sites := map[string][]artifact.File{}
	err := filepath.WalkDir("../../out", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "manifest.json" || entry.Name() == "kustomization.yaml" {
			return err
		}
		site, file := split(path)
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		made := artifact.File{Path: file, Data: data, Component: component(file)}
		if strings.HasPrefix(file, "kubernetes/") || entry.Name() == "docker-compose.yml" {
			made.Value = decode(t, data)
		}
		sites[site] = append(sites[site], made)
		return nil
	})
	if err != nil || len(sites) < 6 {
		t.Fatalf("%d sites, %v", len(sites), err)
	}
	out := map[string]artifact.Set{}
	for name, files := range sites {
		if out[name], err = artifact.NewSet(files); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// split parts a path at the folders that every site has.
func split(path string) (site, file string) {
	path = strings.TrimPrefix(path, "../../out/")
	for _, folder := range []string{"/kubernetes/", "/compose/", "/clients/"} {
		if i := strings.Index(path, folder); i >= 0 {
			return path[:i], path[i+1:]
		}
	}
	return filepath.Dir(path), filepath.Base(path)
}

func component(file string) string {
	parts := strings.Split(file, "/")
	if len(parts) > 4 {
		return parts[3]
	}
	if strings.Contains(file, "configmap-") && strings.Contains(file, "registry-config") {
		return "registry"
	}
	return "compose"
}

func decode(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		t.Fatal(err)
	}
	value, err := artifact.Value(&node)
	if err != nil {
		t.Fatal(err)
	}
	return artifact.Map(value)
}

func versionOf(site string) string {
	switch {
	case strings.Contains(site, "1-2"):
		return "1.7"
	case strings.HasSuffix(site, "/then"):
		return "1.15"
	}
	return "1.34"
}

// The examples are as their readers want them.
func TestExamples(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	for name, files := range examples(t) {
		report := checker.Check(files, versionOf(name))
		for _, d := range report.Findings {
			t.Errorf("%s: %v\n%s\n%s", name, d.Error(), d.Reason, d.Fix)
		}
		if len(report.Unchecked) > 0 {
			t.Errorf("%s: nothing is known of %v", name, report.Unchecked)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	files := examples(b)["hub-2-15"]
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			conform.New(schema.Artifacts).Check(files, "1.34")
		}
	})
	checker := conform.New(schema.Artifacts)
	b.Run("further", func(b *testing.B) {
		for b.Loop() {
			checker.Check(files, "1.34")
		}
	})
}
