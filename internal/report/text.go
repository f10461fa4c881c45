package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"hagen/internal/diag"
)

const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	plain  = "\x1b[0m"
)

// writeText writes what diag.Print does; on a terminal with the line of the
// spec and a mark below the place.
func writeText(w io.Writer, found []diag.Diagnostic, o Options) error {
	var b strings.Builder
	for _, d := range found {
		first, rest, _ := strings.Cut(diag.Text(d), "\n")
		b.WriteString(o.color(bold, first) + "\n")
		if o.Terminal {
			o.mark(&b, d)
		}
		b.WriteString(rest)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (o Options) color(code, text string) string {
	if !o.Color {
		return text
	}
	return code + text + plain
}

// mark shows the line of the spec and points at the place. Where the file as a
// whole is meant, there is nothing to point at.
func (o Options) mark(b *strings.Builder, d diag.Diagnostic) {
	if d.Place.Line == 0 || d.Place.Column == 0 || d.Place.Whole || o.Source == nil {
		return
	}
	source := o.Source(d.Place.File)
	if source == nil {
		return
	}
	lines := strings.Split(string(source), "\n")
	if d.Place.Line > len(lines) || d.Place.Column-1 > len(lines[d.Place.Line-1]) {
		return
	}
	line := strings.TrimRight(lines[d.Place.Line-1], "\r")
	before := line[:min(d.Place.Column-1, len(line))]
	b.WriteString("  " + o.color(blue, safe(line)) + "\n")
	// tabs stay tabs, so that the mark stands below its place
	blank := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	color := map[diag.Severity]string{diag.Error: red, diag.Warning: yellow, diag.Note: blue}[d.Severity]
	b.WriteString("  " + blank + o.color(color, "^"+strings.Repeat("~", width(line[len(before):])-1)) + "\n")
}

// width is the length of the value that begins a text.
func width(rest string) int {
	end := strings.IndexAny(rest, " \t,#]}=")
	if strings.HasPrefix(rest, `"`) {
		end = strings.IndexByte(rest[1:], '"') + 2
	}
	if end <= 0 || end > len(rest) {
		end = len(rest)
	}
	return max(1, utf8.RuneCountInString(rest[:end]))
}
