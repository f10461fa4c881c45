package validate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A spec meets a small part of the schema, so the schema is not compiled: it
// is read while a document is judged. This knows the keywords that the schema
// uses; a test says so when it uses another, and compares each verdict with
// that of a JSON Schema library, whose start-up and compilation took longer
// than all else that happens to a spec here.

// failure is a keyword of the schema that a value does not meet, or, with
// causes, a part of the schema that several of its parts refuse.
type failure struct {
	location
	// pointer is where the part of the schema stands that has the keyword.
	pointer string
	kind    any
	causes  []*failure
}

// part is a part of the schema and where it stands.
type part struct {
	node    any
	pointer string
}

func (p part) fail(at location, kind any, causes ...*failure) *failure {
	return &failure{location: at, pointer: p.pointer, kind: kind, causes: causes}
}

// below returns a deeper part, if there is one.
func (p part) below(tokens ...string) (part, bool) {
	for _, token := range tokens {
		node, _ := p.node.(map[string]any)
		deeper, ok := node[token]
		if !ok {
			return part{}, false
		}
		p = part{deeper, p.pointer + "/" + pointerEscape(token)}
	}
	return p, true
}

// each returns the parts of a list.
func (p part) each(keyword string) []part {
	list, _ := p.below(keyword)
	items, _ := list.node.([]any)
	parts := make([]part, len(items))
	for i, item := range items {
		parts[i] = part{item, list.pointer + "/" + strconv.Itoa(i)}
	}
	return parts
}

func pointerEscape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

// evaluate judges a value by a part of the schema; nil means that it is valid.
func (s *Schema) evaluate(p part, at location) *failure {
	if p.node == false {
		return p.fail(at, &kind.FalseSchema{})
	}
	node, ok := p.node.(map[string]any)
	if !ok {
		return nil
	}
	if wrong := asWhole(node, at.value); wrong != nil {
		return p.fail(at, wrong)
	}
	var found []*failure
	if ref, ok := node["$ref"].(string); ok {
		pointer := strings.TrimPrefix(ref, "#")
		if f := s.evaluate(part{s.at(pointer), pointer}, at); f != nil {
			found = append(found, p.fail(at, &kind.Reference{}, f))
		}
	}
	switch v := at.value.(type) {
	case map[string]any:
		found = append(found, s.tableFailures(p, node, at, v)...)
	case []any:
		found = append(found, s.listFailures(p, node, at, v)...)
	case string:
		found = append(found, s.textFailures(p, node, at, v)...)
	case int64, float64:
		found = append(found, numberFailures(p, node, at)...)
	}
	found = append(found, s.choices(p, node, at)...)
	if len(found) > 1 {
		return p.fail(at, &kind.Group{}, found...)
	}
	for _, only := range found {
		return only
	}
	return nil
}

func (s *Schema) tableFailures(p part, node map[string]any, at location, table map[string]any) []*failure {
	var found []*failure
	if missing := missingKeys(node, table); len(missing) > 0 {
		found = append(found, p.fail(at, &kind.Required{Missing: missing}))
	}
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(table)) {
		field, ok := p.below("properties", key)
		if !ok {
			field, _ = p.below("additionalProperties")
			if field.node == false {
				unknown = append(unknown, key)
				continue
			}
		}
		if f := s.evaluate(field, location{table[key], below(at.path, key)}); f != nil {
			found = append(found, f)
		}
	}
	if len(unknown) > 0 {
		found = append(found, p.fail(at, &kind.AdditionalProperties{Properties: unknown}))
	}
	return found
}

func missingKeys(node, table map[string]any) []string {
	var missing []string
	required, _ := node["required"].([]any)
	for _, key := range required {
		name, _ := key.(string)
		if _, ok := table[name]; !ok {
			missing = append(missing, name)
		}
	}
	return missing
}

// choices judges by the keywords that combine parts of the schema.
func (s *Schema) choices(p part, node map[string]any, at location) []*failure {
	var found []*failure
	if not, ok := p.below("not"); ok && s.evaluate(not, at) == nil {
		found = append(found, p.fail(at, &kind.Not{}))
	}
	for _, all := range p.each("allOf") {
		if f := s.evaluate(all, at); f != nil {
			found = append(found, f)
		}
	}
	if branches := p.each("anyOf"); len(branches) > 0 {
		if f := s.anyOf(p, branches, at); f != nil {
			found = append(found, f)
		}
	}
	if condition, ok := p.below("if"); ok {
		keyword := "then"
		if s.evaluate(condition, at) != nil {
			keyword = "else"
		}
		outcome, _ := p.below(keyword)
		if f := s.evaluate(outcome, at); f != nil {
			found = append(found, f)
		}
	}
	return found
}

func (s *Schema) anyOf(p part, branches []part, at location) *failure {
	var refusals []*failure
	for _, branch := range branches {
		f := s.evaluate(branch, at)
		if f == nil {
			return nil
		}
		refusals = append(refusals, f)
	}
	return p.fail(at, &kind.AnyOf{}, refusals...)
}
