package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// Template is text with expressions in braces; two braces stand for one.
type Template struct {
	text  string
	line  int
	parts []part
}

// part is literal text, or an expression.
type part struct {
	text string
	code bool
}

// String returns the template as it is written.
func (t Template) String() string { return t.text }

// Constant returns the text if no expression is in it, or "".
func (t Template) Constant() string {
	if len(t.parts) != 1 || t.parts[0].code {
		return ""
	}
	return t.parts[0].text
}

func newTemplate(text string, line int) (Template, error) {
	t := Template{text: strings.TrimSpace(text), line: line}
	rest, literal := t.text, ""
	for rest != "" {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			literal, rest = literal+rest, ""
			break
		}
		literal += rest[:at]
		switch {
		case strings.HasPrefix(rest[at:], "{{"), strings.HasPrefix(rest[at:], "}}"):
			literal, rest = literal+rest[at:at+1], rest[at+2:]
		case rest[at] == '}':
			return t, fmt.Errorf("a } without a {")
		default:
			end := strings.IndexByte(rest[at:], '}')
			if end < 0 {
				return t, fmt.Errorf("a { without a }")
			}
			t.parts = append(t.parts, part{text: literal}, part{text: rest[at+1 : at+end], code: true})
			literal, rest = "", rest[at+end+1:]
		}
	}
	t.parts = append(t.parts, part{text: literal})
	return t, nil
}

// fill evaluates the parts and joins them.
func (t Template) fill(value func(code string) (any, error)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if !p.code {
			b.WriteString(p.text)
			continue
		}
		v, err := value(p.text)
		if err != nil {
			return "", err
		}
		b.WriteString(show(v))
	}
	return b.String(), nil
}

// path reads the template as a path such as vm.nodes[{it.i}].port. What an
// expression gives is one step, whatever it holds; a list gives several.
func (t Template) path(value func(code string) (any, error)) ([]any, error) {
	var steps []any
	for _, p := range t.parts {
		if !p.code {
			steps = append(steps, literalSteps(p.text)...)
			continue
		}
		v, err := value(p.text)
		if err != nil {
			return nil, err
		}
		if list, ok := v.([]any); ok {
			for _, item := range list {
				steps = append(steps, step(item))
			}
			continue
		}
		steps = append(steps, step(v))
	}
	return steps, nil
}

func literalSteps(text string) []any {
	var steps []any
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if n, err := strconv.Atoi(name); err == nil {
			steps = append(steps, n)
			continue
		}
		steps = append(steps, name)
	}
	return steps
}

func step(v any) any {
	switch n := v.(type) {
	case int64:
		return int(n)
	case float64:
		return int(n)
	}
	return show(v)
}

// show writes a value as a message does.
func show(v any) string {
	switch value := v.(type) {
	case nil:
		return "nothing"
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case []any:
		words := make([]string, len(value))
		for i, item := range value {
			words[i] = show(item)
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(v)
}
