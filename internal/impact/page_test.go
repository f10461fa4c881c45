package impact_test

import (
	"flag"
	"os"
	"testing"

	"hagen/internal/impact"
	"hagen/schema"
)

var update = flag.Bool("update", false, "write docs/impact.md")

// TestPage holds that docs/impact.md is what the rules make.
func TestPage(t *testing.T) {
	got, err := impact.Page(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/impact.md"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != string(got) {
		t.Errorf("docs/impact.md is stale (%v): go test ./internal/impact -update", err)
	}
}
