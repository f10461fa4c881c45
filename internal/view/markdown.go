package view

import (
	"fmt"
	"slices"
	"strings"

	"hagen/internal/diff"
)

const (
	// MarkdownLimit is what GitHub takes as a comment.
	MarkdownLimit = 65536
	// LeastMarkdown leaves room for the head of a comment.
	LeastMarkdown = 2000
	// Marker lets a bot find its comment again.
	Marker = "<!-- hagen-diff -->"
)

// Markdown writes reports for a pull request, and the same without a limit. The
// short form is cut between objects and says so; dangers come first. Full is
// the file to which the whole goes, if somebody asked for one.
func Markdown(reports []diff.Report, limit int, full string) (short, whole string) {
	whole = markdown(reports, 0, full)
	if len(whole) <= limit {
		return whole, whole
	}
	return markdown(reports, limit, full), whole
}

// page is Markdown within a limit; what does not fit is left out, and all that
// comes after it.
type page struct {
	strings.Builder
	limit int
	// reserve is what must still fit behind what is added: closing tags.
	reserve int
	cut     bool
}

// footer is room for the last line.
const footer = 400

// add appends a block if it fits.
func (p *page) add(block string) bool {
	if p.cut || p.limit > 0 && p.Len()+len(block)+p.reserve+footer > p.limit {
		p.cut = true
		return false
	}
	p.WriteString(block)
	return true
}

func markdown(reports []diff.Report, limit int, full string) string {
	p := &page{limit: limit}
	p.WriteString(Marker + "\n" + title(reports) + "\n\n")
	table(p, reports)
	shown, total := 0, 0
	for _, r := range reports {
		all, _ := groups(r.Changes)
		total += len(all)
		shown += dangers(p, r, all)
	}
	for _, r := range reports {
		plan(p, r)
	}
	for _, r := range reports {
		shown += details(p, r)
	}
	if p.cut {
		rest := "the rest is in what `hagen diff` prints"
		if full != "" {
			rest = "the rest is in " + code(full, 200)
		}
		p.cut, p.limit = false, 0
		fmt.Fprintf(p, "\n**%d of %d shown**: this comment has a limit; %s.\n", shown, total, rest)
	}
	return p.String()
}

func title(reports []diff.Report) string {
	differ, worst := differing(reports)
	if differ == 0 {
		return "### hagen diff: no difference"
	}
	if len(reports) == 1 {
		return fmt.Sprintf("### hagen diff: %s, worst: **%s**", escape(visible(reports[0].Name())), worst)
	}
	return fmt.Sprintf("### hagen diff: %d of %d registries, worst: **%s**", differ, len(reports), worst)
}

// table lists the registries that differ with their changes by impact.
func table(p *page, reports []diff.Report) {
	var same []string
	p.WriteString("| registry | " + strings.Join(diff.Impacts(), " | ") + " | |\n|---|" + strings.Repeat("---|", len(diff.Impacts())+1) + "\n")
	for i, r := range reports {
		if r.Status == diff.Same {
			same = append(same, escape(visible(r.Name())))
			continue
		}
		counts := make([]string, len(diff.Impacts()))
		for impact, n := range countsOf(r) {
			if n > 0 {
				counts[impact] = fmt.Sprint(n)
			}
		}
		row := "| " + escape(visible(r.Name())) + " | " + strings.Join(counts, " | ") + " | " + string(r.Status) + " |\n"
		if !p.add(row) {
			p.WriteString(fmt.Sprintf("\nand %d more\n", len(reports)-i))
			break
		}
	}
	p.add("\n")
	if len(same) > 0 {
		p.add("No difference: " + some(same, mostSame) + "\n\n")
	}
}

func countsOf(r diff.Report) []int {
	counts := make([]int, len(diff.Impacts()))
	for _, c := range r.Changes {
		if !c.Follows {
			counts[c.Impact]++
		}
	}
	return counts
}

// dangerous tells what stands outside of the folded details.
func dangerous(g group) bool { return g.first.Impact <= diff.Refused }

// whole tells a registry whose every object came: there is nothing to list.
func whole(r diff.Report) bool { return r.Status == diff.New || r.Status == diff.Broken }

func dangers(p *page, r diff.Report, all []group) int {
	shown := 0
	for _, note := range r.Notes {
		p.add("- " + escape(visible(r.Name()+": "+note)) + "\n")
	}
	for _, h := range r.Hidden {
		p.add("- " + escape(visible(fmt.Sprintf("%s: %s hidden by %s", r.Name(), count(h.Count, "change"), h.By))) + "\n")
	}
	if whole(r) {
		return 0
	}
	for _, g := range all {
		if dangerous(g) && p.add(p.block(r, g, true)) {
			shown++
		}
	}
	return shown
}

// most bounds the lines of a block; without a limit there is none.
func (p *page) most() int {
	if p.limit == 0 {
		return 0
	}
	return 20
}

// block is what stands under one heading, complete in itself.
func (p *page) block(r diff.Report, g group, withRegistry bool) string {
	var b strings.Builder
	b.WriteString("- **" + g.first.Impact.String() + "** ")
	if withRegistry {
		b.WriteString(code(r.Name(), 100) + " ")
	}
	b.WriteString(code(g.name(), 400) + ": " + escape(visible(g.first.Reason)))
	if len(g.concerns) > 0 {
		b.WriteString("; concerns " + code(some(g.concerns, 12), 600))
	}
	b.WriteString("\n")
	for _, line := range g.lines(200, p.most()) {
		b.WriteString("  - " + code(line, 600) + "\n")
	}
	for _, also := range g.first.Also {
		b.WriteString("  - also " + escape(visible(also)) + "\n")
	}
	return b.String()
}

func plan(p *page, r diff.Report) {
	if len(r.Plan) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("\n**Plan for** " + code(r.Name(), 100) + "\n\n")
	for i, step := range r.Plan {
		fmt.Fprintf(&b, "%d. %s\n", i+1, escape(visible(shorten(step, 2000))))
	}
	p.add(b.String())
}

// details folds the rest of a registry.
func details(p *page, r diff.Report) int {
	all, follows := groups(r.Changes)
	if whole(r) || follows == 0 && !slices.ContainsFunc(all, func(g group) bool { return !dangerous(g) }) {
		return 0
	}
	const end = "\n</details>\n"
	open := fmt.Sprintf("\n<details><summary>%s: %s</summary>\n\n", escape(visible(r.Name())), headline(r))
	p.reserve = len(end)
	if !p.add(open) {
		p.reserve = 0
		return 0
	}
	shown := 0
	for _, g := range all {
		if !dangerous(g) && p.add(p.block(r, g, false)) {
			shown++
		}
	}
	if follows > 0 {
		p.add("- " + following(follows) + " from these\n")
	}
	p.reserve = 0
	p.WriteString(end)
	return shown
}
