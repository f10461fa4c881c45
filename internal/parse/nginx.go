package parse

import (
	"io"
	"strings"

	"github.com/nginxinc/nginx-go-crossplane"
)

// nginxText reads blocks as maps: a directive by its name, a block by its name
// and arguments, so that a path reads as people say it: server, location /v2/,
// proxy_pass. What stands more than once is a list in its order.
func nginxText(text string) (any, error) {
	payload, err := crossplane.Parse("nginx.conf", &crossplane.ParseOptions{
		SingleFile: true, SkipDirectiveContextCheck: true, SkipDirectiveArgsCheck: true, StopParsingOnError: true,
		Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	})
	if err != nil {
		return nil, err
	}
	if len(payload.Config) != 1 || len(payload.Errors) > 0 {
		return nil, errForm
	}
	return nginxBlock(payload.Config[0].Parsed), nil
}

// orderKey holds what nginx reads in its order: the first location by a
// regular expression that fits is taken, and rewriting runs from top to bottom.
const orderKey = "(order)"

func nginxBlock(directives crossplane.Directives) map[string]any {
	value := map[string]any{}
	var order []any
	for _, d := range directives {
		name, args := d.Directive, strings.Join(quoted(d.Args), " ")
		switch {
		case d.IsComment():
		case d.Directive == "if" || d.Block != nil:
			name = strings.TrimSpace(name + " " + args)
			add(value, name, nginxBlock(d.Block))
		default:
			add(value, name, args)
		}
		if ordered(d) {
			order = append(order, strings.TrimSpace(name+" "+args))
		}
	}
	if len(order) > 1 {
		value[orderKey] = order
	}
	return value
}

func ordered(d *crossplane.Directive) bool {
	switch d.Directive {
	case "rewrite", "if", "set", "return", "break", "allow", "deny":
		return true
	case "location":
		return len(d.Args) > 0 && strings.HasPrefix(d.Args[0], "~")
	}
	return false
}

// quoted keeps arguments apart that hold blanks.
func quoted(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if out[i] = arg; arg == "" || strings.ContainsAny(arg, " \t\n;{}\"") {
			out[i] = "'" + arg + "'"
		}
	}
	return out
}
