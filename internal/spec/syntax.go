package spec

import (
	"errors"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"hagen/internal/diag"
)

// syntaxError words what the decoder says of text that is not TOML.
func syntaxError(file string, src []byte, err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return diag.Diagnostic{Place: diag.Place{File: file}, Message: strings.TrimPrefix(err.Error(), "toml: ")}
	}
	message := lowerFirst(strings.TrimSuffix(parse.Message, "."))
	d := diag.Diagnostic{
		Place:   diag.Place{File: file, Line: parse.Position.Line, Column: parse.Position.Col},
		Message: withoutSecret(parse.LastKey, message),
		Reason:  "the text is not valid TOML, so nothing after it was read",
		Fix:     advice(message),
	}
	if first := firstPlace(file, linesBefore(src, d.Place.Line), message); first.Line > 0 {
		d.Reason = "it stands at " + first.String() + " already"
	}
	return d
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}

// withoutSecret hides the value that a message quotes if its key sounds like
// one that holds a password.
func withoutSecret(key, message string) string {
	key = strings.ToLower(key)
	for _, word := range []string{"password", "secret", "token", "key"} {
		if strings.Contains(key, word) {
			return regexp.MustCompile(`"[^"]*"`).ReplaceAllString(message, `"***"`)
		}
	}
	return message
}

func linesBefore(src []byte, line int) []byte {
	if starts := newLines(src).starts; line >= 1 && line <= len(starts) {
		return src[:starts[line-1]]
	}
	return nil
}

// firstPlace finds a key that is there twice in the text before.
func firstPlace(file string, src []byte, message string) diag.Place {
	name, twice := strings.CutPrefix(message, "key '")
	name, _, ended := strings.Cut(name, "' ")
	if !twice || !ended {
		return diag.Place{}
	}
	var path []any
	for key := range strings.SplitSeq(name, ".") {
		path = append(path, key)
	}
	return places(file, src)[placeKey(path)]
}

// advices tell what helps with the usual mistakes, by what the decoder says.
var advices = []struct{ says, fix string }{
	{"but got ':' instead", "write key = value: a colon belongs to YAML"},
	{"cannot contain newlines", "close the quotes at the end of the line"},
	{"invalid escape in string", `write \\ for a backslash, or put the text in single quotes`},
	{"invalid float value", "write it in quotes"},
	{"leading zeroes", "remove the zeroes, or write it in quotes"},
	{"found '\\n' instead", "write a value after the =, or remove the key"},
	{"expected value but found", "write a text in quotes"},
	{"expected a comma", "put a comma between the entries of the list"},
	{"array terminator", "close the list with ]"},
	{"to end table name", "close the header with ]"},
	{"cannot be used as an array", "write all of them as [[…]], in two brackets"},
	{"has already been defined", "keep one of the two, or write their keys below one header"},
	{"control characters", "type the text again: something invisible was pasted with it"},
	{"out of range", "write a smaller number"},
	{"appears blank", "write a name before the ="},
}

func advice(message string) string {
	for _, a := range advices {
		if strings.Contains(message, a.says) {
			return a.fix
		}
	}
	return ""
}
