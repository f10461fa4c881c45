package schema

import (
	"fmt"
	"strings"
)

// Spec returns the fields of the spec below a root without a name.
func Spec() (*Field, error) {
	root, err := load()
	if err != nil {
		return nil, err
	}
	r := reader{root}
	spec := r.field("", root)
	spec.constrain(root)
	spec.constrain(r.at("#/$defs/complete"))
	return spec, nil
}

func load() (*Table, error) {
	data, err := FS.ReadFile("spec.schema.json")
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	value, err := decodeOrdered(data)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	root, ok := value.(*Table)
	if !ok {
		return nil, fmt.Errorf("read the schema: it is no object")
	}
	return root, nil
}

type reader struct{ root *Table }

// at follows a local reference; what is not there is an empty table.
func (r reader) at(reference string) *Table {
	node := r.root
	for _, step := range strings.Split(strings.TrimPrefix(reference, "#/"), "/") {
		node, _ = node.Get(step).(*Table)
	}
	return node
}

func (r reader) field(name string, node *Table) *Field {
	if reference, ok := node.Get("$ref").(string); ok {
		node = r.at(reference)
	}
	f := &Field{
		Name: name, Title: text(node, "title"), Description: text(node, "description"),
		Type: text(node, "type"), Unit: text(node, "x-unit"),
		Pattern: text(node, "pattern"), Hint: text(node, "x-pattern-hint"),
		Generation: text(node, "x-generation"), Common: text(node, "x-common"), Beside: text(node, "x-beside"),
		Minimum: text(node, "minimum"), Maximum: text(node, "maximum"), MaxLength: text(node, "maxLength"),
		Default: node.Get("default"),
	}
	f.Examples, _ = node.Get("examples").([]any)
	f.Enum, _ = node.Get("enum").([]any)
	f.Choices = choices(node)
	f.Initial, _ = node.Get("x-init").(*Table)
	r.below(f, node)
	return f
}

// choices reads what is said of the values of a field.
func choices(node *Table) []Choice {
	all, _ := node.Get("x-choices").(*Table)
	if all == nil {
		return nil
	}
	var out []Choice
	for _, value := range all.Keys {
		choice, _ := all.Get(value).(*Table)
		out = append(out, Choice{
			Value: value, Means: text(choice, "means"), Gains: texts(choice, "gains"), Costs: texts(choice, "costs"),
		})
	}
	return out
}

// below reads what a table or a list holds.
func (r reader) below(f *Field, node *Table) {
	if properties, ok := node.Get("properties").(*Table); ok {
		for _, key := range properties.Keys {
			below, _ := properties.Get(key).(*Table)
			f.Fields = append(f.Fields, r.field(key, below))
		}
	}
	if items, ok := node.Get("items").(*Table); ok {
		f.Items = r.field("", items)
	}
	if values, ok := node.Get("additionalProperties").(*Table); ok {
		f.Values = r.field("", values)
	}
}

// constrain adds to the fields what a constraint demands of every spec.
func (f *Field) constrain(constraint *Table) {
	f.Refused = append(f.Refused, refusals(constraint)...)
	names, _ := constraint.Get("required").([]any)
	for _, name := range names {
		if below := f.Field(fmt.Sprint(name)); below != nil {
			below.Required = true
		}
	}
	properties, _ := constraint.Get("properties").(*Table)
	for _, below := range f.Fields {
		if node, ok := properties.Get(below.Name).(*Table); ok {
			below.constrain(node)
		}
	}
	if items, ok := constraint.Get("items").(*Table); ok && f.Items != nil {
		f.Items.constrain(items)
	}
}

// refusals reads the patterns that a constraint forbids.
func refusals(constraint *Table) []Refusal {
	var out []Refusal
	forbidden, _ := constraint.Get("not").(*Table)
	if pattern := text(forbidden, "pattern"); pattern != "" {
		out = append(out, Refusal{Pattern: pattern, Message: text(constraint, "x-message")})
	}
	all, _ := constraint.Get("allOf").([]any)
	for _, item := range all {
		if node, ok := item.(*Table); ok {
			out = append(out, refusals(node)...)
		}
	}
	return out
}

// text returns a keyword as text, whatever JSON type it has; "" if absent.
func text(node *Table, keyword string) string {
	value := node.Get(keyword)
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// texts returns a list of texts.
func texts(node *Table, keyword string) []string {
	values, _ := node.Get(keyword).([]any)
	var out []string
	for _, value := range values {
		out = append(out, fmt.Sprint(value))
	}
	return out
}
