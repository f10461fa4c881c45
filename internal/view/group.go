package view

import (
	"fmt"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// group is what stands under one heading: changes of one object that have one
// impact and one reason.
type group struct {
	name    string
	first   diff.Change
	changes []diff.Change
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
		key := strings.Join([]string{c.Impact.String(), name(c), c.Rule, strings.Join(c.Also, "\x00")}, "\x00")
		if isText(c) {
			key = "\x00text"
		}
		i, ok := at[key]
		if !ok {
			i = len(shown)
			at[key] = i
			shown = append(shown, group{name: name(c), first: c})
		}
		shown[i].add(c)
	}
	return shown, follows
}

func (g *group) add(c diff.Change) {
	g.changes = append(g.changes, c)
	for _, who := range c.Concerns {
		if !slices.Contains(g.first.Concerns, who) {
			g.first.Concerns = append(slices.Clone(g.first.Concerns), who)
		}
	}
	if !isText(c) {
		return
	}
	g.name = "documents and files that nothing reads"
	for _, place := range c.Places {
		if !slices.Contains(g.texts, place.File) {
			g.texts = append(g.texts, place.File)
		}
	}
}

// lines says what a group holds, at most so many lines.
func (g group) lines(limit, most int) []string {
	if len(g.texts) > 0 {
		return []string{count(len(g.changes), "difference") + " in " + visible(strings.Join(g.texts, ", "))}
	}
	var lines []string
	for i, c := range g.changes {
		if i == most {
			return append(lines, fmt.Sprintf("and %d more", len(g.changes)-i))
		}
		lines = append(lines, sentence(c, limit))
	}
	return lines
}
