package compile_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/spec"
)

const fixtures = "../../schema/rules/testdata"

// edit is one change of one file, or of the spec: the old text is replaced, an
// empty one is appended to, "*" is the whole file.
type edit struct{ file, old, new string }

// readEdits reads lines that begin with "@ FILE", "- OLD" and "+ NEW".
func readEdits(t *testing.T, text string) []edit {
	t.Helper()
	var edits []edit
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if file, ok := strings.CutPrefix(line, "@ "); ok {
			edits = append(edits, edit{file: file})
			continue
		}
		if len(edits) == 0 || len(line) < 2 {
			t.Fatalf("%q begins with neither @, - nor +", line)
		}
		last := &edits[len(edits)-1]
		switch line[:2] {
		case "- ":
			last.old += line[2:] + "\n"
		case "+ ":
			last.new += line[2:] + "\n"
		default:
			t.Fatalf("%q begins with neither @, - nor +", line)
		}
	}
	return edits
}

func (e edit) apply(t *testing.T, text string) string {
	t.Helper()
	if e.old == "" {
		return text + "\n" + e.new
	}
	if e.old == "*\n" {
		return e.new
	}
	old := strings.TrimSuffix(e.old, "\n")
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not hold %q", e.file, old)
	}
	return strings.Replace(text, old, strings.TrimSuffix(e.new, "\n"), 1)
}

// Fixtures of a spec are about an example, or one of these that no shipped one
// is.
const (
	// gitopsExample has controllers.
	gitopsExample = "gitops"
	// sopsExample has its secrets in encrypted files. What others change would
	// make those wrong as well.
	sopsExample = "sops"
)

func exampleText(t *testing.T, name string) string {
	t.Helper()
	switch name {
	case gitopsExample:
		return exampleText(t, "hub-2.15") + "\n[gitops]\nengines = [\"argocd\", \"flux\"]\n"
	case sopsExample:
		return string(readFile(t, "../../examples/hub-2.15.toml"))
	}
	text := string(readFile(t, "../../examples/"+name+".toml"))
	head, rest, found := strings.Cut(text, "[secrets]\nprovider = \"sops\"\n")
	if !found {
		return text
	}
	_, rest, _ = strings.Cut(rest, "\nnode_recipients")
	_, rest, _ = strings.Cut(rest, "\n")
	return head + "[secrets]\nprovider = \"existing\"\n" + rest
}

// compileAs compiles a spec in the folder of the examples.
func compileAs(t *testing.T, c *compile.Compiler, text string) (compile.Site, error) {
	t.Helper()
	document, err := spec.Decode("hagen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := filepath.Abs("../../examples")
	jobs, err := c.Jobs(document, dir, "")
	if err != nil {
		return compile.Site{}, err
	}
	var site compile.Site
	err = c.EachSite(jobs[:1], func(_ int, s compile.Site) { site = s })
	return site, err
}

// told lists the rules that a broken example breaks.
func told(t *testing.T, c *compile.Compiler, example string, edits []edit) []diag.Diagnostic {
	t.Helper()
	text, files := exampleText(t, example), []edit{}
	for _, e := range edits {
		if e.file == "spec" {
			text = e.apply(t, text)
			continue
		}
		files = append(files, e)
	}
	site, err := compileAs(t, c, text)
	if len(files) == 0 {
		var list diag.List
		for _, d := range site.Warnings {
			list.Add(d)
		}
		list.Add(err)
		return diag.Flatten(list.ErrorOrNil())
	}
	if err != nil {
		t.Fatal(err)
	}
	evidence := site.Evidence
	evidence.Files = edited(t, evidence.Files, files)
	var found []diag.Diagnostic
	for _, f := range c.ArtifactFindings(evidence) {
		found = append(found, f.Diagnostic)
	}
	return found
}

// edited returns the files as text, the changes made: rules must see what is
// written, not what the compiler remembers.
func edited(t *testing.T, files artifact.Set, edits []edit) artifact.Set {
	t.Helper()
	texts := map[string]string{}
	for _, file := range files {
		texts[file.Path] = string(file.Data)
	}
	for _, e := range edits {
		text, ok := texts[e.file]
		if !ok && e.old != "" {
			t.Fatalf("there is no file %s", e.file)
		}
		if texts[e.file] = e.apply(t, text); texts[e.file] == "" {
			delete(texts, e.file)
		}
	}
	var list []artifact.File
	for path, text := range texts {
		list = append(list, artifact.File{Path: path, Data: []byte(text)})
	}
	set, err := artifact.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Each rule has a fixture: examples broken in the ways that it tells, and in
// ways that it does not.
func TestRules(t *testing.T) {
	c := newCompiler(t)
	mutations := 0
	for _, id := range c.RuleIDs() {
		if id == compile.RuleWaiverExpired {
			continue // TestExpiredWaivers
		}
		archive, err := txtar.ParseFile(filepath.Join(fixtures, id+".txtar"))
		if err != nil {
			t.Errorf("%s has no fixture: %v", id, err)
			continue
		}
		example := strings.TrimSpace(strings.TrimPrefix(string(archive.Comment), "example "))
		for _, section := range archive.Files {
			t.Run(id+" "+section.Name, func(t *testing.T) {
				mutations++
				found := told(t, c, example, readEdits(t, string(section.Data)))
				has := slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
					return d.Rule == id && !strings.Contains(d.Message, "cannot be evaluated")
				})
				if fails := strings.HasPrefix(section.Name, "fail"); has != fails {
					t.Errorf("found: %v, and told are %s", has, words(found))
				}
				for _, d := range found {
					if strings.Contains(d.Message, "cannot be evaluated") {
						t.Errorf("%s: %s", d.Rule, d.Message)
					}
				}
			})
		}
	}
	if mutations < 100 {
		t.Errorf("only %d mutations", mutations)
	}
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
	for _, file := range allExamples(t, "../../examples") {
		sites, err := compileFile(c, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, site := range sites {
			for _, d := range site.Warnings {
				if d.Severity != diag.Note {
					t.Errorf("%s: %s [%s]", file, d.Error(), d.Rule)
				}
			}
			evidence := site.Evidence
			evidence.Files = edited(t, evidence.Files, nil)
			if got, want := len(c.ArtifactFindings(evidence)), len(c.ArtifactFindings(site.Evidence)); got != want {
				t.Errorf("%s: %d findings from the text, %d from the values", file, got, want)
			}
		}
	}
}

// hagen sets up no replication between registries: all instances share one
// storage. With three registries, mutual replication makes a ring.
func TestNoReplication(t *testing.T) {
	c := newCompiler(t)
	for _, file := range allExamples(t, "../../examples") {
		sites, err := compileFile(c, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, site := range sites {
			for _, f := range site.Files {
				if strings.Contains(string(f.Data), "replication/policies") || strings.Contains(string(f.Data), "policies/replication") {
					t.Errorf("%s sets up replication", f.Path)
				}
			}
		}
	}
}
