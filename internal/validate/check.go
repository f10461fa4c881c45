package validate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

// Check returns what is wrong with root, without places.
func (s *Schema) Check(root map[string]any) []diag.Diagnostic {
	return s.check(part{node: s.raw}, root, nil)
}

// CheckEnvironments returns what is wrong with the overrides in root, each
// taken by itself: what only shows in the whole is for Check.
func (s *Schema) CheckEnvironments(root map[string]any) []diag.Diagnostic {
	value, ok := root["environment"]
	if !ok {
		return nil
	}
	environments, _ := part{node: s.raw}.below("properties", "environment")
	return s.check(environments, value, []any{"environment"})
}

// check judges a value that stands at path of the document by a part of the
// schema.
func (s *Schema) check(p part, value any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	checkValues(value, path, &found)
	if len(found) > 0 {
		// Values that JSON does not know would stop the schema at the first.
		return found
	}
	node, _ := p.node.(map[string]any)
	names := s.badNames(node, value, path)
	if f := s.evaluate(p, location{value, path}); f != nil {
		s.explain(f, &found)
	}
	found = append(outside(names, found), names...)
	return append(found, s.duplicates(node, value, path)...)
}

// outside drops what lies below a name that is refused as a whole.
func outside(names, found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(names, func(name diag.Diagnostic) bool {
			n := len(name.Path)
			return len(d.Path) > n && slices.Equal(d.Path[:n], name.Path)
		})
	})
}

// checkValues finds the values of TOML that JSON has no type for.
func checkValues(value any, path []any, found *[]diag.Diagnostic) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			checkValues(item, below(path, key), found)
		}
	case []any:
		for i, item := range v {
			checkValues(item, below(path, i), found)
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
				Path: path, Message: strings.ToLower(fmt.Sprint(v)) + " is not a number to work with",
				Reason: "every number of the spec has bounds",
				Fix:    "write a whole number",
			})
		}
	}
}

// location is a value and where it stands in the document.
type location struct {
	value any
	path  []any
}

// explain turns the tree of failures into one diagnostic for each leaf that
// says something.
func (s *Schema) explain(f *failure, found *[]diag.Diagnostic) {
	if message := s.annotation(f, "x-message"); message != "" && isChoice(f) {
		*found = append(*found, s.diagnostic(f, f.path, message))
		return
	}
	if len(f.causes) == 0 {
		*found = append(*found, s.leaf(f)...)
		return
	}
	for _, cause := range relevant(f) {
		s.explain(cause, found)
	}
}

func (s *Schema) diagnostic(f *failure, path []any, message string) diag.Diagnostic {
	return diag.Diagnostic{
		Path: path, Message: message,
		Reason: s.annotation(f, "x-reason"), Fix: s.annotation(f, "x-fix"),
	}
}

// isChoice tells whether a failure is that of a choice, whose branches say
// less than the choice itself.
func isChoice(f *failure) bool {
	switch f.kind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.FalseSchema:
		return true
	}
	return false
}

// relevant picks the causes that are worth telling: of a choice between
// types, the branch whose type the value has.
func relevant(f *failure) []*failure {
	if !isChoice(f) {
		return f.causes
	}
	var out []*failure
	for _, cause := range f.causes {
		if _, wrongType := cause.kind.(*kind.Type); !wrongType {
			out = append(out, cause)
		}
	}
	if len(out) == 0 {
		return f.causes[:1]
	}
	return out
}
