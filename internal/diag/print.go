package diag

import (
	"fmt"
	"io"
	"strings"
)

// Print writes every diagnostic of err: its place, path and message on one
// line, the rest indented below.
func Print(w io.Writer, err error) {
	var b strings.Builder
	for _, d := range Flatten(err) {
		writeOne(&b, d)
	}
	io.WriteString(w, b.String())
}

// Text returns what Print writes of one diagnostic.
func Text(d Diagnostic) string {
	var b strings.Builder
	writeOne(&b, d)
	return b.String()
}

func writeOne(b *strings.Builder, d Diagnostic) {
	if place := d.Place.String(); place != "" {
		b.WriteString(place + ": ")
	} else {
		b.WriteString("hagen: ")
	}
	if d.Severity != Error {
		b.WriteString(d.Severity.String() + ": ")
	}
	b.WriteString(Clean(Mask(d.Error())))
	if d.Rule != "" {
		b.WriteString(" [" + d.Rule + "]")
	}
	b.WriteString("\n")
	for _, more := range d.More() {
		b.WriteString("  " + strings.ReplaceAll(Clean(Mask(more)), "\n", "\n  ") + "\n")
	}
}

// Clean makes text safe for a terminal: control characters other than line
// breaks are shown as escapes instead of being obeyed.
func Clean(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isControl(r) {
			b.WriteString(`\x` + string("0123456789abcdef"[r>>4&15]) + string("0123456789abcdef"[r&15]))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isControl(r rune) bool {
	return r != '\n' && r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0)
}

// Some lists the first of many words: at most so many, and how many more there
// are.
func Some(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}
