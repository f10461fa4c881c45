package conform

import (
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
