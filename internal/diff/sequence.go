package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// sequences compares lists whose order counts. Entries that stand in the same
// gap and are alike are one entry that changed. Removed and changed entries
// have their old places, added ones their new places.
func (d *differ) sequences(path Path, old, new []any) {
	for _, gap := range align(old, new) {
		d.gap(path, gap, old, new)
	}
}

// gap is a piece of the old list in whose place a piece of the new one stands.
type gap struct{ oldFrom, oldTo, newFrom, newTo int }

// align finds what the lists have in common, by the library's algorithm for
// lines: each entry is a line.
func align(old, new []any) []gap {
	before, now := asLines(old), asLines(new)
	edits := udiff.Lines(strings.Join(before, ""), strings.Join(now, ""))
	var gaps []gap
	shift := 0
	for _, edit := range edits {
		g := gap{oldFrom: edit.Start / lineLength, oldTo: edit.End / lineLength}
		g.newFrom = g.oldFrom + shift
		g.newTo = g.newFrom + len(edit.New)/lineLength
		shift += (g.newTo - g.newFrom) - (g.oldTo - g.oldFrom)
		gaps = append(gaps, g)
	}
	return gaps
}

// lineLength is that of every line: a digest and a line break.
const lineLength = 2*8 + 1

func asLines(list []any) []string {
	out := make([]string, len(list))
	for i, item := range list {
		sum := sha256.Sum256([]byte(identity(item)))
		out[i] = hex.EncodeToString(sum[:8]) + "\n"
	}
	return out
}

// mostPairs bounds the pairs that are looked at for likeness.
const mostPairs = 4096

func (d *differ) gap(path Path, g gap, old, new []any) {
	next := g.newFrom
	for i := g.oldFrom; i < g.oldTo; i++ {
		at := -1
		if (g.oldTo-g.oldFrom)*(g.newTo-g.newFrom) <= mostPairs {
			at = alike(old[i], new, next, g.newTo, g.oldTo-g.oldFrom == g.newTo-g.newFrom)
		}
		if at < 0 {
			d.add(path.with(i), Removed, old[i], nil)
			continue
		}
		for ; next < at; next++ {
			d.add(path.with(next), Added, nil, new[next])
		}
		d.values(path.with(i), "", old[i], new[at])
		next = at + 1
	}
	for ; next < g.newTo; next++ {
		d.add(path.with(next), Added, nil, new[next])
	}
}

// alike returns the first entry of new, from the next one on, that is the old
// entry changed. If the gap has as many old as new ones, those of one form are.
func alike(old any, new []any, from, to int, even bool) int {
	for at := from; at < to; at++ {
		if even && at == from && sameForm(old, new[at]) || likeness(old, new[at]) >= 0.5 {
			return at
		}
	}
	return -1
}

func sameForm(a, b any) bool {
	x, isMap := a.(map[string]any)
	y, both := b.(map[string]any)
	if isMap && both {
		return slices.Equal(sortedKeys(x), sortedKeys(y))
	}
	return !structured(a) && !structured(b)
}

func structured(v any) bool {
	switch v.(type) {
	case map[string]any, []any, doc:
		return true
	}
	return false
}

// likeness is the share of entries that two maps have in common.
func likeness(a, b any) float64 {
	x, okX := a.(map[string]any)
	y, okY := b.(map[string]any)
	if !okX || !okY || len(x)+len(y) == 0 {
		return 0
	}
	equal := 0
	for key, value := range x {
		if other, ok := y[key]; ok && identity(value) == identity(other) {
			equal++
		}
	}
	return 2 * float64(equal) / float64(len(x)+len(y))
}
