package sinks

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	compose "github.com/compose-spec/compose-go/v2/types"
	"sigs.k8s.io/yaml"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

// places are indexes of lists and names of services: what goes wrong in one goes
// wrong in the next.
var places = regexp.MustCompile(`[0-9]+|services\.[a-z-]+`)

// TestConformAgreesWithCompose breaks the bundles of the examples in every place
// and compares hagen's verdict with that of Compose's own loader: what hagen
// refuses the loader must refuse, and what the loader's schema refuses hagen must
// refuse too.
func TestConformAgreesWithCompose(t *testing.T) {
	files, err := filepath.Glob("../../out/*/compose/node1/docker-compose.yml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d bundles, %v", len(files), err)
	}
	checker := conform.New(schema.Artifacts)
	seen, refused := map[string]bool{}, 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		project := map[string]any{}
		if err := yaml.Unmarshal(data, &project); err != nil {
			t.Fatal(err)
		}
		if err := loadCompose(t, project); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		mutate(project, project, "", func(what string) {
			if place := places.ReplaceAllString(what, "*"); !seen[place] {
				seen[place] = true
				refused += compareWithCompose(t, checker, what, project)
			}
		})
	}
	t.Logf("%d mutations, %d refused", len(seen), refused)
	if refused < 500 {
		t.Errorf("%d of %d mutations are refused: too few to say anything", refused, len(seen))
	}
}

func compareWithCompose(t *testing.T, checker *conform.Checker, what string, project map[string]any) int {
	report := checker.Check(artifact.Set{{Path: "docker-compose.yml", Value: project}}, "")
	theirs := loadCompose(t, project)
	if len(report.Findings) > 0 && theirs == nil {
		t.Errorf("%s: only hagen refuses it: %v", what, report.Findings[0])
	}
	if len(report.Findings) == 0 && theirs != nil && strings.Contains(theirs.Error(), "validating") {
		t.Errorf("%s: only Compose refuses it: %v", what, theirs)
	}
	return min(len(report.Findings), 1)
}

func loadCompose(t *testing.T, project map[string]any) error {
	t.Helper()
	data, err := yaml.Marshal(project)
	if err != nil {
		t.Fatal(err)
	}
	details := compose.ConfigDetails{
		WorkingDir: t.TempDir(), ConfigFiles: []compose.ConfigFile{{Filename: "docker-compose.yml", Content: data}},
	}
	_, err = loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("x", true)
		o.SkipResolveEnvironment = true
	})
	return err
}

// mutate breaks every key below v in turn, calls back, and mends it.
func mutate(root map[string]any, v any, path string, call func(what string)) {
	if list, ok := v.([]any); ok {
		for i, item := range list {
			mutate(root, item, fmt.Sprintf("%s[%d]", path, i), call)
		}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		old, at := m[key], strings.TrimPrefix(path+"."+key, ".")
		delete(m, key)
		call("missing " + at)
		m[key+"x"] = old
		call("wrong key " + at)
		delete(m, key+"x")
		for _, other := range []any{"a text", int64(7), true, []any{}, []any{int64(1)}, map[string]any{"a": "b"}, nil} {
			if fmt.Sprintf("%T", other) != fmt.Sprintf("%T", old) {
				m[key] = other
				call(fmt.Sprintf("wrong type %v %s", other, at))
			}
		}
		m[key] = old
		mutate(root, old, at, call)
	}
}
