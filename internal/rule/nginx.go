package rule

import "strings"

// nginx lists the directives of a configuration in their order, each with its
// name, its arguments as one text, and the blocks around it as one text such
// as "http > server > location /v2/".
func nginx(e *Evaluator, args []any) (any, error) {
	source := args[0].(string)
	if value, done := e.configured[source]; done {
		return value, nil
	}
	out := []any{}
	var blocks, words []string
	flush := func() (name, rest string) {
		if len(words) > 0 {
			name, rest = words[0], strings.Join(words[1:], " ")
		}
		words = nil
		return name, rest
	}
	for _, token := range nginxTokens(source) {
		switch token {
		case "{":
			name, rest := flush()
			blocks = append(blocks, strings.TrimSpace(name+" "+rest))
		case "}":
			flush()
			if len(blocks) > 0 {
				blocks = blocks[:len(blocks)-1]
			}
		case ";":
			block := strings.Join(blocks, " > ")
			if name, rest := flush(); name != "" {
				out = append(out, map[string]any{"name": name, "args": rest, "block": block})
			}
		default:
			words = append(words, token)
		}
	}
	e.configured[source] = out
	return out, nil
}

// directives lists those of nginx that have a name, or a name and first
// arguments, such as "proxy_set_header Host".
func directives(e *Evaluator, args []any) (any, error) {
	all, err := nginx(e, args[:1])
	name, first, _ := strings.Cut(args[1].(string), " ")
	out := []any{}
	for _, item := range all.([]any) {
		d := item.(map[string]any)
		if d["name"] == name && (first == "" || strings.HasPrefix(d["args"].(string)+" ", first+" ")) {
			out = append(out, item)
		}
	}
	return out, err
}

// nginxTokens parts a configuration into words, quoted words, and { } ;.
func nginxTokens(source string) []string {
	var tokens []string
	for i := 0; i < len(source); {
		switch c := source[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '#':
			i += lengthUntil(source[i:], "\n")
		case c == '{' || c == '}' || c == ';':
			tokens = append(tokens, source[i:i+1])
			i++
		case c == '"' || c == '\'':
			n := quotedLength(source[i:], c)
			tokens = append(tokens, strings.Trim(source[i:i+n], string(c)))
			i += n
		default:
			n := lengthUntil(source[i:], " \t\r\n;{}")
			tokens = append(tokens, source[i:i+n])
			i += n
		}
	}
	return tokens
}

func lengthUntil(s, stops string) int {
	if n := strings.IndexAny(s[1:], stops); n >= 0 {
		return n + 1
	}
	return len(s)
}

func quotedLength(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(s)
}
