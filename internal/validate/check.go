package validate

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

// Check returns what is wrong with root, without places.
func (s *Schema) Check(root map[string]any) []diag.Diagnostic {
	var found []diag.Diagnostic
	s.checkValues(s.raw, root, nil, &found)
	if len(found) > 0 {
		// Values that JSON does not know would stop the schema at the first.
		return found
	}
	s.run(s.compiled, root, &found)
	return append(found, s.duplicates(root)...)
}

// CheckEnvironments returns what is wrong with the overrides in root, each
// taken by itself: what only shows in the whole is for Check.
func (s *Schema) CheckEnvironments(root map[string]any) []diag.Diagnostic {
	value, ok := root["environment"]
	if !ok {
		return nil
	}
	var found []diag.Diagnostic
	s.checkValues(s.raw, value, nil, &found)
	if len(found) == 0 {
		s.run(s.environments, value, &found)
	}
	for i := range found {
		found[i].Path = append([]any{"environment"}, found[i].Path...)
	}
	return found
}

func (s *Schema) run(schema *jsonschema.Schema, value any, found *[]diag.Diagnostic) {
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(value); errors.As(err, &invalid) {
		s.explain(value, invalid, found)
	} else if err != nil {
		*found = append(*found, diag.Diagnostic{Message: err.Error()})
	}
}

// checkValues finds the values of TOML that JSON has no type for.
func (s *Schema) checkValues(node map[string]any, value any, path []any, found *[]diag.Diagnostic) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			s.checkValues(nil, item, below(path, key), found)
		}
	case []any:
		for i, item := range v {
			s.checkValues(nil, item, below(path, i), found)
		}
	case time.Time:
		*found = append(*found, diag.Diagnostic{
			Path: path, Message: "this is a date, and no field of the spec takes one",
			Reason: "TOML reads digits with dashes or colons as a date or a time",
			Fix:    "write it in quotes",
		})
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			*found = append(*found, diag.Diagnostic{
				Path: path, Message: fmt.Sprintf("%v is no number that can be used", v),
				Fix: "write a number",
			})
		}
	}
}

// explain turns the tree of failures into one diagnostic for each leaf that
// says something.
func (s *Schema) explain(root any, e *jsonschema.ValidationError, found *[]diag.Diagnostic) {
	path := pathOf(root, e.InstanceLocation)
	if k, ok := e.ErrorKind.(*kind.PropertyNames); ok {
		*found = append(*found, s.badName(e, path, k.Property))
		return
	}
	if message := s.annotation(e, "x-message"); message != "" && isChoice(e) {
		*found = append(*found, s.diagnostic(e, path, message))
		return
	}
	if len(e.Causes) == 0 {
		*found = append(*found, s.leaf(root, e, path)...)
		return
	}
	for _, cause := range s.relevant(e) {
		s.explain(root, cause, found)
	}
}

func (s *Schema) diagnostic(e *jsonschema.ValidationError, path []any, message string) diag.Diagnostic {
	return diag.Diagnostic{
		Path: path, Message: message,
		Reason: s.annotation(e, "x-reason"), Fix: s.annotation(e, "x-fix"),
	}
}

// pathOf gives list indexes the type int.
func pathOf(root any, location []string) []any {
	path := make([]any, 0, len(location))
	for _, token := range location {
		switch v := root.(type) {
		case []any:
			i, _ := strconv.Atoi(token)
			path = append(path, i)
			if i >= 0 && i < len(v) {
				root = v[i]
			}
		case map[string]any:
			path = append(path, token)
			root = v[token]
		default:
			path = append(path, token)
		}
	}
	return path
}

// valueAt returns the value of root at path, or nil.
func valueAt(root any, path []any) any {
	for _, step := range path {
		switch v := root.(type) {
		case map[string]any:
			key, _ := step.(string)
			root = v[key]
		case []any:
			i, ok := step.(int)
			if !ok || i >= len(v) {
				return nil
			}
			root = v[i]
		default:
			return nil
		}
	}
	return root
}

// duplicates enforces x-unique-by: fields whose values must differ between
// the tables of a list.
func (s *Schema) duplicates(root map[string]any) []diag.Diagnostic {
	var found []diag.Diagnostic
	s.walkLists(s.raw, root, nil, func(node map[string]any, list []any, path []any) {
		for _, field := range names(node["x-unique-by"]) {
			found = append(found, duplicatesOf(field, list, path)...)
		}
	})
	return found
}

func duplicatesOf(field string, list []any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	first := map[any]int{}
	for i, item := range list {
		table, _ := item.(map[string]any)
		value, ok := table[field].(string)
		if !ok {
			continue
		}
		if before, twice := first[value]; twice {
			found = append(found, diag.Diagnostic{
				Path:    below(below(path, i), field),
				Message: fmt.Sprintf("%q is taken by %s", value, diag.PathString(below(path, before))),
				Reason:  "two entries of the same " + field + " would overwrite each other's files",
				Fix:     "give every entry a " + field + " of its own",
			})
			continue
		}
		first[value] = i
	}
	return found
}

func names(v any) []string {
	switch value := v.(type) {
	case string:
		return []string{value}
	case []any:
		var out []string
		for _, item := range value {
			if name, ok := item.(string); ok {
				out = append(out, name)
			}
		}
		return out
	}
	return nil
}

func (s *Schema) walkLists(node map[string]any, value any, path []any, visit func(node map[string]any, list, path []any)) {
	if node == nil {
		return
	}
	node = s.resolve(node)
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			s.walkLists(s.child(node, key), item, below(path, key), visit)
		}
	case []any:
		visit(node, v, path)
		items, _ := node["items"].(map[string]any)
		for i, item := range v {
			s.walkLists(items, item, below(path, i), visit)
		}
	}
}
