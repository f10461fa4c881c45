package reference

import (
	"bytes"
	"fmt"
	"strings"

	"hagen/schema"
)

func (s section) write(page *bytes.Buffer) {
	fmt.Fprintf(page, "\n## %s\n", s.heading())
	if s.name != "" {
		page.WriteString("\n" + s.intro() + "\n")
	}
	if len(s.fields) > 0 {
		page.WriteString("\n| Field | Value | Default | Meaning |\n|---|---|---|---|\n")
	}
	for _, f := range s.fields {
		fmt.Fprintf(page, "| `%s` | %s | %s | %s |\n", f.Name, cell(value(f)), preset(f), meaning(f))
	}
	for _, f := range s.fields {
		weigh(page, f)
	}
}

// weigh writes what speaks for the values of a field, and what they cost.
func weigh(page *bytes.Buffer, f *schema.Field) {
	if len(f.Choices) == 0 {
		return
	}
	fmt.Fprintf(page, "\n| `%s` | For it | Its cost |\n|---|---|---|\n", f.Name)
	for _, c := range f.Choices {
		fmt.Fprintf(page, "| %s: %s | %s | %s |\n", code(c.Value), cell(c.Means), cell(strings.Join(c.Gains, "; ")), cell(strings.Join(c.Costs, "; ")))
	}
}

func (s section) intro() string {
	return strings.Join(nonEmpty(only(s.table), s.table.Description), " ")
}

// value says what may be written.
func value(f *schema.Field) string {
	switch {
	case len(f.Enum) > 0:
		return codes(f.Enum)
	case f.Type == "boolean":
		return "true or false"
	case f.Type == "integer":
		return strings.Join(nonEmpty(f.Unit+",", f.Minimum, "to", f.Maximum), " ")
	case f.Type == "array":
		return list(f.Items)
	case f.Type == "object":
		return "table"
	case f.Unit != "":
		return f.Unit
	case f.Hint != "":
		return f.Hint
	}
	return "text"
}

func list(entry *schema.Field) string {
	if entry.Hint != "" {
		return "list, each entry " + entry.Hint
	}
	return "list of " + value(entry)
}

func preset(f *schema.Field) string {
	switch {
	case f.Required:
		return "**required**"
	case f.Default == nil:
		return "–"
	}
	return code(f.Default)
}

func meaning(f *schema.Field) string {
	words := nonEmpty(only(f), cell(f.Description))
	if len(f.Examples) > 0 {
		words = append(words, "Example: "+code(f.Examples[0]))
	}
	return strings.Join(words, " ")
}

// only names the generation that alone has the field.
func only(f *schema.Field) string {
	if f.Generation == "" {
		return ""
	}
	return "*Harbor " + f.Generation + ".x only.*"
}

func codes(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = code(v)
	}
	return strings.Join(words, ", ")
}

// code writes a value as it stands in a spec.
func code(value any) string { return "`" + strings.ReplaceAll(schema.TOML(value), "|", `\|`) + "`" }

// cell makes text fit for a cell of a table. Angle brackets would be taken for
// tags.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "*", `\*`).Replace(text)
}

func nonEmpty(words ...string) []string {
	var out []string
	for _, word := range words {
		if word != "" {
			out = append(out, word)
		}
	}
	return out
}
