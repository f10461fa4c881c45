package compile_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"hagen/internal/compile"
	"hagen/internal/diag"
)

const fixtures = "../../schema/rules/testdata"

// Each rule has a fixture: examples broken in the ways that it tells, and in
// ways that it does not.
func TestRules(t *testing.T) {
	c := newCompiler(t)
	mutations := 0
	for _, id := range c.RuleIDs() {
		if id == compile.RuleWaiverExpired || id == compile.RuleCertificateEnded {
			continue // TestOutdated
		}
		archive, err := txtar.ParseFile(filepath.Join(fixtures, id+".txtar"))
		if err != nil {
			t.Errorf("%s has no fixture: %v", id, err)
			continue
		}
		example := strings.TrimSpace(strings.TrimPrefix(string(archive.Comment), "example "))
		kinds := map[bool]int{}
		for _, section := range archive.Files {
			fails := strings.HasPrefix(section.Name, "fail")
			kinds[fails]++
			t.Run(id+" "+section.Name, func(t *testing.T) {
				mutations++
				found := told(t, c, example, readEdits(t, string(section.Data)))
				has := slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
					return d.Rule == id && !strings.Contains(d.Message, "cannot be evaluated")
				})
				if has != fails {
					t.Errorf("found: %v, and told are %s", has, words(found))
				}
				for _, d := range found {
					if strings.Contains(d.Message, "cannot be evaluated") {
						t.Errorf("%s: %s", d.Rule, d.Message)
					}
				}
				checkPlaces(t, id, section.Data, found)
				if !fails && onlySpec(section.Data) && slices.ContainsFunc(found, isError) {
					t.Errorf("nothing is passed by a spec that is refused: %s", words(found))
				}
			})
		}
		if kinds[true] == 0 || kinds[false] == 0 {
			t.Errorf("%s has %d that fail and %d that pass", id, kinds[true], kinds[false])
		}
	}
	if mutations < 100 {
		t.Errorf("only %d mutations", mutations)
	}
}

// checkPlaces demands the line of the spec from what a spec breaks, and the
// overlay from what an overlay breaks.
func checkPlaces(t *testing.T, id string, section []byte, found []diag.Diagnostic) {
	t.Helper()
	byOverlay := strings.Contains(string(section), "@ "+brokenBy+"/")
	for _, d := range found {
		if d.Rule != id || !byOverlay && !onlySpec(section) {
			continue
		}
		if d.Place.Line == 0 {
			t.Errorf("%s has no line", d.Error())
		}
		if byOverlay && (d.Place.Line != 1 || !strings.Contains(d.Origin, brokenBy)) {
			t.Errorf("%s stands at %s, %q, not at the overlay", d.Error(), d.Place, d.Origin)
		}
	}
}

func isError(d diag.Diagnostic) bool { return d.Severity == diag.Error }

// onlySpec tells whether a fixture leaves the artifacts alone.
func onlySpec(section []byte) bool {
	return strings.Count("\n"+string(section), "\n@ ") == strings.Count("\n"+string(section), "\n@ spec\n")
}

func words(found []diag.Diagnostic) string {
	var out []string
	for _, d := range found {
		out = append(out, fmt.Sprintf("%s: %.120s", d.Rule, d.Error()))
	}
	return strings.Join(out, "\n")
}

// Every fixture belongs to a rule.
func TestNoStrayFixtures(t *testing.T) {
	ids := newCompiler(t).RuleIDs()
	names, err := filepath.Glob(filepath.Join(fixtures, "*.txtar"))
	if err != nil || len(names) < 50 {
		t.Fatalf("%d fixtures, %v", len(names), err)
	}
	for _, name := range names {
		if id := strings.TrimSuffix(filepath.Base(name), ".txtar"); !slices.Contains(ids, id) {
			t.Errorf("%s belongs to no rule", name)
		}
	}
}

// The examples as they are break no rule, whether seen as values or as text.
func TestExamplesBreakNoRule(t *testing.T) {
	c := newCompiler(t)
	for _, site := range exampleSites(t, c) {
		for _, d := range site.Warnings {
			if d.Severity != diag.Note {
				t.Errorf("%s: %s [%s]", site.Folder, d.Error(), d.Rule)
			}
		}
		evidence := site.Evidence
		evidence.Files = edited(t, evidence.Files, nil)
		if got, want := len(c.ArtifactFindings(evidence)), len(c.ArtifactFindings(site.Evidence)); got != want {
			t.Errorf("%s: %d findings from the text, %d from the values", site.Folder, got, want)
		}
	}
}
