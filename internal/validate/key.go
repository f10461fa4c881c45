package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hagen/internal/diag"
)

func (s *Schema) unknownKeys(e *jsonschema.ValidationError, path []any, keys []string) []diag.Diagnostic {
	known := slices.Sorted(maps.Keys(s.properties(s.schemaOf(e))))
	var out []diag.Diagnostic
	for _, key := range keys {
		if hint := s.hint(e, key); hint != nil {
			out = append(out, diag.Diagnostic{
				Path: below(path, key), Message: text(hint, "message"),
				Reason: text(hint, "reason"), Fix: text(hint, "fix"),
			})
			continue
		}
		out = append(out, diag.Diagnostic{
			Path: below(path, key), Message: "unknown key" + s.guess(key, known),
			Reason: "a key that hagen does not know would be ignored, and the registry would run without it",
			Fix:    "the keys here are " + strings.Join(known, ", "),
		})
	}
	return out
}

// hint returns what the schema says of a key that people expect in a table
// and that is not there (keyword x-unknown).
func (s *Schema) hint(e *jsonschema.ValidationError, key string) map[string]any {
	hints, _ := s.schemaOf(e)["x-unknown"].(map[string]any)
	if same, ok := hints[key].(string); ok {
		key = same
	}
	hint, _ := hints[key].(map[string]any)
	return hint
}

func (s *Schema) guess(key string, known []string) string {
	if near := diag.Nearest(key, known); near != "" {
		return fmt.Sprintf(", did you mean %q", near)
	}
	if elsewhere := s.elsewhere(key); elsewhere != "" {
		return ", did you mean " + elsewhere
	}
	return ""
}

// elsewhere finds the only other table that has a key of this name, for keys
// that stand in the wrong table.
func (s *Schema) elsewhere(key string) string {
	found := tablesWith(s, s.raw, nil, key)
	if len(found) != 1 {
		return ""
	}
	if len(found[0]) == 1 {
		return key + " at the top of the spec"
	}
	return diag.PathString(found[0])
}

// tablesWith returns the paths of the fields that bear a name.
func tablesWith(s *Schema, node map[string]any, path []any, key string) [][]any {
	var found [][]any
	for name, field := range s.properties(node) {
		at := below(path, name)
		if name == key {
			found = append(found, at)
		}
		if table, ok := field.(map[string]any); ok && name != "environment" {
			found = append(found, tablesWith(s, table, at, key)...)
		}
	}
	return found
}

func (s *Schema) missing(e *jsonschema.ValidationError, path []any, keys []string) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, key := range keys {
		d := s.diagnostic(e, below(path, key), "missing")
		field := s.fieldAt(d.Path)
		if d.Reason == "" {
			d.Reason = firstSentence(text(field, "description"))
		}
		if d.Fix == "" {
			d.Fix = exampleOf(d.Path, field)
		}
		out = append(out, d)
	}
	return out
}

// firstSentence is a description as a reason: reasons have no final period.
func firstSentence(description string) string {
	first, _, _ := strings.Cut(description, ". ")
	return strings.TrimSuffix(first, ".")
}

// exampleOf shows a field that is to be added.
func exampleOf(path []any, field map[string]any) string {
	examples, _ := field["examples"].([]any)
	if len(examples) == 0 {
		return ""
	}
	if table, ok := examples[0].(map[string]any); ok {
		return "add a table [" + diag.PathString(path) + "]" + inside(table)
	}
	return fmt.Sprintf("for example %v = %s", path[len(path)-1], show(examples[0]))
}

// inside shows the values of a table, unless one is a table itself.
func inside(table map[string]any) string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if _, deep := table[key].(map[string]any); deep {
			return ""
		}
		lines = append(lines, key+" = "+show(table[key]))
	}
	return ", for example with " + strings.Join(lines, " and ")
}
