package accept

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/yaml"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/internal/diag"
	"hagen/schema"
)

// noNamespace is what the server says before a client has put an object into its
// own namespace.
const noNamespace = "metadata.namespace: Required value"

// digits are the places in lists: what goes wrong in one entry goes wrong in the
// next one too.
var digits = regexp.MustCompile(`[0-9]+`)

// isText are the findings on texts in ConfigMaps.
var isText = regexp.MustCompile(`^(line |is no valid [A-Z]|is no valid list|the registry)`)

// mutation is one way to break an object.
type mutation struct {
	what   string
	object map[string]any
}

// stricter are refusals of hagen alone that are meant: the API calls the value of
// a class required up to 1.35, the server reads a missing one as 0.
var stricter = map[string]bool{"PriorityClass empty value": true, "PriorityClass missing value": true}

// TestConformAgrees breaks every object of the examples in every place and
// compares hagen's own verdict with that of the API server's strict decoding and
// validation. What hagen refuses the server must refuse; a wrong key or type that
// the server refuses hagen must refuse too; of what may not be missing, and of the
// server's own rules, it must know the most.
func TestConformAgrees(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	seen, tally := map[string]bool{}, map[string]int{}
	for _, root := range renderings(t) {
		for _, file := range load(t, root) {
			if kind, _ := KindOf(file); kind.Name != "manifest" {
				continue
			}
			object := map[string]any{}
			if err := yaml.Unmarshal(file.Data, &object); err != nil {
				t.Fatal(err)
			}
			if conforms(t, checker, object) != "" {
				continue // it is for another release
			}
			for _, m := range mutations(object) {
				compareVerdicts(t, checker, m, seen, tally)
			}
		}
	}
	t.Logf("%v", tally)
	if tally["wrong"] < 1500 || tally["missing"] < 300 {
		t.Errorf("%v: too few to say anything", tally)
	}
	if tally["missed"]*50 > tally["missing"] {
		t.Errorf("%v: hagen takes too much of what the server refuses", tally)
	}
}

func compareVerdicts(t *testing.T, checker *conform.Checker, m mutation, seen map[string]bool, tally map[string]int) {
	place := fmt.Sprint(m.object["kind"], m.object["apiVersion"], digits.ReplaceAllString(m.what, "*"))
	data, err := yaml.Marshal(m.object)
	if err != nil || seen[place] {
		return
	}
	seen[place] = true
	decoded, decodeErr := decode(data)
	err = decodeErr
	if err == nil {
		err = validate(decoded)
	}
	ours := conforms(t, checker, m.object)
	kind := strings.Fields(m.what)[0]
	tally[kind]++
	name := fmt.Sprintf("%v/%v: %s", m.object["kind"], artifact.Object(m.object).Name(), m.what)
	switch {
	case ours != "" && err == nil && stricter[fmt.Sprint(m.object["kind"], " ", m.what)]:
		return
	case ours != "" && err == nil && legacyscheme.Scheme.IsGroupRegistered(decoded.GetObjectKind().GroupVersionKind().Group):
		t.Errorf("%s: only hagen refuses it: %s", name, ours)
	case ours == "" && decodeErr != nil:
		t.Errorf("%s: only the server's decoder refuses it: %v", name, decodeErr)
	case ours == "" && err != nil && kind == "missing" && err.Error() != noNamespace:
		tally["missed"]++
		t.Logf("%s: only the server refuses it: %v", name, err)
	}
}

// conforms returns the first finding on an object, or "". Left out are those on
// texts in ConfigMaps, which the server does not read, and on the name of a
// budget, which it checks before its rules for the kind.
func conforms(t *testing.T, checker *conform.Checker, object map[string]any) string {
	report := checker.Check(artifact.Set{{Path: "kubernetes/x.yaml", Value: object}}, "1.34")
	for _, d := range report.Findings {
		unnamed := object["kind"] == "PodDisruptionBudget" && d.Message == "is missing" && diag.PathString(d.Path) == "metadata.name"
		if !isText.MatchString(d.Message) && !unnamed {
			return d.Error()
		}
	}
	return ""
}

// mutations are the object with each key misspelt, each value of another type,
// and each key left out.
func mutations(object map[string]any) []mutation {
	var out []mutation
	visit(object, nil, func(path []any, parent map[string]any, key string) {
		at := fmt.Sprint(append(path, key)...)
		old := parent[key]
		try := func(what string, change func()) {
			change()
			out = append(out, mutation{what + " " + at, clone(object).(map[string]any)})
			delete(parent, key+"x")
			parent[key] = old
		}
		try("wrong key", func() { delete(parent, key); parent[key+"x"] = old })
		for _, other := range []any{"a text", int64(7), true, []any{}, map[string]any{"a": "b"}} {
			if fmt.Sprintf("%T", other) != fmt.Sprintf("%T", old) {
				try(fmt.Sprintf("wrong type %T", other), func() { parent[key] = other })
			}
		}
		try("missing", func() { delete(parent, key) })
		try("empty", func() { parent[key] = nil })
		if _, ok := old.(string); ok {
			try("emptied text", func() { parent[key] = "" })
		}
	})
	return out
}

// visit calls back for every key of a value, in order.
func visit(v any, path []any, call func(path []any, parent map[string]any, key string)) {
	switch value := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			call(path, value, key)
			visit(value[key], append(slices.Clone(path), key, "."), call)
		}
	case []any:
		for i, item := range value {
			visit(item, append(slices.Clone(path), i, "."), call)
		}
	}
}

func clone(v any) any {
	switch value := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range value {
			out[key] = clone(item)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = clone(item)
		}
		return out
	}
	return v
}
