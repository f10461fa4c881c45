// Package reference writes the reference page of the spec: nothing goes in but
// the schema, Markdown comes out, each table of the spec with its fields.
package reference

import (
	"bytes"
	"fmt"
	"strings"

	"hagen/schema"
)

const head = `<!-- Made from schema/spec.schema.json by: go test ./internal/reference -update -->

# The spec, field by field

A spec is a TOML file. Its first line may name the schema, then editors complete and check it while
you type: ` + "`#:schema ../schema/spec.schema.json`" + `.

- A **duration** is a number with ` + "`s`, `m` or `h`" + `, such as ` + "`\"30s\"` or `\"1h30m\"`" + `.
- A **size** is a number with a unit: ` + "`Ki`, `Mi`, `Gi`, `Ti`" + ` count by 1024, ` + "`k`, `M`, `G`, `T`" + ` by 1000.
- A path is relative to the spec, unless it is one on a virtual machine or in the file system.
- A field without a default is absent until you write it; its description says what happens then.
- What only one generation of Harbor has is refused for the other.

`

// Page returns the reference page.
func Page() ([]byte, error) {
	spec, err := schema.Spec()
	if err != nil {
		return nil, err
	}
	rules, err := schema.Rules()
	if err != nil {
		return nil, err
	}
	sections := sectionsOf("", spec)
	var page bytes.Buffer
	page.WriteString(head)
	contents(&page, sections)
	for _, s := range sections {
		s.write(&page)
	}
	writeRules(&page, rules)
	return page.Bytes(), nil
}

// section is one table of the spec.
type section struct {
	name  string
	table *schema.Field
	// fields are the settings; the tables below have sections of their own.
	fields []*schema.Field
}

// sectionsOf lists a table and the tables below it.
func sectionsOf(path string, table *schema.Field) []section {
	own := section{name: path, table: table}
	var all []section
	for _, f := range table.Fields {
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		switch {
		case f.IsTableList():
			all = append(all, sectionsOf(at, withDescription(f.Items, f))...)
		case f.Name == "environment":
			all = append(all, section{name: at + ".NAME", table: f})
		case f.IsTableMap():
			all = append(all, sectionsOf(at+".NAME", withDescription(f.Values, f))...)
		case f.IsTable():
			all = append(all, sectionsOf(at, f)...)
		default:
			own.fields = append(own.fields, f)
		}
	}
	if len(own.fields) == 0 && path != "" && table.Title == "" {
		return all
	}
	return append([]section{own}, all...)
}

// withDescription gives the entries of a list or map the words of the whole.
func withDescription(entry, whole *schema.Field) *schema.Field {
	out := *entry
	out.Title, out.Description, out.Type = whole.Title, whole.Description, whole.Type
	out.Generation = whole.Generation
	return &out
}

func contents(page *bytes.Buffer, sections []section) {
	for _, s := range sections {
		fmt.Fprintf(page, "- [`%s`](#%s)\n", s.heading(), anchor(s.heading()))
	}
	page.WriteString("- [What must fit together](#what-must-fit-together)\n")
}

// heading is the header of the table in TOML.
func (s section) heading() string {
	switch {
	case s.name == "":
		return "At the top"
	case s.table.Type == "array":
		return "[[" + s.name + "]]"
	}
	return "[" + s.name + "]"
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '[' || r == ']' || r == '.':
			return -1
		}
		return r
	}, strings.ToLower(heading))
}

func writeRules(page *bytes.Buffer, rules []schema.Rule) {
	page.WriteString("\n## What must fit together\n\n| Message | Why | What to write |\n|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(page, "| %s | %s | %s |\n", cell(r.Message), cell(r.Reason), cell(r.Fix))
	}
}
