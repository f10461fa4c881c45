package scaffold

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"hagen/schema"
)

// width is the column at which comments are wrapped.
const width = 90

// writer puts fields down in the order of the schema.
type writer struct {
	bytes.Buffer
	generation string
	// values are what is set, by dotted path; left what is left out.
	values map[string]any
	left   map[string]bool
}

// fields writes the settings of a table, then the tables below it.
func (w *writer) fields(path string, table *schema.Field) {
	shown := slices.DeleteFunc(slices.Clone(table.Fields), func(f *schema.Field) bool {
		return !w.shows(below(path, f.Name), f)
	})
	settings := slices.DeleteFunc(slices.Clone(shown), isTable)
	if path != "" && len(settings) > 0 {
		w.header(path, table)
	}
	for i, f := range settings {
		if i > 0 || path == "" {
			w.WriteString("\n")
		}
		w.setting(below(path, f.Name), f)
	}
	for _, f := range shown {
		if isTable(f) {
			w.table(below(path, f.Name), f)
		}
	}
}

func isTable(f *schema.Field) bool { return f.IsTable() || f.IsTableList() || f.IsTableMap() }

func below(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// shows tells whether a field appears: it is set, or common, or holds such.
func (w *writer) shows(path string, f *schema.Field) bool {
	if w.left[path] || !f.In(w.generation) {
		return false
	}
	if _, set := w.values[path]; set || f.Common == "true" || f.Common == w.generation {
		return true
	}
	return slices.ContainsFunc(f.Fields, func(b *schema.Field) bool { return w.shows(below(path, b.Name), b) })
}

func (w *writer) table(path string, f *schema.Field) {
	switch {
	case f.IsTableList():
		w.tableList(path, f)
	case f.IsTableMap():
		w.tableMap(path, f)
	default:
		w.fields(path, f)
	}
}

// header writes what a table is for and its [name], commented out if nothing
// in it is set.
func (w *writer) header(path string, f *schema.Field) {
	w.WriteString("\n")
	w.prose(f.Description)
	fmt.Fprintf(w, "%s[%s]\n", w.off(path), path)
}

// off is the # before what is not set.
func (w *writer) off(path string) string {
	for set := range w.values {
		if set == path || strings.HasPrefix(set, path+".") {
			return ""
		}
	}
	return "#"
}

func (w *writer) setting(path string, f *schema.Field) {
	value, set := w.values[path]
	if set {
		w.prose(f.Description)
		fmt.Fprintf(w, "%s = %s\n", f.Name, schema.TOML(value))
		return
	}
	w.prose(firstSentence(f.Description))
	if f.Default != nil {
		fmt.Fprintf(w, "#%s = %s\n", f.Name, schema.TOML(f.Default))
		return
	}
	fmt.Fprintf(w, "#%s = %s # for example\n", f.Name, schema.TOML(f.Examples[0]))
}

// tableList writes a [[table]] for each entry that is set.
func (w *writer) tableList(path string, f *schema.Field) {
	entries, _ := w.values[path].([]map[string]any)
	w.WriteString("\n")
	w.prose(f.Description)
	for i, entry := range entries {
		if i > 0 {
			w.WriteString("\n")
		}
		fmt.Fprintf(w, "[[%s]]\n", path)
		for _, field := range f.Items.Fields {
			if value, ok := entry[field.Name]; ok {
				fmt.Fprintf(w, "%s = %s\n", field.Name, schema.TOML(value))
			}
		}
	}
}

// tableMap writes the example of a table with free names, commented out.
func (w *writer) tableMap(path string, f *schema.Field) {
	w.WriteString("\n")
	w.prose(f.Description)
	tables, _ := f.Examples[0].(*schema.Table)
	for _, name := range tables.Keys {
		fmt.Fprintf(w, "#[%s.%s]\n", path, schema.TOMLKey(name))
		for _, line := range dotted("", tables.Get(name)) {
			w.WriteString("#" + line + "\n")
		}
	}
}

// dotted writes a value as lines "a.b = value".
func dotted(path string, value any) []string {
	table, ok := value.(*schema.Table)
	if !ok {
		return []string{path + " = " + schema.TOML(value)}
	}
	var out []string
	for _, key := range table.Keys {
		out = append(out, dotted(below(path, schema.TOMLKey(key)), table.Get(key))...)
	}
	return out
}

// prose writes a comment, wrapped.
func (w *writer) prose(text string) {
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width {
			w.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	w.WriteString(line + "\n")
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(first, ".") + "."
}
