package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fields calls visit for every field of the spec, with its dotted path.
func fields(t *testing.T, visit func(path string, f *Field)) {
	t.Helper()
	spec, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	walk("", spec, visit)
}

func walk(path string, f *Field, visit func(path string, f *Field)) {
	below := f.Fields
	if f.IsTableList() {
		below = f.Items.Fields
	}
	if f.IsTableMap() && f.Name != "environment" {
		below = f.Values.Fields
	}
	for _, field := range below {
		at := strings.TrimPrefix(path+"."+field.Name, ".")
		visit(at, field)
		walk(at, field, visit)
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	count := 0
	fields(t, func(path string, f *Field) {
		count++
		if f.Description == "" || !strings.HasSuffix(f.Description, ".") {
			t.Errorf("%s: no description that ends with a period: %q", path, f.Description)
		}
		if len(f.Examples) == 0 {
			t.Errorf("%s: no example", path)
		}
		if f.Type == "" {
			t.Errorf("%s: no type", path)
		}
		if f.Type == "integer" && (f.Unit == "" || f.Minimum == "" || f.Maximum == "") {
			t.Errorf("%s: a number needs x-unit, minimum and maximum", path)
		}
		if f.Unit == "" && (strings.HasPrefix(f.Hint, "a duration") || strings.HasPrefix(f.Hint, "a size")) {
			t.Errorf("%s: no x-unit", path)
		}
	})
	if count < 120 {
		t.Errorf("only %d fields were read", count)
	}
}

// compile returns the schema, with every part of it at hand by its pointer.
func compile(t *testing.T) func(pointer string) *jsonschema.Schema {
	t.Helper()
	data, err := FS.ReadFile("spec.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("hagen:///spec.schema.json", document); err != nil {
		t.Fatal(err)
	}
	return func(pointer string) *jsonschema.Schema {
		compiled, err := compiler.Compile("hagen:///spec.schema.json#" + pointer)
		if err != nil {
			t.Fatalf("%s: %v", pointer, err)
		}
		return compiled
	}
}

func TestDefaultsAndExamplesAreValid(t *testing.T) {
	at := compile(t)
	at("")
	root, err := load()
	if err != nil {
		t.Fatal(err)
	}
	properties(root, "", func(pointer string, node *Table) {
		values, _ := node.Get("examples").([]any)
		if value := node.Get("default"); value != nil {
			values = append(slices.Clone(values), value)
		}
		for _, value := range values {
			if err := at(pointer).Validate(plain(value)); err != nil {
				t.Errorf("%s: %v", pointer, err)
			}
		}
	})
}

// properties calls visit for every property of the schema outside of $defs.
func properties(node *Table, pointer string, visit func(pointer string, node *Table)) {
	if table, ok := node.Get("properties").(*Table); ok {
		for _, key := range table.Keys {
			below := table.Get(key).(*Table)
			visit(pointer+"/properties/"+key, below)
			properties(below, pointer+"/properties/"+key, visit)
		}
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		if below, ok := node.Get(keyword).(*Table); ok {
			properties(below, pointer+"/"+keyword, visit)
		}
	}
}

// plain turns ordered tables into maps, which is what a validator takes.
func plain(value any) any {
	switch v := value.(type) {
	case *Table:
		out := map[string]any{}
		for _, key := range v.Keys {
			out[key] = plain(v.Get(key))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	}
	return value
}

// A pattern and its words belong together wherever they stand.
func TestPatternsHaveWords(t *testing.T) {
	root, err := load()
	if err != nil {
		t.Fatal(err)
	}
	hints, patterns := map[string]string{}, map[string]string{}
	everywhere(root.Get("properties"), func(node *Table) {
		if text(node, "x-message") != "" {
			return // says in its own words what the pattern finds
		}
		pattern, hint := text(node, "pattern"), text(node, "x-pattern-hint")
		if (pattern == "") != (hint == "") {
			t.Errorf("pattern %q has the words %q", pattern, hint)
		}
		if known, ok := patterns[hint]; ok && known != pattern {
			t.Errorf("%q describes two patterns:\n%s\n%s", hint, known, pattern)
		}
		hints[pattern], patterns[hint] = hint, pattern
	})
	if len(hints) < 10 {
		t.Errorf("only %d patterns were read", len(hints))
	}
}

func everywhere(value any, visit func(node *Table)) {
	switch v := value.(type) {
	case *Table:
		if _, schema := v.Get("pattern").(string); schema {
			visit(v)
		}
		for _, key := range v.Keys {
			everywhere(v.Get(key), visit)
		}
	case []any:
		for _, item := range v {
			everywhere(item, visit)
		}
	}
}

// What x-generation says is what $defs/generation_1 and _2 refuse.
func TestGenerationsAgree(t *testing.T) {
	for generation, other := range map[string]string{"1": "2", "2": "1"} {
		var want []string
		fields(t, func(path string, f *Field) {
			if f.Generation == other && !hasPrefix(want, path) {
				want = append(want, path)
			}
		})
		root, err := load()
		if err != nil {
			t.Fatal(err)
		}
		then, _ := reader{root}.at("#/$defs/generation_" + generation).Get("then").(*Table)
		got := refused(then, "")
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("Harbor %s.x refuses\n%v\nand x-generation says\n%v", generation, got, want)
		}
	}
}

func hasPrefix(tables []string, path string) bool {
	return slices.ContainsFunc(tables, func(table string) bool { return strings.HasPrefix(path, table+".") })
}

func refused(node *Table, path string) []string {
	var out []string
	table, _ := node.Get("properties").(*Table)
	if table == nil {
		return nil
	}
	for _, key := range table.Keys {
		at := strings.TrimPrefix(path+"."+key, ".")
		switch below := table.Get(key).(type) {
		case bool:
			out = append(out, at)
		case *Table:
			out = append(out, refused(below, at)...)
		}
	}
	return out
}

// An environment knows every part of the spec, if only to refuse it.
func TestEnvironmentHoldsEveryPart(t *testing.T) {
	spec, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range spec.Fields {
		want = append(want, f.Name)
	}
	for _, f := range spec.Field("environment").Values.Fields {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("an environment has\n%v\nand the spec\n%v", got, want)
	}
}

// A release of Harbor is known to the schema and to the library, or to none.
func TestVersionsAreThoseOfTheLibrary(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "jsonnet", "versions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var library struct {
		Minors map[string]struct{ Patches map[string]any }
	}
	if err := json.Unmarshal(data, &library); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, minor := range library.Minors {
		want = append(want, slices.Collect(maps.Keys(minor.Patches))...)
	}
	spec, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range spec.At("registry.version").Enum {
		got = append(got, fmt.Sprint(version))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the schema knows\n%v\nand the library\n%v", got, want)
	}
}

// A spec with environments need not be whole without them; one without must.
func TestEnvironmentsCompleteTheSpec(t *testing.T) {
	whole := compile(t)("")
	part := map[string]any{"name": "hub", "registry": map[string]any{"version": "2.15.2"}}
	if whole.Validate(part) == nil {
		t.Error("half a spec was taken")
	}
	part["environment"] = map[string]any{"staging": map[string]any{"extend": []any{}}}
	if err := whole.Validate(part); err != nil {
		t.Error(err)
	}
	part["environment"] = map[string]any{"staging": map[string]any{"extended": []any{}}}
	if whole.Validate(part) == nil {
		t.Error("an unknown key of an environment was taken")
	}
}
