package view

import (
	"fmt"
	"io"
	"strings"

	"hagen/internal/diff"
)

// TextOptions are those of a terminal.
type TextOptions struct {
	// Width is that of a line; 0 is without a limit.
	Width int
	Color bool
}

// colors are those of impacts, by the numbers of ANSI.
var colors = map[diff.Impact]string{
	diff.Data: "1;31", diff.Outage: "1;31", diff.Refused: "1;35", diff.Recreate: "33", diff.Restart: "33", diff.Manual: "36", diff.Live: "32", diff.None: "2",
}

// Text writes reports for a terminal: what differs worst first, then the plan,
// then in one line what is the same.
func Text(w io.Writer, reports []diff.Report, o TextOptions) error {
	var b strings.Builder
	var same []string
	for _, r := range reports {
		if r.Status == diff.Same && len(r.Notes) == 0 {
			same = append(same, visible(r.Name()))
			continue
		}
		t := text{&b, o}
		t.report(r)
	}
	if len(same) > 0 {
		b.WriteString(wrap("no difference: "+some(same, mostSame), o.Width, "  ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// mostSame bounds the registries that are named although nothing differs.
const mostSame = 30

type text struct {
	*strings.Builder
	TextOptions
}

func (t text) report(r diff.Report) {
	fmt.Fprintf(t, "%s: %s\n", t.bold(visible(r.Name())), headline(r))
	if r.Old != "" && r.New != "" {
		t.line("  ", "from "+visible(r.Old)+" to "+visible(r.New))
	}
	for _, note := range r.Notes {
		t.line("  ", "note: "+visible(note))
	}
	shown, follows := groups(r.Changes)
	for _, g := range shown {
		if r.Status != diff.New && r.Status != diff.Broken {
			t.group(g)
		}
	}
	if follows > 0 {
		t.line("  ", "and "+following(follows)+": checksums, names with a hash, lists of files, what was encrypted anew")
	}
	for _, h := range r.Hidden {
		t.line("  ", count(h.Count, "change")+" hidden by "+visible(h.By))
	}
	t.plan(r.Plan)
	t.WriteString("\n")
}

// mostLines bounds the lines of one object.
const mostLines = 40

func (t text) group(g group) {
	impact := g.first.Impact
	fmt.Fprintf(t, "  %s %s\n", t.color(impact, fmt.Sprintf("%-8s", impact)), t.bold(g.name()))
	for _, line := range g.lines(t.limit(), mostLines) {
		t.line("           ", line)
	}
	t.line("           ", "("+g.first.Reason+")")
	for _, also := range g.first.Also {
		t.line("           ", "(also "+also+")")
	}
	if len(g.concerns) > 0 {
		t.line("           ", "concerns "+some(g.concerns, 12))
	}
}

func (t text) limit() int {
	if t.Width == 0 {
		return 400
	}
	return max(30, t.Width)
}

func (t text) plan(plan []string) {
	if len(plan) == 0 {
		return
	}
	t.WriteString("  " + t.bold("Plan") + "\n")
	for i, step := range plan {
		t.line(fmt.Sprintf("  %2d. ", i+1), visible(step))
	}
}

// line writes a text behind an indent, broken at blanks.
func (t text) line(indent, text string) {
	t.WriteString(indent + wrap(visible(text), t.Width-len(indent), strings.Repeat(" ", len(indent))) + "\n")
}

func (t text) color(impact diff.Impact, text string) string {
	if !t.Color {
		return text
	}
	return "\x1b[" + colors[impact] + "m" + text + "\x1b[0m"
}

func (t text) bold(text string) string {
	if !t.Color {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

// wrap breaks a text at blanks into lines of a width; a longer word stays
// whole.
func wrap(text string, width int, indent string) string {
	if width < 20 {
		return text
	}
	var b strings.Builder
	column := 0
	for i, word := range strings.Split(text, " ") {
		length := len([]rune(word))
		switch {
		case i == 0:
		case column+1+length > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += length
	}
	return b.String()
}
