package conform

import (
	"reflect"
	"strings"
	"testing"

	"hagen/schema"
)

// Every type of the tables is found, at its own line, and no other.
func TestTypesAreFound(t *testing.T) {
	for _, text := range []string{schema.Artifacts.Kubernetes, schema.Artifacts.Custom, schema.Artifacts.Compose} {
		table := readTable(text)
		found := 0
		for part := range strings.SplitSeq(text, "\ntype ") {
			name := strings.Fields(part)[0]
			if found++; found == 1 {
				continue
			}
			if got := strings.Join(table.lines(name), "\n"); got != "type "+strings.TrimSuffix(part, "\n") {
				t.Errorf("the lines of %s are %s", name, got)
			}
			for _, other := range []string{name + "x", name[:len(name)-1] + "!", "!" + name, "~" + name} {
				if got := table.lines(other); got != nil {
					t.Errorf("%s is found: %s", other, got)
				}
			}
		}
		if found < 20 {
			t.Errorf("there are only %d types", found)
		}
	}
	if got := readTable("kind v1 Pod x cluster\n").lines("Pod"); got != nil {
		t.Errorf("a table without types: %s", got)
	}
}

// A kind that is looked up is the one that all kinds have, and the groups of all
// of them are known.
func TestKindsAreFound(t *testing.T) {
	for _, text := range []string{schema.Artifacts.Kubernetes, schema.Artifacts.Custom} {
		table := readTable(text)
		if len(table.kinds()) < 10 {
			t.Errorf("there are only %d kinds", len(table.kinds()))
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
