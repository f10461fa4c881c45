package bundle

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"hagen/internal/artifact"
)

// set makes files from alternating paths and contents.
func set(t *testing.T, pairs ...string) artifact.Set {
	t.Helper()
	var files []artifact.File
	for i := 0; i < len(pairs); i += 2 {
		files = append(files, artifact.File{Path: pairs[i], Data: []byte(pairs[i+1])})
	}
	s, err := artifact.NewSet(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var manifest = Manifest{Name: "hub", Harbor: "2.15.2", Hagen: "test"}

// write stages and commits one folder.
func write(out, name string, s artifact.Set) (Changes, error) {
	w, err := Open(out)
	if err != nil {
		return Changes{}, err
	}
	defer w.Close()
	changes, err := w.Stage(name, s, manifest)
	if err != nil {
		return changes, err
	}
	return changes, w.Commit()
}

func mustWrite(t *testing.T, out, name string, s artifact.Set) Changes {
	t.Helper()
	changes, err := write(out, name, s)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestWriteReplacesWhatHagenMade(t *testing.T) {
	out := t.TempDir()
	first := mustWrite(t, out, "hub", set(t, "a", "1", "b/c", "2", "old/only", "3"))
	if len(first.Added) != 4 || first.Unchanged != 0 {
		t.Errorf("first build: %+v", first)
	}
	second := mustWrite(t, out, "hub", set(t, "a", "1", "b/c", "changed", "new", "4"))
	want := Changes{Added: []string{"new"}, Changed: []string{"b/c", ManifestName}, Removed: []string{"old/only"}, Unchanged: 1}
	if !reflect.DeepEqual(second, want) {
		t.Errorf("second build: got %+v, want %+v", second, want)
	}
	if _, err := os.Stat(filepath.Join(out, "hub", "old")); err == nil {
		t.Error("the folder of the removed file is still there")
	}
	if third := mustWrite(t, out, "hub", set(t, "a", "1", "b/c", "changed", "new", "4")); third.Any() {
		t.Errorf("an equal build changed something: %+v", third)
	}
}

func TestUnchangedFilesKeepTheirTimes(t *testing.T) {
	out := t.TempDir()
	mustWrite(t, out, "hub", set(t, "a", "1", "b", "2"))
	before, _ := os.Stat(filepath.Join(out, "hub/a"))
	mustWrite(t, out, "hub", set(t, "a", "1", "b", "3"))
	after, err := os.Stat(filepath.Join(out, "hub/a"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the unchanged file was written again (%v)", err)
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"in a folder without a manifest": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o644)
		},
		"beside what hagen made": func(dir string) error {
			_, err := write(filepath.Dir(dir), "hub", set(t, "a", "1"))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o644))
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := t.TempDir()
			dir := filepath.Join(out, "hub")
			os.Mkdir(dir, 0o755)
			if err := prepare(dir); err != nil {
				t.Fatal(err)
			}
			_, err := write(out, "hub", set(t, "a", "2"))
			var foreign *ForeignError
			if !errors.As(err, &foreign) || len(foreign.Paths) != 1 || foreign.Paths[0] != "notes.txt" {
				t.Fatalf("got %v", err)
			}
			if data, _ := os.ReadFile(filepath.Join(dir, "notes.txt")); string(data) != "mine" {
				t.Error("the foreign file was touched")
			}
		})
	}
}

// A merge may take the manifest of one side and the files of both.
func TestWantedFilesAreNotForeign(t *testing.T) {
	out := t.TempDir()
	mustWrite(t, out, "hub", set(t, "a", "1"))
	beside := filepath.Join(out, "hub/b")
	os.WriteFile(beside, []byte("2"), 0o644)
	changes := mustWrite(t, out, "hub", set(t, "a", "1", "b", "2"))
	if !reflect.DeepEqual(changes.Changed, []string{"manifest.json"}) || len(changes.Added)+len(changes.Removed) != 0 {
		t.Errorf("got %+v", changes)
	}
	os.WriteFile(filepath.Join(out, "hub/c"), []byte("mine"), 0o644)
	if _, err := write(out, "hub", set(t, "a", "1", "b", "2", "c", "3")); err == nil {
		t.Error("a file with another content was overwritten")
	}
}

