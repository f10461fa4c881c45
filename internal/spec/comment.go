package spec

import "bytes"

// WithoutComments returns a text of TOML without its comments and without blanks at
// the ends of lines; lines keep their numbers. Empty lines at the end go.
func WithoutComments(text []byte) []byte {
	var out []byte
	quote := ""
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case quote == "" && rest[0] == '#':
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			i += end
			continue
		case quote == "":
			quote = opening(rest)
			out = append(out, rest[:max(1, len(quote))]...)
			i += max(1, len(quote))
		case quote[0] == '"' && rest[0] == '\\' && len(rest) > 1:
			out = append(out, rest[:2]...)
			i += 2
		case bytes.HasPrefix(rest, []byte(quote)):
			out = append(out, quote...)
			i += len(quote)
			quote = ""
		default:
			out = append(out, rest[0])
			i++
		}
	}
	lines := bytes.Split(out, []byte("\n"))
	for i, line := range lines {
		lines[i] = bytes.TrimRight(line, " \t\r")
	}
	return append(bytes.TrimRight(bytes.Join(lines, []byte("\n")), "\n"), '\n')
}

// opening returns the quotes that a text begins with, or "".
func opening(text []byte) string {
	for _, quote := range []string{`"""`, "'''", `"`, "'"} {
		if bytes.HasPrefix(text, []byte(quote)) {
			return quote
		}
	}
	return ""
}
