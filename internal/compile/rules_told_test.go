package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/spec"
)

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
		text, _, _ := strings.Cut(string(readFile(t, "../../examples/hub-2.15.toml")), "\n[gitops]\n")
		return text
	}
	text, _, _ := strings.Cut(string(readFile(t, "../../examples/"+name+".toml")), "\n[gitops]\n")
	head, rest, found := strings.Cut(text, "[secrets]\nprovider = \"sops\"\n")
	if !found {
		return text
	}
	_, rest, _ = strings.Cut(rest, "\nnode_recipients")
	_, rest, _ = strings.Cut(rest, "\n")
	return head + "[secrets]\nprovider = \"existing\"\n" + rest
}

// compileAs compiles a spec in a folder, as hagen validate does.
func compileAs(t *testing.T, c *compile.Compiler, dir, text string) (compile.Site, error) {
	t.Helper()
	document, err := spec.Decode("hagen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		t.Fatal(err)
	}
	jobs, err := c.Jobs(document, dir, "")
	if err != nil {
		return compile.Site{}, err
	}
	var site compile.Site
	err = c.EachSite(jobs[:1], func(_ int, s compile.Site) { site = s })
	return site, err
}

// brokenBy is the overlay that a fixture may bring: edits of the files in its
// folder.
const brokenBy = "overlays/mutation"

// told lists the rules that a broken example breaks.
func told(t *testing.T, c *compile.Compiler, example string, edits []edit) []diag.Diagnostic {
	t.Helper()
	text, dir := exampleText(t, example), "../../examples"
	var files []edit
	for _, e := range edits {
		switch name, inOverlay := strings.CutPrefix(e.file, brokenBy+"/"); {
		case e.file == "spec":
			text = e.apply(t, text)
		case inOverlay:
			if dir == "../../examples" {
				dir = examplesWithout(t, brokenBy)
				text = "overlays = [\"" + brokenBy + "\"]\n" + text
			}
			writeFile(t, filepath.Join(dir, brokenBy, name), e.apply(t, ""))
		default:
			files = append(files, e)
		}
	}
	site, err := compileAs(t, c, dir, text)
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

// examplesWithout copies the examples and makes a folder that they do not have.
func examplesWithout(t *testing.T, folder string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
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
