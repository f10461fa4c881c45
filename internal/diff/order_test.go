package diff_test

import (
	"reflect"
	"testing"

	"hagen/internal/diff"
)

// orders are lists before and after, in a file of YAML, and the operations that
// lead from one to the other. The order of what comes out counts.
var orders = []struct {
	name, before, after string
	ops                 []diff.Op
}{
	{"texts changed, gone and new", "[a, b, c, d]", "[a, x, d, e]", []diff.Op{diff.Removed, diff.Added, diff.Removed, diff.Added}},
	{"a text moved", "[a, b, c]", "[c, a, b]", []diff.Op{diff.Added, diff.Removed}},
	{"entries with names, one between", "[{name: a}, {name: b}]", "[{name: a}, {name: x}, {name: b}]", []diff.Op{diff.Reordered, diff.Added}},
	{"entries with names, exchanged", "[{name: a, v: 1}, {name: b}]", "[{name: b}, {name: a, v: 2}]", []diff.Op{diff.Reordered, diff.Changed}},
	{"entries with ids, one gone", "[{id: 1}, {id: 2}, {id: 3}]", "[{id: 1}, {id: 3}]", []diff.Op{diff.Removed}},
	{"entries alike", "[{a: 1, b: 2}, {c: 1}]", "[{a: 1, b: 3}, {c: 1}, {d: 1}]", []diff.Op{diff.Changed, diff.Added}},
	{"lists in lists", "[[a, b], [c]]", "[[a, b], [c, d], [e]]", []diff.Op{diff.Removed, diff.Added, diff.Added}},
}

func TestOrderOfLists(t *testing.T) {
	c := comparer(t)
	for _, o := range orders {
		old := parts(t, "a", "-- compose/n/config/a/config.yml\nlist: "+o.before+"\n")
		new := parts(t, "b", "-- compose/n/config/a/config.yml\nlist: "+o.after+"\n")
		changes := throughJSON(t, c.Compare(old, new).Changes)
		var ops []diff.Op
		for _, change := range changes {
			ops = append(ops, change.Op)
		}
		if !reflect.DeepEqual(ops, o.ops) {
			t.Errorf("%s: %v, want %v", o.name, ops, o.ops)
		}
		got, err := throughJSON(t, c.TreeOf(old, new)).Apply(changes)
		if err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
		if want := throughJSON(t, c.TreeOf(new, old)); !reflect.DeepEqual(throughJSON(t, got), want) {
			t.Errorf("%s: got %v, want %v", o.name, got, want)
		}
	}
}
