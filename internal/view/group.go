package view

import (
	"fmt"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// group is what stands under one heading: changes of the same impact, for the
// same reason, of objects of one kind in one place.
type group struct {
	first    diff.Change
	changes  []diff.Change
	objects  []string
	concerns []string
	// texts are the documents that differ, for people to read, where they stand
	// for the changes.
	texts []string
}

// isText tells a change of a document that no program reads.
func isText(c diff.Change) bool {
	_, line := lineOf(c)
	return c.Impact == diff.None && c.Object.Kind == "file" && (line || len(c.Path) == 0)
}

// groups joins changes, worst first; what follows from others is only counted.
func groups(changes []diff.Change) (shown []group, follows int) {
	at := map[string]int{}
	for _, c := range changes {
		if c.Follows {
			follows++
			continue
		}
		key := strings.Join([]string{c.Impact.String(), where(c), c.Object.Kind, c.Rule, strings.Join(c.Also, "\x00")}, "\x00")
		if isText(c) {
			key = "\x00text"
		}
		i, ok := at[key]
		if !ok {
			i = len(shown)
			at[key] = i
			shown = append(shown, group{first: c})
		}
		shown[i].add(c)
	}
	return shown, follows
}

func (g *group) add(c diff.Change) {
	g.changes = append(g.changes, c)
	g.objects = joined(g.objects, c.Object.Name)
	if c.Impact < diff.None {
		g.concerns = joined(g.concerns, c.Concerns...)
	}
	if isText(c) {
		for _, place := range c.Places {
			g.texts = joined(g.texts, place.File)
		}
	}
}

func joined(list []string, more ...string) []string {
	for _, item := range more {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

// mostNamed bounds the objects that a heading names.
const mostNamed = 4

// name is the heading: where, and what.
func (g group) name() string {
	if len(g.texts) > 0 {
		return "documents and files that nothing reads"
	}
	if len(g.objects) == 1 {
		return name(g.first)
	}
	text := g.first.Object.Kind + " "
	if g.first.Object.Kind == "file" {
		text = ""
	}
	text += some(g.objects, mostNamed)
	if w := where(g.first); w != "" && g.first.Object.Kind != "bundle" {
		text = w + ": " + text
	}
	return visible(text)
}

func some(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most-1], ", "), len(list)-most+1)
}

// lines says what a group holds, at most so many lines; 0 is without a limit.
// What is the same of several objects is one line.
func (g group) lines(limit, most int) []string {
	if len(g.texts) > 0 {
		return []string{count(len(g.changes), "difference") + " in " + visible(strings.Join(g.texts, ", "))}
	}
	var order []string
	owners := map[string][]string{}
	for _, c := range g.changes {
		text := sentence(c, limit)
		if owners[text] == nil {
			order = append(order, text)
		}
		owners[text] = joined(owners[text], visible(c.Object.Name))
	}
	var lines []string
	for i, text := range order {
		if most > 0 && i == most {
			return append(lines, fmt.Sprintf("and %d more", len(order)-i))
		}
		if len(g.objects) > 1 && len(owners[text]) < len(g.objects) {
			text = some(owners[text], mostNamed) + ": " + text
		}
		lines = append(lines, text)
	}
	return lines
}
