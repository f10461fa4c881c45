package review_test

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/diff"
	"hagen/internal/impact"
	"hagen/internal/view"
	"hagen/schema"
)

var update = flag.Bool("update", false, "write the goldens")

// TestSingleChanges makes one change after the other to the examples: the rule
// that is named decides, and text and Markdown are those of the golden.
func TestSingleChanges(t *testing.T) {
	r := reviewer(t)
	for _, c := range slices.Concat(clusterChanges, objectChanges, machineChanges) {
		t.Run(cmp.Or(c.name, c.rule), func(t *testing.T) {
			old, new := c.sides(t)
			report := r.Report(old, new)
			decides := func(one diff.Change) bool {
				return one.Rule == c.rule || slices.ContainsFunc(one.Also, func(also string) bool { return strings.HasSuffix(also, reasonOf(t, c.rule)) })
			}
			if !slices.ContainsFunc(report.Changes, decides) && reasonOf(t, c.rule) != "" {
				t.Errorf("the rule %s decides nothing", c.rule)
			}
			golden(t, cmp.Or(c.name, c.rule), report)
		})
	}
}

func reasonOf(t *testing.T, id string) string {
	t.Helper()
	for _, r := range rules(t) {
		if r.ID == id {
			return r.Reason
		}
	}
	t.Fatalf("there is no rule %s", id)
	return ""
}

func rules(t *testing.T) []impact.Rule {
	t.Helper()
	set, err := impact.Load(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(set.Places, set.Settings)
}

func golden(t *testing.T, name string, report diff.Report) {
	t.Helper()
	var b strings.Builder
	if err := view.Text(&b, []diff.Report{report}, view.TextOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	short, _ := view.Markdown([]diff.Report{report}, view.MarkdownLimit, "")
	got := b.String() + "-- markdown --\n" + short
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%v; want\n%s\ngot\n%s", err, want, got)
	}
}

// TestEveryRuleHasItsChange wants a change for each rule, and each rule once.
func TestEveryRuleHasItsChange(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range slices.Concat(clusterChanges, objectChanges, machineChanges) {
		seen[c.rule] = true
	}
	known := map[string]bool{}
	for _, r := range rules(t) {
		if !seen[r.ID] {
			t.Errorf("the rule %s has no change", r.ID)
		}
		if known[r.ID] {
			t.Errorf("the rule %s is there twice", r.ID)
		}
		if known[r.ID] = true; r.Reason == "" || r.Source == "" {
			t.Errorf("the rule %s has no reason or no source", r.ID)
		}
	}
}
