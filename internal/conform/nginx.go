package conform

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nginxinc/nginx-go-crossplane"

	"hagen/internal/diag"
)

// nginx parses a configuration and holds each directive against those of
// nginx: where it may stand and what arguments it takes. Files that it includes
// are not followed.
func nginx(text string) []diag.Diagnostic {
	payload, err := crossplane.Parse("nginx.conf", &crossplane.ParseOptions{
		SingleFile: true, ErrorOnUnknownDirectives: true, SkipDirectiveContextCheck: false,
		Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	})
	if err != nil {
		return []diag.Diagnostic{nginxFinding(err, nil)}
	}
	var found []diag.Diagnostic
	for _, wrong := range payload.Errors {
		found = append(found, nginxFinding(wrong.Error, wrong.Line))
	}
	return found
}

func nginxFinding(err error, line *int) diag.Diagnostic {
	message := err.Error()
	var parse *crossplane.ParseError
	if errors.As(err, &parse) {
		message = parse.What
	}
	message = strings.TrimPrefix(strings.ReplaceAll(message, `"`, ""), "directive ")
	if line != nil {
		message = fmt.Sprintf("line %d: %s", *line, message)
	}
	fix := ""
	if strings.Contains(message, "unknown directive") {
		fix = "look for a spelling mistake, or for a semicolon or quote that is missing before it"
	}
	return diag.Diagnostic{
		Message: message, Reason: "nginx does not start with it, and nothing listens", Fix: fix,
	}
}
