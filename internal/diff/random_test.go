package diff_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/diff"
)

// example reads a rendered example.
func example(t *testing.T, name string) []artifact.File {
	t.Helper()
	var files []artifact.File
	dir := filepath.Join("../../out", name)
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		relative, _ := filepath.Rel(dir, path)
		files = append(files, artifact.File{Path: filepath.ToSlash(relative), Data: data})
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

// spoil changes a few lines of a text: gone, twice, exchanged, with another
// word, moved elsewhere.
func spoil(r *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	for range 1 + r.IntN(4) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(6) {
		case 0:
			lines = slices.Delete(lines, i, i+1)
		case 1:
			lines = slices.Insert(lines, j, lines[i])
		case 2:
			lines[i], lines[j] = lines[j], lines[i]
		case 3:
			lines[i] += "x"
		default:
			lines[i] = strings.NewReplacer("0", "1", "a", "b", "-", "_").Replace(lines[i])
		}
		if len(lines) == 0 {
			return ""
		}
	}
	return strings.Join(lines, "\n")
}

// TestRandomEditsOfExamples holds the same as FuzzApply over states as they are
// in truth, with edits as hands make them, well formed or not.
func TestRandomEditsOfExamples(t *testing.T) {
	c := comparer(t)
	for _, name := range []string{"hub-2-15", "hub-k8s-1-2", "hub-vm"} {
		files := example(t, name)
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 7))
			edited := slices.Clone(files)
			for range 1 + r.IntN(6) {
				i := r.IntN(len(edited))
				if edited[i].Data = []byte(spoil(r, string(edited[i].Data))); r.IntN(8) == 0 {
					edited = slices.Delete(edited, i, i+1)
				}
			}
			leads(t, c, seed, side(t, files), side(t, edited))
		}
	}
}

func side(t *testing.T, files []artifact.File) diff.Side {
	t.Helper()
	set, err := artifact.NewSet(slices.Clone(files))
	if err != nil {
		t.Fatal(err)
	}
	return diff.Side{Registry: "hub", Files: set}
}

// told wants a change for each file whose bytes differ, even if nothing else
// does.
func told(t *testing.T, seed uint64, old, new diff.Side, changes []diff.Change) {
	t.Helper()
	named := map[string]bool{}
	for _, change := range changes {
		for _, place := range change.Places {
			named[place.File] = true
		}
	}
	for _, file := range old.Files {
		at := slices.IndexFunc(new.Files, func(f artifact.File) bool { return f.Path == file.Path })
		if at >= 0 && string(new.Files[at].Data) != string(file.Data) && !named[file.Path] && file.Path != "manifest.json" {
			t.Errorf("seed %d: %s differs, and nothing is told", seed, file.Path)
		}
	}
}

func leads(t *testing.T, c *diff.Comparer, seed uint64, old, new diff.Side) {
	t.Helper()
	changes := throughJSON(t, diff.Gather(c.Compare(old, new).Changes))
	told(t, seed, old, new, changes)
	got, err := throughJSON(t, c.TreeOf(old, new)).Apply(changes)
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, text(changes))
	}
	got, want := throughJSON(t, got), throughJSON(t, c.TreeOf(new, old))
	for key := range want {
		if !reflect.DeepEqual(sorted(got[key]), sorted(want[key])) {
			t.Errorf("seed %d: %s: got\n%s\nwant\n%s", seed, key, text(got[key]), text(want[key]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("seed %d: %d things, want %d", seed, len(got), len(want))
	}
}
