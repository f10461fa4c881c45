package validate

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

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
func (s *Schema) relevant(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
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

// leaf words one failure.
func (s *Schema) leaf(root any, e *jsonschema.ValidationError, path []any) []diag.Diagnostic {
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		return s.unknownKeys(e, path, k.Properties)
	case *kind.Required:
		return s.missing(e, path, k.Missing)
	}
	d := s.diagnostic(e, path, s.message(e, valueAt(root, path)))
	if d.Fix == "" {
		d.Fix = s.example(e)
	}
	return []diag.Diagnostic{d}
}

func (s *Schema) message(e *jsonschema.ValidationError, value any) string {
	if message := s.annotation(e, "x-message"); message != "" {
		return message
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return fmt.Sprintf("this is %s, it must be %s", typeName(k.Got), typeNames(k.Want))
	case *kind.Enum:
		return enumMessage(value, k.Want)
	case *kind.Const:
		return fmt.Sprintf("%s must be %s here", show(value), show(k.Want))
	case *kind.Pattern:
		if hint := s.annotation(e, "x-pattern-hint"); hint != "" {
			return fmt.Sprintf("%s is not %s", show(value), hint)
		}
		return fmt.Sprintf("%s does not have the form %s", show(value), k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("%s is too small, the least is %s", show(value), number(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("%s is too large, the most is %s", show(value), number(k.Want))
	case *kind.MinLength:
		return lengthMessage(value, k.Got, "at least", k.Want)
	case *kind.MaxLength:
		return lengthMessage(value, k.Got, "at most", k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("the list has %d entries, it needs at least %d", k.Got, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("the list has %d entries, it takes at most %d", k.Got, k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("entries %d and %d of the list are the same", k.Duplicates[0], k.Duplicates[1])
	case *kind.FalseSchema:
		return "this field has no meaning here"
	case *kind.Not:
		return fmt.Sprintf("%s is not possible here", show(value))
	}
	return "this value is not valid here"
}

// badName words a key that cannot be one of a table with free keys.
func (s *Schema) badName(e *jsonschema.ValidationError, path []any, name string) diag.Diagnostic {
	rule, _ := s.schemaOf(e)["propertyNames"].(map[string]any)
	rule = s.resolve(rule)
	d := diag.Diagnostic{
		Path: below(path, name), Message: text(rule, "x-message"),
		Reason: text(rule, "x-reason"), Fix: text(rule, "x-fix"),
	}
	hint := text(rule, "x-pattern-hint")
	if known, ok := rule["enum"].([]any); ok {
		d.Message = enumMessage(name, known)
	} else if limit, ok := rule["maxLength"].(json.Number); ok && hint != "" && tooLong(name, limit) {
		d.Message = fmt.Sprintf("%q has %d characters, a name has at most %s", name, len(name), limit)
	} else if hint != "" {
		d.Message = fmt.Sprintf("%q is not %s", name, hint)
	} else if d.Message == "" {
		d.Message = fmt.Sprintf("%q cannot be a name here", name)
	}
	return d
}

func tooLong(name string, limit json.Number) bool {
	most, err := limit.Int64()
	return err == nil && int64(len(name)) > most
}

func lengthMessage(value any, got int, bound string, want int) string {
	if got == 0 {
		return "this is empty"
	}
	return fmt.Sprintf("%s has %d characters, it must have %s %d", show(value), got, bound, want)
}

func enumMessage(value any, want []any) string {
	words := make([]string, len(want))
	plainWords := make([]string, 0, len(want))
	for i, w := range want {
		words[i] = show(w)
		if text, ok := w.(string); ok {
			plainWords = append(plainWords, text)
		}
	}
	message := fmt.Sprintf("%s is not known here, it must be one of %s", show(value), strings.Join(words, ", "))
	if text, ok := value.(string); ok {
		if near := nearest(text, plainWords); near != "" {
			message += fmt.Sprintf("; did you mean %q", near)
		}
	}
	return message
}

func (s *Schema) unknownKeys(e *jsonschema.ValidationError, path []any, keys []string) []diag.Diagnostic {
	known := slices.Sorted(maps.Keys(s.properties(s.schemaOf(e))))
	var out []diag.Diagnostic
	for _, key := range keys {
		d := diag.Diagnostic{Path: below(path, key), Message: "unknown key"}
		if hint := s.hint(e, key); hint != nil {
			d.Message, d.Reason, d.Fix = text(hint, "message"), text(hint, "reason"), text(hint, "fix")
			out = append(out, d)
			continue
		}
		if near := nearest(key, known); near != "" {
			d.Message += fmt.Sprintf(", did you mean %q", near)
		} else if elsewhere := s.elsewhere(key); elsewhere != "" {
			d.Message += fmt.Sprintf(", did you mean %s", elsewhere)
		}
		d.Reason = "a key that hagen does not know would be ignored, and the registry would run without it"
		if len(known) > 0 {
			d.Fix = "the keys here are " + strings.Join(known, ", ")
		}
		out = append(out, d)
	}
	return out
}

// hint returns what the schema says of a key that people expect in a table
// and that is not there (keyword x-unknown).
func (s *Schema) hint(e *jsonschema.ValidationError, key string) map[string]any {
	hints, _ := s.schemaOf(e)["x-unknown"].(map[string]any)
	hint, _ := hints[key].(map[string]any)
	return hint
}

func text(m map[string]any, key string) string {
	value, _ := m[key].(string)
	return value
}

// elsewhere finds the only other table that has a key of this name, for keys
// that stand in the wrong table.
func (s *Schema) elsewhere(key string) string {
	var found []string
	for name, section := range s.properties(s.raw) {
		table, _ := section.(map[string]any)
		if _, ok := s.properties(table)[key]; ok && name != "environment" {
			found = append(found, name+"."+key)
		}
		if name == key {
			found = append(found, key+" at the top of the spec")
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

func (s *Schema) missing(e *jsonschema.ValidationError, path []any, keys []string) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, key := range keys {
		d := s.diagnostic(e, below(path, key), "missing")
		field, _ := s.fieldAt(below(path, key)).(map[string]any)
		field = s.resolve(field)
		if d.Reason == "" {
			d.Reason, _ = field["description"].(string)
		}
		if d.Fix == "" {
			d.Fix = exampleOf(key, field)
		}
		out = append(out, d)
	}
	return out
}

// fieldAt finds the schema of a field by its path in a document.
func (s *Schema) fieldAt(path []any) any {
	node := s.raw
	for _, step := range path {
		node = s.resolve(node)
		if key, ok := step.(string); ok {
			node = s.child(node, key)
		} else {
			node, _ = node["items"].(map[string]any)
		}
		if node == nil {
			return nil
		}
	}
	return node
}

func (s *Schema) example(e *jsonschema.ValidationError) string {
	return exampleOf("", s.schemaOf(e))
}

func exampleOf(key string, field map[string]any) string {
	examples, _ := field["examples"].([]any)
	if len(examples) == 0 {
		return ""
	}
	if key == "" {
		return "for example " + show(examples[0])
	}
	if _, table := examples[0].(map[string]any); table {
		return "add a table [" + key + "]"
	}
	return "for example " + key + " = " + show(examples[0])
}

// schemaOf returns the part of the schema that refused.
func (s *Schema) schemaOf(e *jsonschema.ValidationError) map[string]any {
	node, _ := s.at(fragment(e.SchemaURL)).(map[string]any)
	if node == nil {
		return nil
	}
	return s.resolve(node)
}

func fragment(schema string) string {
	_, pointer, _ := strings.Cut(schema, "#")
	if plain, err := url.PathUnescape(pointer); err == nil {
		return plain
	}
	return pointer
}

// annotation looks for a keyword at the part of the schema that refused and
// then at the parts around it, as far as the nearest property.
func (s *Schema) annotation(e *jsonschema.ValidationError, keyword string) string {
	pointer := fragment(e.SchemaURL)
	for {
		if node, ok := s.at(pointer).(map[string]any); ok {
			if text, ok := node[keyword].(string); ok {
				return text
			}
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return ""
		}
		parent := pointer[:cut]
		if strings.HasSuffix(parent, "/properties") && !strings.Contains(pointer, "/then") && !strings.Contains(pointer, "/else") {
			return ""
		}
		pointer = parent
	}
}

func typeName(t string) string {
	switch t {
	case "string":
		return "a text"
	case "boolean":
		return "true or false"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "array":
		return "a list"
	case "object":
		return "a table"
	}
	return t
}

func typeNames(types []string) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = typeName(t)
	}
	return strings.Join(words, " or ")
}

func number(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}

// show writes a value as TOML does, cut to a length that a line can hold.
func show(v any) string {
	text := fmt.Sprint(v)
	switch value := v.(type) {
	case nil:
		return "this"
	case string, []any:
		data, _ := json.Marshal(value)
		text = string(data)
	case map[string]any:
		return "this table"
	}
	if len(text) > 80 {
		text = strings.ToValidUTF8(text[:77], "") + "..."
	}
	return text
}
