package main

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/diag"
	"hagen/internal/rule"
	"hagen/schema"
)

var index = regexp.MustCompile(`\[(\d+)\]`)

// fieldName drops the indexes of a path such as vm.nodes[1].port.
func fieldName(word string) string { return index.ReplaceAllString(word, "") }

// fieldPath reads a path as keys and indexes.
func fieldPath(word string) []any {
	var steps []any
	for name := range strings.SplitSeq(index.ReplaceAllString(word, ".$1"), ".") {
		if n, err := strconv.Atoi(name); err == nil {
			steps = append(steps, n)
			continue
		}
		steps = append(steps, name)
	}
	return steps
}

// fieldNames lists all fields below one by their dotted names.
func fieldNames(f *schema.Field, prefix string) []string {
	var names []string
	below, own := fieldsBelow(f)
	for _, field := range below {
		name := prefix + own + field.Name
		names = append(names, name)
		if field.Name != "environment" {
			names = append(names, fieldNames(field, name+".")...)
		}
	}
	return names
}

// fieldsBelow returns the fields of a table, of the entries of a list of tables,
// or of those of a table of tables, and what stands before their names.
func fieldsBelow(f *schema.Field) (fields []*schema.Field, prefix string) {
	switch {
	case f.IsTableList():
		return f.Items.Fields, ""
	case f.IsTableMap():
		return f.Values.Fields, "NAME."
	}
	return f.Fields, ""
}

// field explains a field of the spec.
func (e *explainer) field(name string, f *schema.Field, rules *rule.Set) error {
	fmt.Fprintf(e.out, "%s: %s\n", name, f.Description)
	for _, line := range fieldLines(f) {
		fmt.Fprintf(e.out, "  %s\n", line)
	}
	for _, choice := range f.Choices {
		fmt.Fprintf(e.out, "\n  %s: %s\n", schema.TOML(choice.Value), choice.Means)
		for _, gain := range choice.Gains {
			fmt.Fprintf(e.out, "    + %s\n", gain)
		}
		for _, cost := range choice.Costs {
			fmt.Fprintf(e.out, "    - %s\n", cost)
		}
	}
	if len(f.Choices) > 0 {
		fmt.Fprintln(e.out)
	}
	for _, id := range rules.IDs() {
		r, err := rules.Rule(id)
		if err != nil {
			return err
		}
		if r.Reads(fieldName(name)) {
			fmt.Fprintf(e.out, "  read by the rule %s: %s\n", id, r.Title)
		}
	}
	if below, prefix := fieldsBelow(f); len(below) > 0 {
		names := make([]string, len(below))
		for i, field := range below {
			names[i] = prefix + field.Name
		}
		fmt.Fprintf(e.out, "  its fields are %s\n", strings.Join(names, ", "))
	}
	if f.IsTable() || f.IsTableMap() {
		return nil // what follows is told of each field
	}
	if e.unread != nil {
		fmt.Fprintf(e.out, "  what follows from it is shown where there is a spec: --spec FILE\n")
		return nil
	}
	return e.follows(name)
}

func fieldLines(f *schema.Field) []string {
	var lines []string
	add := func(word string, values ...any) {
		var texts []string
		for _, v := range values {
			texts = append(texts, schema.TOML(v))
		}
		if len(texts) > 0 {
			lines = append(lines, word+" "+strings.Join(texts, ", "))
		}
	}
	kind := f.Type
	if f.Unit != "" {
		kind += ", a " + f.Unit
	}
	lines = append(lines, "type "+kind)
	if f.Required {
		lines = append(lines, "required")
	}
	if f.Default != nil && !f.IsTable() {
		add("default", f.Default)
	}
	add("one of", f.Enum...)
	if f.Minimum != "" {
		lines = append(lines, "from "+f.Minimum+" to "+f.Maximum)
	}
	if !f.IsTable() {
		add("for example", f.Examples...)
	}
	return lines
}

// follows lists the files that change with the field.
func (e *explainer) follows(name string) error {
	at := fieldPath(name)
	if fieldName(name) == name && strings.HasPrefix(name, "vm.nodes.") {
		at = fieldPath("vm.nodes[0]" + strings.TrimPrefix(name, "vm.nodes"))
	}
	files, known, err := e.worker.Follows(e.document, e.options.environment, at)
	switch {
	case err != nil:
		return err
	case !known:
		fmt.Fprintf(e.out, "  what follows from it cannot be found out with %s\n", e.options.spec)
	case len(files) == 0:
		fmt.Fprintf(e.out, "  nothing that %s makes follows from it\n", e.options.spec)
	default:
		fmt.Fprintf(e.out, "  with another value, of what %s makes %s\n", e.options.spec, changesOf(len(files)))
		for _, line := range folded(files) {
			fmt.Fprintf(e.out, "    %s\n", diag.Clean(line))
		}
	}
	return nil
}

func changesOf(n int) string {
	if n == 1 {
		return "1 file changes:"
	}
	return fmt.Sprintf("%d files change:", n)
}

// folded puts files that all nodes have on one line.
func folded(files []string) []string {
	var lines []string
	for _, name := range files {
		if parts := strings.SplitN(name, "/", 3); len(parts) == 3 && parts[0] == "compose" {
			name = path.Join("compose/*", parts[2])
		}
		if !slices.Contains(lines, name) {
			lines = append(lines, name)
		}
	}
	return lines
}