func TestFileEditedByHandIsStale(t *testing.T) {
	out := t.TempDir()
	s := set(t, "a", "1")
	mustWrite(t, out, "hub", s)
	os.WriteFile(filepath.Join(out, "hub/a"), []byte("edited"), 0o644)
	changes, err := Compare(filepath.Join(out, "hub"), s, manifest)
	if err != nil || !reflect.DeepEqual(changes.Changed, []string{"a"}) {
		t.Errorf("got %+v, %v", changes, err)
	}
}

func TestCloseWithoutCommitLeavesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "new")
	w, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Stage("hub", set(t, "a", "1"), manifest); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if _, err := os.Stat(out); err == nil {
		t.Error("the output folder was left behind")
	}
}

func TestRecoverAfterAKill(t *testing.T) {
	t.Run("between the two renames", func(t *testing.T) {
		out := t.TempDir()
		mustWrite(t, out, "hub/prod", set(t, "a", "1"))
		if err := os.Rename(filepath.Join(out, "hub/prod"), filepath.Join(out, backupPrefix+"hub+prod")); err != nil {
			t.Fatal(err)
		}
		if changes := mustWrite(t, out, "hub/prod", set(t, "a", "1")); changes.Any() {
			t.Errorf("the old folder did not come back: %+v", changes)
		}
	})
	t.Run("before the old folder was gone", func(t *testing.T) {
		out := t.TempDir()
		mustWrite(t, out, "hub", set(t, "a", "1"))
		os.MkdirAll(filepath.Join(out, stagePrefix+"hub", "half"), 0o755)
		os.MkdirAll(filepath.Join(out, backupPrefix+"hub", "half"), 0o755)
		mustWrite(t, out, "hub", set(t, "a", "2"))
		entries, _ := os.ReadDir(out)
		if len(entries) != 1 {
			t.Errorf("leftovers: %v", entries)
		}
	})
}

func TestTwoBuildsAtOnce(t *testing.T) {
	out := t.TempDir()
	sets := []artifact.Set{set(t, "a", "1", "b", "1"), set(t, "a", "2", "b", "2", "c", "2")}
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i, s := range sets {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 30 {
				if _, err := write(out, "hub", s); err != nil {
					errs[i] = err
					return
				}
			}
		}()
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for _, s := range sets {
		if changes, err := Compare(filepath.Join(out, "hub"), s, manifest); err == nil && !changes.Any() {
			return
		}
	}
	t.Error("the folder is neither the one build's nor the other's")
}

func TestEnvironmentsComeAndGo(t *testing.T) {
	out := t.TempDir()
	env := func(name string) Manifest { m := manifest; m.Environment = name; return m }
	w, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"prod", "staging"} {
		if _, err := w.Stage("hub/"+name, set(t, "a", name), env(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	strays, err := Strays(out, "hub", []string{"prod"})
	if err != nil || len(strays) != 1 || strays[0] != filepath.Join("hub", "staging") {
		t.Fatalf("strays: %v, %v", strays, err)
	}
	if err := errors.Join(w.Remove(strays[0]), w.Commit(), w.Close()); err != nil {
		t.Fatal(err)
	}
	// A spec that has no environments any more takes the whole folder.
	mustWrite(t, out, "hub", set(t, "a", "plain"))
	if _, err := os.Stat(filepath.Join(out, "hub/prod")); err == nil {
		t.Error("the folder of the environment is still there")
	}
	// And back: the folder's own files go, the environment's stay.
	w, _ = Open(out)
	defer w.Close()
	if _, err := w.Stage("hub/prod", set(t, "a", "prod"), env("prod")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Commit(), w.Retire("hub")); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(filepath.Join(out, "hub"))
	if len(entries) != 1 || entries[0].Name() != "prod" {
		t.Errorf("left: %v", entries)
	}
}

func TestPathsThatLeaveTheFolder(t *testing.T) {
	for _, path := range []string{"", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", `a\b`, "a\x00"} {
		if _, err := artifact.NewSet([]artifact.File{{Path: path}}); err == nil {
			t.Errorf("%q was taken", path)
		}
	}
	if _, err := artifact.NewSet([]artifact.File{{Path: "a"}, {Path: "a/b"}}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a file that is a folder too: %v", err)
	}
}
