package review

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// Filter hides changes that all of its conditions fit.
type Filter struct {
	text       string
	conditions []condition
	defaults   []fallback
}

type condition struct{ key, pattern string }

// ParseFilter reads KEY=PATTERN, or several with commas that must all fit. Keys
// are impact, kind, name, file and path; patterns may hold stars.
func ParseFilter(text string) (Filter, error) {
	f := Filter{text: text}
	for part := range strings.SplitSeq(text, ",") {
		key, pattern, ok := strings.Cut(part, "=")
		c := condition{strings.TrimSpace(key), strings.TrimSpace(pattern)}
		if _, known := keys[c.key]; !ok || !known || c.pattern == "" {
			return f, fmt.Errorf("%q is no filter: write impact=, kind=, name=, file= or path= and a pattern", text)
		}
		if _, err := path.Match(c.pattern, ""); err != nil {
			return f, fmt.Errorf("%q is no pattern", c.pattern)
		}
		if _, err := diff.ParseImpact(c.pattern); c.key == "impact" && err != nil {
			return f, fmt.Errorf("%q is no impact: there are %s", c.pattern, strings.Join(diff.Impacts(), ", "))
		}
		f.conditions = append(f.conditions, c)
	}
	return f, nil
}

var keys = map[string]func(c diff.Change) []string{
	"impact": func(c diff.Change) []string { return []string{c.Impact.String()} },
	"kind":   func(c diff.Change) []string { return []string{c.Object.Kind} },
	"name":   func(c diff.Change) []string { return []string{c.Object.Name} },
	"path":   func(c diff.Change) []string { return []string{c.Path.String()} },
	"file": func(c diff.Change) []string {
		var files []string
		for _, place := range c.Places {
			files = append(files, place.File)
		}
		return files
	},
}

// fits tells whether a filter hides a change, in all of its places.
func (f Filter) fits(c diff.Change) bool {
	if f.defaults != nil {
		return slices.ContainsFunc(f.defaults, func(d fallback) bool { return d.fills(c) })
	}
	for _, condition := range f.conditions {
		for _, text := range keys[condition.key](c) {
			if !like(condition.pattern, text) {
				return false
			}
		}
	}
	return true
}

// like compares with a pattern in which a star stands for anything, slashes
// too.
func like(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, first) {
		return false
	}
	text = text[len(first):]
	for at := range len(text) + 1 {
		if like(rest, text[at:]) {
			return true
		}
	}
	return false
}

// hide takes away what filters hide, and counts it. Key material stays.
func hide(changes []diff.Change, filters []Filter) ([]diff.Change, []diff.Hiding) {
	shown := []diff.Change{}
	counts := map[string]int{}
	for _, c := range changes {
		by := ""
		for _, f := range filters {
			if by == "" && !c.Secret && f.fits(c) {
				by = f.text
			}
		}
		if by == "" {
			shown = append(shown, c)
		}
		counts[by]++
	}
	var hidden []diff.Hiding
	for _, f := range filters {
		if counts[f.text] > 0 {
			hidden = append(hidden, diff.Hiding{By: f.text, Count: counts[f.text]})
			delete(counts, f.text)
		}
	}
	return shown, hidden
}
