// Package view shows reports: changes with their impacts go in; text for a
// terminal, Markdown, JSON, HTML or a unified diff come out. It computes
// nothing and hides no change without saying so.
package view

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"hagen/internal/diff"
)

// value writes a value on one line, at most so long.
func value(v any, limit int) string {
	text := ""
	switch x := v.(type) {
	case nil:
		return "nothing"
	case string:
		if text = x; x == "" || strings.TrimSpace(x) != x || strings.ContainsAny(x, "\n\t\r") {
			text = strconv.Quote(x)
		}
	case diff.Hidden:
		return hidden(x)
	case map[string]any:
		if shown, ok := hiddenMap(x); ok {
			return shown
		}
		text = compact(v)
	case bool, int64, float64:
		text = fmt.Sprint(v)
	default:
		text = compact(v)
	}
	return shorten(visible(text), limit)
}

// visible writes what cannot be seen, or would steer a terminal or the order of
// reading, as an escape.
func visible(text string) string {
	if !strings.ContainsFunc(text, unseen) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unseen(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unseen(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }

func hidden(h diff.Hidden) string {
	if h.Print != "" {
		return "fingerprint " + visible(h.Print)
	}
	return visible(h.Shown)
}

// hiddenMap recognizes what a JSON report holds in place of a secret.
func hiddenMap(m map[string]any) (string, bool) {
	shown, ok := m["hidden"].(string)
	if !ok || len(m) > 2 {
		return "", false
	}
	print, _ := m["fingerprint"].(string)
	return hidden(diff.Hidden{Shown: shown, Print: print}), true
}

// compact writes a structure as JSON, which everybody reads.
func compact(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "a value that cannot be shown"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func shorten(text string, limit int) string {
	if limit <= 0 {
		return text
	}
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:max(0, limit-1)]) + "…"
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// following counts what is derived from other changes.
func following(n int) string {
	if n == 1 {
		return "1 change that follows"
	}
	return count(n, "change") + " that follow"
}

// sentence says what a change does to its value.
func sentence(c diff.Change, limit int) string {
	at := visible(placeIn(c))
	if at != "" {
		at += ": "
	}
	switch c.Op {
	case diff.Added:
		if len(c.Path) == 0 {
			return "added"
		}
		return at + "added " + value(c.New, limit)
	case diff.Removed:
		if len(c.Path) == 0 {
			return "removed"
		}
		return at + "removed " + value(c.Old, limit)
	case diff.Renamed:
		return "renamed from " + value(c.Old, limit)
	case diff.Moved:
		return "moved from " + value(c.Old, limit) + " to " + value(c.New, limit)
	case diff.Reordered:
		return at + "in another order, now " + value(c.New, limit)
	case diff.Reformatted:
		return at + "other bytes, same meaning"
	}
	old, new := value(c.Old, limit), value(c.New, limit)
	if old == new {
		return at + "changed, not shown"
	}
	return at + old + " → " + new
}

// placeIn is the path of a change; of a text it is a line, of a set the list.
func placeIn(c diff.Change) string {
	if line, ok := lineOf(c); ok {
		return fmt.Sprintf("line %d", line+1)
	}
	if n := len(c.Path); n > 0 {
		if match, ok := c.Path[n-1].(diff.Match); ok && match.Key == "" {
			return c.Path[:n-1].String() // the entry is the text that is shown anyway
		}
	}
	return c.Path.String()
}

func lineOf(c diff.Change) (int, bool) {
	if c.Object.Kind != "file" || len(c.Path) != 1 {
		return 0, false
	}
	line, ok := c.Path[0].(int)
	return line, ok
}

// where names the part of the registry that an object belongs to.
func where(c diff.Change) string {
	switch {
	case c.Object.Target == "kubernetes":
		return "cluster"
	case len(c.Nodes()) > 0:
		return strings.Join(c.Nodes(), ", ")
	}
	return ""
}

// name is an object with where it is.
func name(c diff.Change) string {
	text := visible(c.Object.String())
	if w := where(c); w != "" && c.Object.Kind != "bundle" {
		text = visible(w) + ": " + text
	}
	return text
}

// tally counts the changes of a report by impact, worst first.
func tally(r diff.Report) string {
	counts := map[diff.Impact]int{}
	for _, c := range r.Changes {
		if !c.Follows {
			counts[c.Impact]++
		}
	}
	var words []string
	for i := range diff.Impacts() {
		if n := counts[diff.Impact(i)]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, diff.Impact(i)))
		}
	}
	return strings.Join(words, ", ")
}

// headline says what became of a registry.
func headline(r diff.Report) string {
	switch r.Status {
	case diff.Same:
		return "no difference"
	case diff.New:
		return "new, Harbor " + visible(r.NewHarbor) + ", " + count(len(r.Changes), "object") + " and files"
	case diff.Broken:
		return "the base does not compile; what is there now is shown alone"
	case diff.Gone:
		return "gone, " + tally(r)
	}
	if len(r.Changes) == 0 {
		return "every difference is hidden"
	}
	return tally(r)
}
