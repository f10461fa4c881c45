package rule

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hagen/schema"
)

var update = flag.Bool("update", false, "rewrite docs/rules.md")

const page = "../../docs/rules.md"

func failures(t *testing.T) []Failure {
	t.Helper()
	data, err := schema.FS.ReadFile("failures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, err := ReadFailures(data)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func shipped(t *testing.T) *Set {
	t.Helper()
	s, err := Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// docs/rules.md is what the rules say; -update rewrites it.
func TestPageIsFresh(t *testing.T) {
	want, err := shipped(t).Reference(failures(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("docs/rules.md is stale (%v); make generate rewrites it", err)
	}
}

// Every known failure has a rule that looks for it or a test that proves it
// impossible, and the tests are there.
func TestFailuresAreAnswered(t *testing.T) {
	s, list := shipped(t), failures(t)
	if len(list) != 50 {
		t.Errorf("%d failures, not 50", len(list))
	}
	for i, f := range list {
		ids, err := s.Answers(f.Row)
		if err != nil || f.Row != i+1 {
			t.Fatalf("row %d, %v", f.Row, err)
		}
		if len(ids)+len(f.Tests) == 0 {
			t.Errorf("nothing answers failure %d, %s", f.Row, f.Title)
		}
		if len(f.Tests) > 0 && f.Why == "" {
			t.Errorf("failure %d names tests and not why", f.Row)
		}
		for _, test := range f.Tests {
			name, script, isScript := strings.Cut(test, "/")
			if out, err := exec.Command("grep", "-rl", "func "+name+"(", "../../internal", "../../cmd").Output(); err != nil || len(out) == 0 {
				t.Errorf("failure %d names %s, which is not there", f.Row, test)
			}
			if isScript {
				if _, err := os.Stat("../../cmd/hagen/testdata/script/" + script + ".txtar"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// A source is a failure of the list, an observation, an item of the founding
// documents, or named in words.
func TestSourcesAreKnown(t *testing.T) {
	s, rows := shipped(t), map[string]bool{}
	for _, id := range s.IDs() {
		r, err := s.Rule(id)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Source) == 0 {
			t.Errorf("%s has no source", id)
		}
		for _, source := range r.Source {
			kind, _, _ := strings.Cut(source, " ")
			rows[kind] = true
			if !strings.Contains(" failure observed seed gitops spec ", " "+kind+" ") {
				t.Errorf("%s has the source %q", id, source)
			}
		}
	}
	if len(rows) < 5 {
		t.Errorf("sources are of %d kinds", len(rows))
	}
}
