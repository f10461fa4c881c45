package review_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/diff"
	"hagen/internal/review"
	"hagen/internal/site"
	"hagen/schema"
)

// edit changes the files of a state.
type edit func(t *testing.T, files map[string]string)

// sub replaces a text, which must be there, everywhere in a file. A star in the
// name stands for every node.
func sub(file, old, new string) edit {
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		for _, name := range matching(t, files, file) {
			if !strings.Contains(files[name], old) {
				t.Fatalf("%s does not hold %q", name, old)
			}
			files[name] = strings.ReplaceAll(files[name], old, new)
		}
	}
}

func put(file, text string) edit {
	return func(_ *testing.T, files map[string]string) { files[file] = text }
}

func drop(file string) edit {
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		for _, name := range matching(t, files, file) {
			delete(files, name)
		}
	}
}

func move(from, to string) edit {
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		for _, name := range matching(t, files, from) {
			files[to] = files[name]
			delete(files, name)
		}
	}
}

func matching(t *testing.T, files map[string]string, pattern string) []string {
	t.Helper()
	var names []string
	for name := range files {
		ok, err := filepath.Match(pattern, name)
		if err != nil {
			t.Fatal(err)
		}
		if ok || strings.HasSuffix(pattern, "/") && strings.HasPrefix(name, pattern) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatalf("there is no %s", pattern)
	}
	return names
}

// change is one thing that somebody does to an example.
type change struct {
	// name is that of the golden; rule is the rule that decides.
	name, rule string
	// in is the folder below out/ that is changed.
	in string
	// given brings the example into the state before, edits into that after.
	given, edits []edit
	// from and to are versions of Harbor, if they are not the example's.
	from, to string
	// refused is a file that a cluster would not take.
	refused string
}

func (c change) sides(t *testing.T) (old, new diff.Side) {
	t.Helper()
	before := readFolder(t, filepath.Join("../../out", c.in))
	for _, e := range c.given {
		e(t, before)
	}
	after := map[string]string{}
	for name, text := range before {
		after[name] = text
	}
	for _, e := range c.edits {
		e(t, after)
	}
	old, new = sideOf(t, "before", c.in, c.from, before), sideOf(t, "after", c.in, c.to, after)
	if c.refused != "" {
		new.Refused = map[string]string{c.refused: "no"}
	}
	return old, new
}

func readFolder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if site.IsPage(filepath.ToSlash(name)) {
			return nil // hagen diff leaves them out
		}
		data, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func sideOf(t testing.TB, label, registry, harbor string, files map[string]string) diff.Side {
	t.Helper()
	var list []artifact.File
	for name, text := range files {
		list = append(list, artifact.File{Path: name, Data: []byte(text), Executable: strings.HasSuffix(name, ".sh")})
	}
	set, err := artifact.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return diff.Side{Label: label, Registry: registry, Harbor: harbor, Files: set}
}

func reviewer(t testing.TB, filters ...string) *review.Reviewer {
	t.Helper()
	var list []review.Filter
	for _, text := range filters {
		filter, err := review.ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, filter)
	}
	r, err := review.New(schema.Impact, list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
