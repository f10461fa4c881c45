package review_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/diff"
)

// fieldChanges are those of testdata/fields.yaml: a field of an object that
// stands beside an example.
func fieldChanges(t *testing.T) []change {
	t.Helper()
	data, err := os.ReadFile("testdata/fields.yaml")
	if err != nil {
		t.Fatal(err)
	}
	table := artifact.File{Data: append([]byte("list:\n"), data...)}.Table()
	var changes []change
	for i, item := range artifact.List(table["list"]) {
		object := patched(map[string]any{"metadata": map[string]any{"name": "fields", "namespace": "harbor"}}, artifact.Map(item)["object"])
		for _, patch := range artifact.List(artifact.Map(item)["changes"]) {
			said, err := json.Marshal(patch)
			if err != nil {
				t.Fatal(err)
			}
			changes = append(changes, change{
				name: fmt.Sprintf("%s %s #%d", artifact.Object(object).Kind(), said, i), in: hub,
				given: []edit{put(extra, manifestOf(t, object))}, edits: []edit{put(extra, manifestOf(t, patched(object, patch)))},
			})
		}
	}
	if len(changes) < 150 {
		t.Fatalf("%d changes of fields", len(changes))
	}
	return changes
}

// patched is a JSON merge patch: what is null goes.
func patched(object map[string]any, patch any) map[string]any {
	out := maps.Clone(object)
	if out == nil {
		out = map[string]any{}
	}
	for key, value := range artifact.Map(patch) {
		switch below, isMap := value.(map[string]any); {
		case value == nil:
			delete(out, key)
		case isMap:
			out[key] = patched(artifact.Map(out[key]), below)
		default:
			out[key] = value
		}
	}
	return out
}

func manifestOf(t *testing.T, object map[string]any) string {
	t.Helper()
	text, err := artifact.EncodeYAML(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRefusedFieldsHaveTheirChange wants for each kind and each path of a rule
// that says refused a change that it calls so, which the API server then judges.
func TestRefusedFieldsHaveTheirChange(t *testing.T) {
	r := reviewer(t)
	seen := map[string]bool{}
	for _, c := range slices.Concat(clusterChanges, objectChanges, fieldChanges(t)) {
		for _, change := range r.Report(c.sides(t)).Changes {
			seen[change.Rule+" on "+change.Object.Kind] = true
			for n := range len(change.Path) + 1 {
				seen[change.Rule+" at "+steps(change.Path[:n])] = true
			}
		}
	}
	for _, rule := range rules(t) {
		if rule.Impact != diff.Refused || rule.Target != "kubernetes" {
			continue
		}
		for _, kind := range rule.On {
			if !seen[rule.ID+" on "+kind] {
				t.Errorf("the rule %s has no change of a %s", rule.ID, kind)
			}
		}
		for _, path := range rule.Paths {
			if !seen[rule.ID+" at "+path] {
				t.Errorf("the rule %s has no change of %s", rule.ID, path)
			}
		}
	}
}

func steps(path diff.Path) string {
	var words []string
	for _, step := range path {
		words = append(words, diff.Step(step))
	}
	return strings.Join(words, "/")
}
