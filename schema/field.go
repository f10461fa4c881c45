package schema

import (
	"slices"
	"strings"
)

// Field is one key of the spec as its schema describes it.
type Field struct {
	Name        string
	Title       string
	Description string
	Type        string
	// Unit is what a value is counted in, such as "duration" or "port".
	Unit string
	// Pattern is what a text must match, Hint describes it in words.
	Pattern, Hint string
	// Refused are forms that match the pattern and are mistakes all the same.
	Refused []Refusal
	// Generation is "1" or "2" for fields that only one generation of Harbor
	// has.
	Generation string
	// Common is "true" for an optional field that hagen init shows, "1" or
	// "2" if it does so for one generation only.
	Common string
	// Initial is what hagen init sets, by "1" or "2" for the generation, where the
	// default would be refused; nil if there is none.
	Initial *Table
	// Beside is "1" or "2" for a storage that needs a file system beside it with that
	// generation.
	Beside   string
	Required bool
	// Default is nil when there is none.
	Default  any
	Examples []any
	Enum     []any
	// Choices weigh the values of an enumeration that is hard to take back.
	Choices []Choice
	// Minimum and Maximum are the bounds of a number, MaxLength that of a
	// text, as they are written, or empty.
	Minimum, Maximum, MaxLength string
	// Fields are the keys of a table, in the order of the schema.
	Fields []*Field
	// Items describes the entries of a list.
	Items *Field
	// Values describes the values of a table whose keys are free.
	Values *Field
}

// Choice is one value of a field: what it means, what speaks for it and what it
// costs.
type Choice struct {
	Value, Means string
	Gains, Costs []string
}

// Refusal is a pattern that a text must not match, and what is wrong then.
type Refusal struct{ Pattern, Message string }

// In tells whether the generation ("1" or "2") has the field.
func (f *Field) In(generation string) bool {
	return f.Generation == "" || f.Generation == generation
}

// IsTable tells whether the field is a table with fields of its own.
func (f *Field) IsTable() bool { return len(f.Fields) > 0 }

// IsTableList tells whether the field is a list of tables.
func (f *Field) IsTableList() bool { return f.Items != nil && f.Items.IsTable() }

// IsTableMap tells whether the field is a table of tables with free names.
func (f *Field) IsTableMap() bool { return f.Values != nil && f.Values.IsTable() }

// Field returns the field of that name, or nil.
func (f *Field) Field(name string) *Field {
	at := slices.IndexFunc(f.Fields, func(below *Field) bool { return below.Name == name })
	if at < 0 {
		return nil
	}
	return f.Fields[at]
}

// At returns the field at a dotted path such as "redis.mode", or nil. A list
// of tables counts as the table of its entries; in a table of tables with free
// names any name leads on.
func (f *Field) At(path string) *Field {
	for name := range strings.SplitSeq(path, ".") {
		if f != nil && f.IsTableList() {
			f = f.Items
		}
		if f == nil {
			return nil
		}
		if f.IsTableMap() {
			f = f.Values
			continue
		}
		f = f.Field(name)
	}
	return f
}
