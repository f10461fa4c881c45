package conform

import (
	"strings"
	"sync"
	"sync/atomic"
)

// catalog is what one minor version knows. It is safe for concurrent use.
type catalog struct {
	tables  []*table
	formats formats
	minor   int
	shapes  sync.Map
}

// shape is a structure: its fields and what else may stand in it.
type shape struct {
	name string
	// open structures take any field, extensible ones those that begin with x-.
	open, extensible bool
	fields           map[string]*field
	required         []string
	choices          []choice
	// elsewhere are the fields that other minor versions know.
	elsewhere map[string]spans
}

// field is a member of a structure.
type field struct {
	// text is its form as the table has it, read when a value first meets it: of
	// most structures an object has few fields.
	text   string
	read   atomic.Pointer[form]
	format string
}

func (f *field) form() *form {
	if known := f.read.Load(); known != nil {
		return known
	}
	made := readForm(f.text)
	f.read.Store(made)
	return made
}

// form is the type of a value: a scalar by its name, a structure by the name
// of its type, a list or map of another form, or one of several.
type form struct {
	kind   byte // s scalar, t structure, l list, m map, o one of several
	name   string
	elem   *form
	values []string
	others []*form
}

func readForm(text string) *form {
	if parts := alternatives(text); len(parts) > 1 {
		f := &form{kind: 'o'}
		for _, part := range parts {
			f.others = append(f.others, readForm(part))
		}
		return f
	}
	if inner, ok := strings.CutPrefix(text, "("); ok {
		return readForm(strings.TrimSuffix(inner, ")"))
	}
	if rest, ok := strings.CutPrefix(text, "[]"); ok {
		return &form{kind: 'l', elem: readForm(rest)}
	}
	if rest, ok := strings.CutPrefix(text, "{}"); ok {
		return &form{kind: 'm', elem: readForm(rest)}
	}
	if name, values, ok := strings.Cut(text, "="); ok {
		return &form{kind: 's', name: name, values: strings.Split(values, "|")}
	}
	if strings.Contains(text, ".") {
		return &form{kind: 't', name: text}
	}
	return &form{kind: 's', name: text}
}

// may tells by the type of a value alone whether it can have the form.
func (f *form) may(v any) bool {
	switch v.(type) {
	case nil:
		return f.kind == 's' && (f.name == "null" || f.name == "any")
	case []any:
		return f.kind == 'l' || f.kind == 'o' || f.name == "any"
	case string, bool, int, int64, float64:
		return f.kind == 's' || f.kind == 'o'
	}
	return f.kind == 'm' || f.kind == 't' || f.kind == 'o' || f.name == "object" || f.name == "any"
}

// alternatives parts a form at the semicolons that stand in no parentheses.
func alternatives(text string) []string {
	if !strings.Contains(text, ";") {
		return nil
	}
	var parts []string
	depth, start := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ';':
			if depth == 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}

// shape returns a structure by the name of its type, or nil.
func (c *catalog) shape(name string) *shape {
	if known, ok := c.shapes.Load(name); ok {
		return known.(*shape)
	}
	for _, t := range c.tables {
		if lines := t.lines(name); lines != nil {
			made, _ := c.shapes.LoadOrStore(name, c.read(name, lines))
			return made.(*shape)
		}
	}
	return nil
}

func (c *catalog) read(name string, lines []string) *shape {
	s := &shape{name: name, fields: make(map[string]*field, len(lines)), elsewhere: map[string]spans{}}
	s.choices = c.formats.choices[name]
	for _, flag := range strings.Fields(lines[0])[2:] {
		s.open = s.open || flag == "open"
		s.extensible = s.extensible || flag == "x"
	}
	fields := make([]field, len(lines)-1)
	for i, line := range lines[1:] {
		c.readField(s, &fields[i], strings.TrimPrefix(line, "\t"))
	}
	for key := range s.fields {
		delete(s.elsewhere, key)
	}
	return s
}

func (c *catalog) readField(s *shape, f *field, line string) {
	key, rest, _ := strings.Cut(line, " ")
	text, when, limited := strings.Cut(rest, " ")
	key, required := strings.CutSuffix(key, "!")
	format := c.formats.of(s.name, key)
	if limited {
		if span := readSpans(when); !span.has(c.minor) {
			s.elsewhere[key] = append(s.elsewhere[key], span...)
			return
		}
	}
	f.text, f.format = text, format
	s.fields[key] = f
	if required && format != "optional" || format == "required" {
		s.required = append(s.required, key)
	}
}

// formats are what the published schemas leave to the API server: the form of
// texts and numbers, by type and field, and which fields exclude each other.
type formats struct {
	fields  map[string]map[string]string
	choices map[string][]choice
}

// choice are fields of which one stands at most, and one at least if it must.
type choice struct {
	fields []string
	must   bool
}

func readFormats(text string) formats {
	f := formats{fields: map[string]map[string]string{}, choices: map[string][]choice{}}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) != 3 || words[0] == "#":
		case strings.Contains(words[1], ","):
			one := choice{fields: strings.Split(words[1], ","), must: words[2] == "one"}
			f.choices[words[0]] = append(f.choices[words[0]], one)
		default:
			if f.fields[words[0]] == nil {
				f.fields[words[0]] = map[string]string{}
			}
			f.fields[words[0]][words[1]] = words[2]
		}
	}
	return f
}

func (f formats) of(typeName, key string) string {
	if format := f.fields[typeName][key]; format != "" {
		return format
	}
	return f.fields["*"][key]
}
