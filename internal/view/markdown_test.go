package view_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/diff"
	"hagen/internal/view"
)

// hostile are texts that would break out of Markdown, HTML or a terminal.
var hostile = []string{
	"</details><script>alert(1)</script>", "`a` ``b``", "```\nfence", "@everyone #1 !2", "| a | b |", "[x](http://evil.example)", "\x1b[31mred\x1b[0m",
	"\u202ereversed", "<!-- hagen-diff -->", "a\r\nb", "&lt;b&gt;", "\\", "$(x)", "", " ", "http://user:pass@host/", "ä€𝄞",
}

func randomReports(r *rand.Rand) []diff.Report {
	text := func() string { return hostile[r.IntN(len(hostile))] + fmt.Sprint(r.IntN(9)) }
	var reports []diff.Report
	for i := range 1 + r.IntN(30) {
		report := diff.Report{Registry: fmt.Sprint("r", i, text()), Old: text(), New: text(), Status: diff.Different}
		if r.IntN(4) == 0 {
			report.Status = diff.Same
		}
		for range r.IntN(60) {
			report.Changes = append(report.Changes, diff.Change{
				Object: diff.Object{Target: "kubernetes", Kind: text(), Name: text()}, Places: []diff.Place{{File: text()}},
				Path: diff.Path{text(), diff.Match{Key: "name", Value: text()}, r.IntN(3)}, Op: diff.Changed, Old: text(), New: strings.Repeat(text(), r.IntN(40)),
				Verdict: diff.Verdict{Impact: diff.Impact(r.IntN(8)), Rule: text(), Reason: text(), Also: []string{text()}, Concerns: []string{text()}},
			})
		}
		report.Plan = []string{text(), text()}
		report.Notes = []string{text()}
		reports = append(reports, report)
	}
	return reports
}

// TestMarkdownHoldsForAnything wants for random hostile reports: within the
// limit, balanced, one marker, nothing of the values outside of code.
func TestMarkdownHoldsForAnything(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 1))
		reports := randomReports(r)
		limit := view.LeastMarkdown + r.IntN(70000)
		short, whole := view.Markdown(reports, limit, "full.md")
		if len(short) > limit {
			t.Fatalf("seed %d: %d characters, the limit is %d", seed, len(short), limit)
		}
		if short != whole && !regexp.MustCompile(`\*\*\d+ of \d+ shown\*\*`).MatchString(short) {
			t.Fatalf("seed %d: it is cut and does not say so", seed)
		}
		for _, text := range []string{short, whole} {
			outside := withoutCode(text)
			if a, b := strings.Count(outside, "<details>"), strings.Count(outside, "</details>"); a != b {
				t.Fatalf("seed %d: %d details are opened, %d closed", seed, a, b)
			}
			if strings.Count(outside, view.Marker) != 1 || strings.Contains(outside, "<script") || strings.ContainsAny(text, "\x1b\r\u202e") {
				t.Fatalf("seed %d: something got out of\n%s", seed, outside)
			}
			if mention.MatchString(outside) {
				t.Fatalf("seed %d: %s is mentioned", seed, mention.FindString(outside))
			}
		}
	}
}

var mention = regexp.MustCompile(`@[a-z]|[^&]#[0-9]`)

// withoutCode takes spans of code away, line by line, by the rule of
// CommonMark: a span ends at a run of backticks of the length of its start.
func withoutCode(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		for line != "" {
			at := strings.IndexByte(line, '`')
			if at > 0 && line[at-1] == '\\' {
				out.WriteString(line[:at+1])
				line = line[at+1:]
				continue
			}
			if at < 0 {
				out.WriteString(line)
				break
			}
			out.WriteString(line[:at])
			run := len(line[at:]) - len(strings.TrimLeft(line[at:], "`"))
			rest := line[at+run:]
			end := closing(rest, run)
			if end < 0 {
				out.WriteString(line[at : at+run])
				line = rest
				continue
			}
			line = rest[end+run:]
		}
	}
	return out.String()
}

func closing(text string, run int) int {
	for at := 0; at < len(text); at++ {
		if text[at] != '`' {
			continue
		}
		length := len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
		if length == run {
			return at
		}
		at += length - 1
	}
	return -1
}

// TestOtherFormatsAreSafe wants no control character in text, HTML or a
// unified diff, and no element of a value in HTML.
func TestOtherFormatsAreSafe(t *testing.T) {
	for seed := range uint64(50) {
		reports := randomReports(rand.New(rand.NewPCG(seed, 2)))
		var text, html, unified bytes.Buffer
		if err := view.Text(&text, reports, view.TextOptions{Width: 60}); err != nil {
			t.Fatal(err)
		}
		if err := view.HTML(&html, view.Frame{}, reports); err != nil {
			t.Fatal(err)
		}
		if err := view.Unified(&unified, reports); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(html.String(), "<script") || strings.Count(html.String(), "<section ") != len(reports) {
			t.Fatalf("seed %d: something got out of the page", seed)
		}
		for name, b := range map[string]bytes.Buffer{"text": text, "html": html, "unified": unified} {
			if strings.ContainsAny(b.String(), "\x1b\r\u202e") {
				t.Fatalf("seed %d: a control character is in %s", seed, name)
			}
		}
	}
}
