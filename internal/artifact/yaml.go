package artifact

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// EncodeYAML writes v, made of maps, slices and scalars, as one YAML document
// in hagen's canonical form: two spaces, lists not indented below their key,
// identifying keys first and the rest sorted, quotes only where a reader of
// YAML 1.1 or 1.2 could take the text for something else.
//
// It is not the encoder of a YAML library because that one takes ten times as
// long, and lets texts through that YAML 1.1 readers (kubectl, Compose 1.29)
// or any reader (a leading tab in a block) misread; docs/performance.md has
// the figures. Libraries read what it writes, in tests and under fuzzing.
func EncodeYAML(v any) ([]byte, error) {
	e := emitter{}
	e.value(v, 0, true)
	return e.out, e.err
}

// maxKey is the longest key that YAML lets stand before a colon.
const maxKey = 1000

type emitter struct {
	out []byte
	err error
}

func (e *emitter) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("encode YAML: "+format, args...)
	}
}

func (e *emitter) write(s string) { e.out = append(e.out, s...) }

func (e *emitter) indent(n int) {
	for range n {
		e.out = append(e.out, ' ')
	}
}

// value writes v and the line break behind it. The cursor stands at the start
// of a line that is indented already if fresh is set, else behind a key or a
// dash without a blank.
func (e *emitter) value(v any, indent int, fresh bool) {
	switch value := v.(type) {
	case Object:
		e.mapping(value, indent, fresh)
	case map[string]any:
		e.mapping(value, indent, fresh)
	case []any:
		e.sequence(value, indent, fresh)
	default:
		if !fresh {
			e.write(" ")
		}
		e.scalar(v, indent)
		e.write("\n")
	}
}

func (e *emitter) mapping(m map[string]any, indent int, fresh bool) {
	if len(m) == 0 {
		e.empty("{}", fresh)
		return
	}
	if !fresh {
		e.write("\n")
		e.indent(indent)
	}
	for i, key := range sortedKeys(m) {
		if i > 0 {
			e.indent(indent)
		}
		e.key(key)
		below := indent + 2
		if _, isList := m[key].([]any); isList {
			below = indent
		}
		e.value(m[key], below, false)
	}
}

func (e *emitter) key(key string) {
	if len(key) > maxKey {
		e.fail("a key of %d bytes is too long", len(key))
	}
	if plain(key) {
		e.write(key)
	} else {
		e.quoted(key)
	}
	e.write(":")
}

func (e *emitter) sequence(list []any, indent int, fresh bool) {
	if len(list) == 0 {
		e.empty("[]", fresh)
		return
	}
	if !fresh {
		e.write("\n")
		e.indent(indent)
	}
	for i, item := range list {
		if i > 0 {
			e.indent(indent)
		}
		e.write("- ")
		e.value(item, indent+2, true)
	}
}

func (e *emitter) empty(text string, fresh bool) {
	if !fresh {
		e.write(" ")
	}
	e.write(text + "\n")
}

func (e *emitter) scalar(v any, indent int) {
	switch value := v.(type) {
	case nil:
		e.write("null")
	case string:
		e.text(value, indent)
	case bool:
		e.out = strconv.AppendBool(e.out, value)
	case int:
		e.out = strconv.AppendInt(e.out, int64(value), 10)
	case int64:
		e.out = strconv.AppendInt(e.out, value, 10)
	case float64:
		e.number(value)
	default:
		e.fail("a value of type %T has no YAML form", v)
	}
}

func (e *emitter) number(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fail("%v is not a number that can be written", f)
		return
	}
	e.out = appendNumber(e.out, f)
}

// appendNumber writes whole numbers as such: all of Jsonnet's are floats.
func appendNumber(out []byte, f float64) []byte {
	if isWhole(f) {
		return strconv.AppendInt(out, int64(f), 10)
	}
	return strconv.AppendFloat(out, f, 'g', -1, 64)
}

func isWhole(f float64) bool { return f == math.Trunc(f) && math.Abs(f) < 1<<53 }

func (e *emitter) text(s string, indent int) {
	switch {
	case !utf8.ValidString(s):
		e.fail("a text is not UTF-8")
	case plain(s):
		e.write(s)
	case strings.Contains(s, "\n") && literal(s):
		e.block(s, indent)
	default:
		e.quoted(s)
	}
}

// block writes a text of several lines as it is.
func (e *emitter) block(s string, indent int) {
	body := strings.TrimRight(s, "\n")
	switch len(s) - len(body) {
	case 0:
		e.write("|-")
	case 1:
		e.write("|")
	default:
		e.write("|+")
	}
	if indent == 0 {
		indent = 2
	}
	for line := range strings.SplitSeq(body, "\n") {
		e.write("\n")
		if line != "" {
			e.indent(indent)
			e.write(line)
		}
	}
	for range len(s) - len(body) - 1 {
		e.write("\n")
	}
}

// quoted writes a text between double quotes, all on one line.
func (e *emitter) quoted(s string) {
	e.write(`"`)
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			e.out = append(e.out, '\\', byte(r))
		case r == '\n':
			e.write(`\n`)
		case r == '\t':
			e.write(`\t`)
		case r == '\r':
			e.write(`\r`)
		case printable(r):
			e.out = utf8.AppendRune(e.out, r)
		case r < 0x100:
			e.out = fmt.Appendf(e.out, `\x%02x`, r)
		case r < 0x10000:
			e.out = fmt.Appendf(e.out, `\u%04x`, r)
		default:
			e.out = fmt.Appendf(e.out, `\U%08x`, r)
		}
	}
	e.write(`"`)
}

// printable leaves out what readers treat as a line break or refuse.
func printable(r rune) bool {
	return r >= ' ' && r < 0x7f || r >= 0xa0 && unicode.IsPrint(r)
}

// literal tells whether a text of several lines survives as a block.
func literal(s string) bool {
	if strings.ContainsAny(s[:1], " \t\n") || strings.Contains(s, "\n\t") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && !printable(r) })
}

// plain tells whether every reader takes the bare text for the same text.
func plain(s string) bool {
	if s == "" || strings.ContainsRune("-?:,[]{}#&*!|>'\"%@` ", rune(s[0])) || special[strings.ToLower(s)] {
		return false
	}
	if last := s[len(s)-1]; last == ':' || last == ' ' {
		return false
	}
	if strings.Contains(s, ": ") || strings.Contains(s, " #") || numeric(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !printable(r) })
}

// special are the words that some version of YAML has a meaning for.
var special = map[string]bool{
	"~": true, "null": true, "true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "<<": true, "=": true, ".inf": true, "+.inf": true, ".nan": true, "...": true,
}

// numeric tells whether a text could be a number, a time or a date anywhere:
// decimal, octal, hexadecimal, with an exponent, with groups, in base 60. One
// with two dots, like an address or a version, is none.
func numeric(s string) bool {
	if !strings.ContainsRune("0123456789.+", rune(s[0])) || strings.Count(s, ".") > 1 && !strings.Contains(s, ":") {
		return false
	}
	return strings.Trim(s, "0123456789abcdefABCDEFxXoO_.:+-TZtz ") == ""
}

// sortedKeys puts the keys that identify an entry first, as people read them.
func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := keyRank(keys[i]), keyRank(keys[j]); a != b {
			return a < b
		}
		return keys[i] < keys[j]
	})
	return keys
}

func keyRank(key string) int {
	switch key {
	case "apiVersion":
		return 0
	case "kind":
		return 1
	case "metadata":
		return 2
	case "name":
		return 3
	}
	return 4
}
