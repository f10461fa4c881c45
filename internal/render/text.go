package render

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

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

// nginxQuote quotes a word that holds a separator; inside quotes nginx knows
// backslash escapes for the quote and the backslash itself.
func nginxQuote(w string) string {
	if w != "" && !strings.ContainsAny(w, " \t\r\n;{}\"'\\#") {
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

// iniValue quotes what beego would trim, cut at a comment or unquote. Its
// parser takes a quoted value as it is and knows no escape, so a value that
// holds both a quote and a comment sign, or a line break, has no spelling.
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
	if strings.ContainsAny(text, "\n\r") || strings.Contains(text, `"`) {
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
