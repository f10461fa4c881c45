package compile_test

import (
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

var (
	seedRow  = regexp.MustCompile(`(?m)^\| (\d+) \|`)
	seedPath = regexp.MustCompile("`(hub-[a-z0-9-]+/[^` ]+)`")
	seedFile = regexp.MustCompile("`((?:examples|jsonnet|test|internal|image)/[^` ]+|Dockerfile)`")
)

// docs/seeds.md answers every item of the founding documents, in order, and
// what it points at exists.
func TestSeedsTable(t *testing.T) {
	text := string(readFile(t, "../../docs/seeds.md"))
	rows := seedRow.FindAllStringSubmatch(text, -1)
	if len(rows) != 170 {
		t.Errorf("%d items, not 170", len(rows))
	}
	for i, row := range rows {
		if row[1] != strconv.Itoa(i+1) {
			t.Fatalf("item %s stands in the place of %d", row[1], i+1)
		}
	}
	rendered := exampleFiles(t)
	for _, match := range seedPath.FindAllStringSubmatch(text, -1) {
		if !rendered[match[1]] {
			t.Errorf("no example renders %s", match[1])
		}
	}
	for _, match := range seedFile.FindAllStringSubmatch(text, -1) {
		if found, _ := filepath.Glob("../../" + match[1]); len(found) == 0 {
			t.Errorf("there is no %s", match[1])
		}
	}
}

// exampleFiles holds the paths of everything that the examples render to.
func exampleFiles(t *testing.T) map[string]bool {
	t.Helper()
	examples, err := filepath.Glob("../../examples/hub-*.toml")
	if err != nil || len(examples) < 4 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	compiler := newCompiler(t)
	found := map[string]bool{}
	for _, example := range examples {
		sites, err := compileFile(compiler, example)
		if err != nil {
			t.Fatalf("%s: %v", example, err)
		}
		for _, site := range sites {
			for _, file := range site.Files {
				found[path.Join(filepath.ToSlash(site.Folder), file.Path)] = true
			}
		}
	}
	return found
}
