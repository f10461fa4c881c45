package conform

import (
	"fmt"
	"strings"

	"hagen/internal/diag"
)

// statement is a directive of a configuration: its name, arguments and, if it
// is a block, what stands in it.
type statement struct {
	line  int
	name  string
	args  []string
	block bool
	body  []statement
}

// nginxReader reads a configuration as nginx does: words parted by blanks,
// quotes around them, a semicolon or a block at the end of a directive.
type nginxReader struct {
	text string
	at   int
	line int
}

// nginxError is where and why a text is no configuration.
type nginxError struct {
	line    int
	message string
}

// Error returns the line and the reason.
func (e nginxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.message) }

// statements reads up to the end of the text, or of the block if nested is set.
func (r *nginxReader) statements(nested bool) ([]statement, error) {
	var out []statement
	for {
		s, end, err := r.statement()
		if err != nil {
			return out, err
		}
		switch {
		case end == '}' && !nested:
			return out, nginxError{r.line, "a closing brace without an opening one"}
		case end == 0 && nested:
			return out, nginxError{r.line, "the text ends inside of a block: a closing brace is missing"}
		case end == '}' || end == 0:
			return out, nil
		case end == '{':
			s.block = true
			if s.body, err = r.statements(true); err != nil {
				return out, err
			}
		}
		out = append(out, s)
	}
}

// statement reads words up to the character that ends them; that one comes
// back too, 0 for the end of the text.
func (r *nginxReader) statement() (s statement, end byte, err error) {
	for {
		r.blanks()
		if r.at == len(r.text) {
			if s.name != "" {
				return s, 0, nginxError{s.line, "no semicolon behind " + s.name}
			}
			return s, 0, nil
		}
		c := r.text[r.at]
		if c == ';' || c == '{' || c == '}' {
			r.at++
			if (c == '}') == (s.name == "") {
				return s, c, nil
			}
			return s, c, nginxError{r.line, unexpected(c, s.name)}
		}
		word, err := r.word()
		if err != nil {
			return s, 0, err
		}
		if s.name == "" {
			s.name, s.line = word, r.line
			continue
		}
		s.args = append(s.args, word)
	}
}

func unexpected(c byte, name string) string {
	if name == "" {
		return fmt.Sprintf("%q without a directive before it", string(c))
	}
	return "no semicolon behind " + name
}

func (r *nginxReader) blanks() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case '\n':
			r.line++
		case ' ', '\t', '\r':
		case '#':
			for r.at+1 < len(r.text) && r.text[r.at+1] != '\n' {
				r.at++
			}
		default:
			return
		}
		r.at++
	}
}

func (r *nginxReader) word() (string, error) {
	if quote := r.text[r.at]; quote == '"' || quote == '\'' {
		return r.quoted(quote)
	}
	start := r.at
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '\\':
			r.at++
		case c == '$' && strings.HasPrefix(r.text[r.at:], "${"):
			r.at++
		case strings.IndexByte(" \t\r\n;{", c) >= 0:
			return r.text[start:r.at], nil
		}
		r.at++
	}
	r.at = min(r.at, len(r.text))
	return r.text[start:r.at], nil
}

// quoted reads a word in quotes; nginx wants a blank, a semicolon, a brace or
// a parenthesis behind it.
func (r *nginxReader) quoted(quote byte) (string, error) {
	first, start := r.line, r.at+1
	for r.at++; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '\\':
			r.at++
		case '\n':
			r.line++
		case quote:
			r.at++
			if r.at < len(r.text) && strings.IndexByte(" \t\r\n;{)", r.text[r.at]) < 0 {
				return "", nginxError{r.line, "text behind a closing quote"}
			}
			return r.text[start : r.at-1], nil
		}
	}
	return "", nginxError{first, "a quote is never closed"}
}

func wrongNginx(line int, message, fix string) diag.Diagnostic {
	return diag.Diagnostic{
		Message: fmt.Sprintf("line %d: %s", line, message),
		Reason:  "nginx does not start with it, and nothing listens", Fix: fix,
	}
}
