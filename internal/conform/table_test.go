package conform

import (
	"reflect"
	"strings"
	"testing"

	"hagen/schema"
)

// Every type of the tables is found, at its own line, and no other.
func TestTypesAreFound(t *testing.T) {
	for _, name := range []string{"kubernetes/kubernetes.txt", "kubernetes/custom.txt", "compose/compose.txt"} {
		table, err := readTable(schema.Artifacts, name)
		if err != nil {
			t.Fatal(err)
		}
		at, found := 0, 0
		for line := range strings.SplitAfterSeq(table.text, "\n") {
			if rest, ok := strings.CutPrefix(line, "type "); ok {
				name := strings.Fields(rest)[0]
				if got := table.find(name); got != at {
					t.Errorf("%s is found at %d, it stands at %d", name, got, at)
				}
				for _, other := range []string{name + "x", name[:len(name)-1] + "!", "!" + name, "~" + name} {
					if got := table.find(other); got >= 0 {
						t.Errorf("%s is found at %d", other, got)
					}
				}
				found++
			}
			at += len(line)
		}
		if found < 20 {
			t.Errorf("%s has only %d types", name, found)
		}
	}
	if got := (&table{text: "kind v1 Pod x cluster\n"}).find("Pod"); got != -1 {
		t.Errorf("a table without types: %d", got)
	}
}

// A kind that is looked up is the one that all kinds have, and the groups of all
// of them are known.
func TestKindsAreFound(t *testing.T) {
	for _, name := range []string{"kubernetes/kubernetes.txt", "kubernetes/custom.txt"} {
		table, err := readTable(schema.Artifacts, name)
		if err != nil {
			t.Fatal(err)
		}
		if len(table.kinds()) < 10 {
			t.Errorf("%s has only %d kinds", name, len(table.kinds()))
		}
		for _, want := range table.kinds() {
			got, ok := table.kind(want.version, want.name)
			if !ok || !reflect.DeepEqual(got, want) || !table.hasGroup(groupOf(want.version)) {
				t.Errorf("%s %s is found as %v", want.version, want.name, got)
			}
			if _, ok := table.kind(want.version, want.name+"x"); ok {
				t.Errorf("%sx is found", want.name)
			}
		}
		if table.hasGroup("example.com") {
			t.Error("a group that is not there is found")
		}
	}
}
