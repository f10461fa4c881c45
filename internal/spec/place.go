package spec

import (
	"fmt"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"hagen/internal/diag"
)

// Place returns where the value at path stands; for a value that the spec
// does not hold, where the nearest table around it stands, or
// the spec as a whole.
func (d *Document) Place(path []any) diag.Place {
	for n := len(path); n > 0; n-- {
		if d.environment != "" {
			inside := append([]any{environments, d.environment}, path[:n]...)
			if place, ok := d.places[placeKey(inside)]; ok {
				return place
			}
		}
		if place, ok := d.places[placeKey(path[:n])]; ok {
			return place
		}
	}
	return diag.Start(d.File)
}

func placeKey(path []any) string {
	var b strings.Builder
	for _, step := range path {
		fmt.Fprintf(&b, "%T%v\x00", step, step)
	}
	return b.String()
}

// places reads the positions of all keys and values. Bytes that this parser
// refuses and the decoder took leave values without a place, nothing worse.
func places(file string, src []byte) map[string]diag.Place {
	w := &walker{file: file, lines: newLines(src), found: map[string]diag.Place{}, lengths: map[string]int{}}
	var parser unstable.Parser
	parser.Reset(src)
	var table []any
	for parser.NextExpression() {
		node := parser.Expression()
		switch node.Kind {
		case unstable.Table:
			table = w.header(node, false)
		case unstable.ArrayTable:
			table = w.header(node, true)
		case unstable.KeyValue:
			w.keyValue(table, node)
		}
	}
	return w.found
}

type walker struct {
	file  string
	lines lines
	found map[string]diag.Place
	// lengths counts the tables of each array of tables.
	lengths map[string]int
}

func (w *walker) set(path []any, at unstable.Range) {
	w.found[placeKey(path)] = w.lines.place(w.file, int(at.Offset))
}

// header resolves a [table] or [[table]] header to a path with the indexes of
// the arrays of tables on the way.
func (w *walker) header(node *unstable.Node, array bool) []any {
	var path []any
	keys := node.Key()
	for keys.Next() {
		key := keys.Node()
		path = append(path, string(key.Data))
		at := placeKey(path)
		if _, known := w.found[at]; !known {
			w.set(path, key.Raw)
		}
		if keys.IsLast() && array {
			w.lengths[at]++
		}
		if n := w.lengths[at]; n > 0 {
			path = append(path, n-1)
			if keys.IsLast() {
				w.set(path, key.Raw)
			}
		}
	}
	return path
}

func (w *walker) keyValue(table []any, node *unstable.Node) {
	path := append([]any{}, table...)
	keys := node.Key()
	var last unstable.Range
	for keys.Next() {
		path = append(path, string(keys.Node().Data))
		last = keys.Node().Raw
		if _, known := w.found[placeKey(path)]; !known {
			w.set(path, last)
		}
	}
	w.value(path, node.Value(), last)
}

func (w *walker) value(path []any, node *unstable.Node, key unstable.Range) {
	at := node.Raw
	if at.Length == 0 {
		at = key
	}
	w.set(path, at)
	switch node.Kind {
	case unstable.Array:
		items := node.Children()
		for i := 0; items.Next(); i++ {
			w.value(append(append([]any{}, path...), i), items.Node(), at)
		}
	case unstable.InlineTable:
		items := node.Children()
		for items.Next() {
			w.keyValue(path, items.Node())
		}
	}
}

// lines finds the line of an offset.
type lines struct{ starts []int }

func newLines(src []byte) lines {
	starts := []int{0}
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return lines{starts}
}

func (l lines) place(file string, offset int) diag.Place {
	line := sort.SearchInts(l.starts, offset+1)
	return diag.Place{File: file, Line: line, Column: offset - l.starts[line-1] + 1}
}
