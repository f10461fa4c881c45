package validate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/schema"
)

// verdict lists what is refused: where in the schema, where in the document,
// by which keyword.
func verdict(f *failure) []string {
	switch {
	case f == nil:
		return nil
	case len(f.causes) == 0:
		return []string{fmt.Sprintf("%s %v %T", f.pointer, f.path, f.kind)}
	}
	var out []string
	for _, cause := range f.causes {
		out = append(out, verdict(cause)...)
	}
	slices.Sort(out)
	return out
}

// judge is the JSON Schema library.
func judge(t *testing.T) func(document any) []string {
	t.Helper()
	data, err := fs.ReadFile(schema.FS, "spec.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("mem:///spec", raw); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("mem:///spec")
	if err != nil {
		t.Fatal(err)
	}
	return func(document any) []string {
		var invalid *jsonschema.ValidationError
		if err := compiled.Validate(document); err != nil && !errors.As(err, &invalid) {
			t.Fatal(err)
		} else if err == nil {
			return nil
		}
		out := theirs(invalid)
		slices.Sort(out)
		return out
	}
}

func theirs(e *jsonschema.ValidationError) []string {
	if _, name := e.ErrorKind.(*kind.PropertyNames); name {
		return nil // badNames judges those.
	}
	if len(e.Causes) == 0 {
		_, pointer, _ := strings.Cut(e.SchemaURL, "#")
		return []string{fmt.Sprintf("%s %v %T", pointer, e.InstanceLocation, e.ErrorKind)}
	}
	var out []string
	for _, cause := range e.Causes {
		out = append(out, theirs(cause)...)
	}
	return out
}

// documents are the examples, and the specs that tests of hagen hold to be
// wrong.
func documents(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, pattern := range []string{"../../examples/*.toml", "../compile/testdata/bad/*.toml"} {
		files, _ := filepath.Glob(pattern)
		if len(files) < 4 {
			t.Fatalf("%s: %d files", pattern, len(files))
		}
		for _, file := range files {
			var document map[string]any
			// A file that is no TOML is no document.
			if _, err := toml.DecodeFile(file, &document); err == nil {
				out = append(out, listed(document).(map[string]any))
			}
		}
	}
	return out
}

// listed gives arrays of tables the type of all lists, as spec.Decode does.
func listed(v any) any {
	switch value := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range value {
			out[key] = listed(item)
		}
		return out
	case []map[string]any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = listed(item)
		}
		return list
	case []any:
		for i, item := range value {
			value[i] = listed(item)
		}
	}
	return v
}

// mutations hands out copies of a document that differ in one place: another
// value, a key less, a key more.
func mutations(value any, use func(any)) {
	for _, other := range []any{"", "x", "https://a.b", "off", int64(0), int64(-1), int64(1) << 40, 2.0, 1.5, true, []any{}, []any{"a", "a"}, map[string]any{}} {
		use(other)
	}
	switch v := value.(type) {
	case map[string]any:
		more := maps.Clone(v)
		more["unknown"] = "x"
		use(more)
		for key, item := range v {
			less := maps.Clone(v)
			delete(less, key)
			use(less)
			mutations(item, func(other any) {
				changed := maps.Clone(v)
				changed[key] = other
				use(changed)
			})
		}
	case []any:
		use(append(slices.Clone(v), v...))
		for i, item := range v {
			mutations(item, func(other any) {
				changed := slices.Clone(v)
				changed[i] = other
				use(changed)
			})
		}
	}
}

// TestSameVerdictAsTheLibrary compares what is refused, and where, for all
// specs at hand and for the examples with one thing changed.
func TestSameVerdictAsTheLibrary(t *testing.T) {
	s, judge := shipped(t), judge(t)
	refused, all := 0, 0
	compare := func(document any) {
		var dates bool
		everyValue(document, func(v any) { dates = dates || typeOf(v) == "number" && rational(v) == nil })
		if dates {
			return // checkValues refuses what JSON has no type for.
		}
		got, want := verdict(s.evaluate(part{node: s.raw}, location{value: document})), judge(document)
		if all++; len(want) > 0 {
			refused++
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v\ngot\n%s\nwant\n%s", document, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for i, document := range documents(t) {
		compare(document)
		if i < 4 {
			mutations(document, compare)
		}
	}
	if refused < 1000 || all-refused < 100 {
		t.Errorf("only %d of %d documents were refused", refused, all)
	}
}

func everyValue(value any, visit func(any)) {
	visit(value)
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			everyValue(item, visit)
		}
	case []any:
		for _, item := range v {
			everyValue(item, visit)
		}
	}
}

// The schema must use no keyword that evaluate does not know.
func TestSchemaUsesKnownKeywords(t *testing.T) {
	judging := []string{
		"$ref", "type", "const", "enum", "required", "properties", "additionalProperties", "items",
		"minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern", "minimum", "maximum",
		"not", "allOf", "anyOf", "if", "then", "else", "propertyNames",
	}
	describing := []string{"$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples"}
	unknown := func(p part, keyword string) {
		if !slices.Contains(judging, keyword) && !slices.Contains(describing, keyword) && !strings.HasPrefix(keyword, "x-") {
			t.Errorf("%s: evaluate does not know %s", p.pointer, keyword)
		}
	}
	if n := everyKeyword(part{node: shipped(t).raw}, unknown); n < 100 {
		t.Errorf("only %d parts of the schema were seen", n)
	}
}

// everyKeyword visits the keywords of all parts of a schema.
func everyKeyword(p part, visit func(p part, keyword string)) int {
	node, _ := p.node.(map[string]any)
	seen := 1
	for keyword := range node {
		visit(p, keyword)
		switch keyword {
		case "properties", "$defs":
			named, _ := p.below(keyword)
			for name := range named.node.(map[string]any) {
				field, _ := named.below(name)
				seen += everyKeyword(field, visit)
			}
		case "additionalProperties", "items", "not", "if", "then", "else", "propertyNames":
			deeper, _ := p.below(keyword)
			seen += everyKeyword(deeper, visit)
		case "allOf", "anyOf":
			for _, one := range p.each(keyword) {
				seen += everyKeyword(one, visit)
			}
		}
	}
	return seen
}
