package render

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"hagen/internal/artifact"
)

// nginxText writes nginx configuration from a tree: a directive is a list of
// words, whose last may be a list of directives. Words are literal; one that
// nginx shall read itself, with its variables, is given as {raw: "…"}.
func nginxText(value any) (any, error) {
	var b strings.Builder
	err := nginxBlock(&b, value, 0)
	return b.String(), err
}

func nginxBlock(b *strings.Builder, value any, depth int) error {
	directives, ok := value.([]any)
	if !ok {
		return errors.New("nginx wants a list of directives")
	}
	for _, directive := range directives {
		if directive == nil {
			continue
		}
		if err := nginxDirective(b, artifact.List(directive), depth); err != nil {
			return err
		}
	}
	return nil
}

func nginxDirective(b *strings.Builder, words []any, depth int) error {
	if len(words) == 0 {
		return errors.New("nginx wants a directive to be a list of words")
	}
	indent := strings.Repeat("    ", depth)
	b.WriteString(indent)
	for i, word := range words {
		if block, ok := word.([]any); ok && i == len(words)-1 {
			b.WriteString(" {\n")
			if err := nginxBlock(b, block, depth+1); err != nil {
				return err
			}
			b.WriteString(indent + "}\n")
			return nil
		}
		text, err := nginxWord(word)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(text)
	}
	b.WriteString(";\n")
	return nil
}

func nginxWord(word any) (string, error) {
	switch w := word.(type) {
	case string:
		if strings.ContainsRune(w, '$') {
			return "", fmt.Errorf("nginx cannot take %q literally: it has no escape for $", w)
		}
		return nginxQuote(w), nil
	case float64:
		return strconv.FormatFloat(w, 'f', -1, 64), nil
	case map[string]any:
		raw, ok := w["raw"].(string)
		if !ok {
			return "", errors.New("an nginx word that is an object must be {raw: text}")
		}
		return nginxQuote(raw), nil
	}
	return "", fmt.Errorf("%v cannot be a word of nginx configuration", word)
}

// nginxQuote quotes a word that holds a separator, also what other readers of
// nginx files take for one: any blank of Unicode. Inside quotes nginx knows
// backslash escapes for the quote and the backslash itself.
func nginxQuote(w string) string {
	if w != "" && !strings.ContainsAny(w, ";{}\"'\\#") && !strings.ContainsFunc(w, unicode.IsSpace) {
		return w
	}
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(w)
	return `"` + escaped + `"`
}

// iniText writes {main: {…}, sections: {name: {…}}} as beego's INI dialect.
func iniText(value any) (any, error) {
	root := artifact.Map(value)
	var b strings.Builder
	if err := iniPairs(&b, artifact.Map(root["main"])); err != nil {
		return nil, err
	}
	sections := artifact.Map(root["sections"])
	for _, name := range sorted(sections) {
		b.WriteString("\n[" + name + "]\n")
		if err := iniPairs(&b, artifact.Map(sections[name])); err != nil {
			return nil, err
		}
	}
	return b.String(), nil
}

func iniPairs(b *strings.Builder, pairs map[string]any) error {
	for _, key := range sorted(pairs) {
		text, err := iniValue(pairs[key])
		if err != nil {
			return fmt.Errorf("ini: %s: %w", key, err)
		}
		b.WriteString(key + " = " + text + "\n")
	}
	return nil
}

// iniValue quotes what beego would trim or cut at a comment. Its parser takes a
// quoted value as it is and knows no escape, so a value that holds a quote or a
// line break has no spelling; nor has one that is a variable, ${…}, as a whole.
func iniValue(v any) (string, error) {
	var text string
	switch value := v.(type) {
	case string:
		text = value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(value), nil
	default:
		return "", fmt.Errorf("%v has no INI form", v)
	}
	if strings.ContainsAny(text, "\n\r\"") || strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}") {
		return "", fmt.Errorf("%q has no INI form", text)
	}
	if text != strings.TrimSpace(text) || strings.ContainsAny(text, "#;=") {
		return `"` + text + `"`, nil
	}
	return text, nil
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// markdownTable writes {head: […], rows: [[…]]}; a bar or a line break in a
// cell would end it.
func markdownTable(value any) (any, error) {
	root := artifact.Map(value)
	var b strings.Builder
	head := artifact.List(root["head"])
	markdownRow(&b, head)
	b.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for _, row := range artifact.List(root["rows"]) {
		markdownRow(&b, artifact.List(row))
	}
	b.WriteString("\n")
	return b.String(), nil
}

func markdownRow(b *strings.Builder, cells []any) {
	escape := strings.NewReplacer("|", `\|`, "\n", " ")
	b.WriteString("|")
	for _, cell := range cells {
		b.WriteString(" " + escape.Replace(artifact.Text(cell)) + " |")
	}
	b.WriteString("\n")
}
