package validate

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

// Check returns what is wrong with root, without places.
func (s *Schema) Check(root map[string]any) []diag.Diagnostic {
	return s.check(s.compiled, s.raw, root, nil)
}

// CheckEnvironments returns what is wrong with the overrides in root, each
// taken by itself: what only shows in the whole is for Check.
func (s *Schema) CheckEnvironments(root map[string]any) []diag.Diagnostic {
	value, ok := root["environment"]
	if !ok {
		return nil
	}
	return s.check(s.environments, s.child(s.raw, "environment"), value, []any{"environment"})
}

// check judges a value that stands at path of the document. Node is the source
// of the compiled schema.
func (s *Schema) check(compiled *jsonschema.Schema, node map[string]any, value any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	checkValues(value, path, &found)
	if len(found) > 0 {
		// Values that JSON does not know would stop the schema at the first.
		return found
	}
	names := s.badNames(node, value, path)
	var invalid *jsonschema.ValidationError
	if err := compiled.Validate(value); errors.As(err, &invalid) {
		s.explain(location{value, path}, invalid, &found)
	} else if err != nil {
		found = append(found, diag.Diagnostic{Path: path, Message: err.Error()})
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

// at follows the way that the validator names from this value on. It gives
// the indexes of lists the type int.
func (l location) at(way []string) location {
	for _, token := range way {
		switch v := l.value.(type) {
		case []any:
			i, _ := strconv.Atoi(token)
			l.path = below(l.path, i)
			l.value = nil
			if i >= 0 && i < len(v) {
				l.value = v[i]
			}
		case map[string]any:
			l = location{v[token], below(l.path, token)}
		default:
			l = location{nil, below(l.path, token)}
		}
	}
	return l
}

// explain turns the tree of failures into one diagnostic for each leaf that
// says something.
func (s *Schema) explain(root location, e *jsonschema.ValidationError, found *[]diag.Diagnostic) {
	if _, ok := e.ErrorKind.(*kind.PropertyNames); ok {
		// The library names the wrong table for these; badNames finds them.
		return
	}
	at := root.at(e.InstanceLocation)
	if message := s.annotation(e, "x-message"); message != "" && isChoice(e) {
		*found = append(*found, s.diagnostic(e, at.path, message))
		return
	}
	if len(e.Causes) == 0 {
		*found = append(*found, s.leaf(at, e)...)
		return
	}
	for _, cause := range relevant(e) {
		s.explain(root, cause, found)
	}
}

func (s *Schema) diagnostic(e *jsonschema.ValidationError, path []any, message string) diag.Diagnostic {
	return diag.Diagnostic{
		Path: path, Message: message, Rule: s.annotation(e, "x-rule"),
		Reason: s.annotation(e, "x-reason"), Fix: s.annotation(e, "x-fix"),
	}
}

// isChoice tells whether a failure is that of a choice, whose branches say
// less than the choice itself.
func isChoice(e *jsonschema.ValidationError) bool {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.FalseSchema:
		return true
	}
	return false
}

// relevant picks the causes that are worth telling: of a choice between
// types, the branch whose type the value has.
func relevant(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if !isChoice(e) {
		return e.Causes
	}
	var out []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		if _, wrongType := cause.ErrorKind.(*kind.Type); !wrongType {
			out = append(out, cause)
		}
	}
	if len(out) == 0 {
		return e.Causes[:1]
	}
	return out
}
