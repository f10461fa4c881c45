// Package report writes diagnostics in the forms that people and programs
// read: text, JSON, SARIF and the annotations of GitHub. Diagnostics go in,
// bytes come out; nothing is decided here.
package report

import (
	"fmt"
	"io"
	"strings"

	"hagen/internal/diag"
)

// Formats lists the names of the forms.
func Formats() []string { return []string{"text", "json", "sarif", "github"} }

// Options say how a report is written.
type Options struct {
	// Version is hagen's own.
	Version string
	// Terminal marks the place below its line, Color colours.
	Terminal, Color bool
	// Source returns the text of a spec, or nil.
	Source func(file string) []byte
	// Title returns the title of a rule, or "".
	Title func(id string) string
}

// Write writes diagnostics in a format.
func Write(w io.Writer, format string, found []diag.Diagnostic, o Options) error {
	switch format {
	case "json":
		return writeJSON(w, found)
	case "sarif":
		return writeSARIF(w, found, o)
	case "github":
		return writeGitHub(w, found)
	case "text":
		return writeText(w, found, o)
	}
	return fmt.Errorf("the format %s is not known; there are %s", format, strings.Join(Formats(), ", "))
}

// safe makes a text printable, without passwords.
func safe(s string) string { return diag.Clean(diag.Mask(s)) }

// wholeText is all that a diagnostic says, on several lines.
func wholeText(d diag.Diagnostic) string {
	lines := []string{safe(d.Error())}
	for _, more := range d.More() {
		lines = append(lines, safe(more))
	}
	return strings.Join(lines, "\n")
}
