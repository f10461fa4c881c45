package revision_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/revision"
)

// repository makes a repository with one commit of files; a file whose text
// begins with -> is a link.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q", "-b", "main")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(text, "->"); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "one")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func open(t *testing.T, dir, name string) *revision.Files {
	t.Helper()
	r, err := revision.Open(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	files := r.Files()
	t.Cleanup(func() { files.Close() })
	return files
}

// odd are names that a careless reader of Git's answers stumbles over.
var odd = map[string]string{
	"a b c.toml": "1", "x:y": "2", "ä\tz": "3", "missing": "4", "deep/er/file": "5", "-flag": "6", "blob 12": "7", "quote\"d": "8", "new\nline": "9",
}

func TestReadsWhatWasCommitted(t *testing.T) {
	dir := repository(t, odd)
	for name := range odd {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("changed"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files := open(t, dir, "HEAD")
	for name, want := range odd {
		got, err := files.ReadFile(filepath.Join(dir, name))
		if strings.Contains(name, "\n") {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %v", name, err) // git reads names by lines
			}
			continue
		}
		if err != nil || string(got) != want || !files.Exists(filepath.Join(dir, name)) {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"nothing here", "deep/nothing", "deep/er/file/below", "x", "deep missing"} {
		if _, err := files.ReadFile(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
		if files.Exists(filepath.Join(dir, name)) {
			t.Errorf("%q exists", name)
		}
	}
}

func TestFolders(t *testing.T) {
	dir := repository(t, map[string]string{"a/b.yaml": "1", "a/c.yaml": "2", "a/d/e": "3", "f": "4"})
	files := open(t, dir, "main")
	names, err := files.ReadDir(filepath.Join(dir, "a"))
	if err != nil || !slices.Equal(names, []string{"b.yaml", "c.yaml", "d"}) {
		t.Errorf("%v, %v", names, err)
	}
	if !files.IsDir(dir) || !files.IsDir(filepath.Join(dir, "a/d")) || files.IsDir(filepath.Join(dir, "f")) {
		t.Error("folders are not told from files")
	}
	found, err := files.Glob(filepath.Join(dir, "a", "*.yaml"))
	if err != nil || len(found) != 2 || found[0] != filepath.Join(dir, "a/b.yaml") {
		t.Errorf("%v, %v", found, err)
	}
	folder, file, err := files.CleanedAbs(filepath.Join(dir, "a/d/../b.yaml"))
	if err != nil || folder.String() != filepath.Join(dir, "a") || file != "b.yaml" {
		t.Errorf("%s, %s, %v", folder, file, err)
	}
	var walked []string
	err = files.Walk(dir, func(path string, info fs.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			walked = append(walked, info.Name())
		}
		return err
	})
	if err != nil || !slices.Equal(walked, []string{"b.yaml", "c.yaml", "e", "f"}) {
		t.Errorf("%v, %v", walked, err)
	}
	if err := files.WriteFile(filepath.Join(dir, "f"), nil); err == nil {
		t.Error("a revision was written to")
	}
}

// Links inside of the tree are followed as they were then; others lead nowhere.
func TestLinks(t *testing.T) {
	dir := repository(t, map[string]string{
		"real/file": "text", "inside": "->real/file", "folder": "->real", "outside": "->/etc/hostname", "dangling": "->nothing", "loop": "->loop",
	})
	files := open(t, dir, "HEAD")
	for _, name := range []string{"inside", "folder/file"} {
		if got, err := files.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != "text" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"outside", "dangling", "loop"} {
		if got, err := files.ReadFile(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, err := files.ReadFile(filepath.Join(dir, "inside")); err != nil || string(got) != "text" {
		t.Errorf("after links that lead nowhere: %q, %v", got, err)
	}
}

// A folder of another repository inside has no content here.
func TestSubmodule(t *testing.T) {
	inner := repository(t, map[string]string{"file": "text"})
	dir := repository(t, map[string]string{"a": "1"})
	git(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub")
	git(t, dir, "commit", "-q", "-m", "two")
	files := open(t, dir, "HEAD")
	if files.Exists(filepath.Join(dir, "sub/file")) || files.Exists(filepath.Join(dir, "sub")) {
		t.Error("a submodule has content")
	}
	if got, err := files.ReadFile(filepath.Join(dir, "a")); err != nil || string(got) != "1" {
		t.Errorf("after a submodule: %q, %v", got, err)
	}
}

// Reading works from a linked worktree, through a link to the repository, and
// from a folder below.
func TestOtherWaysIn(t *testing.T) {
	dir := repository(t, map[string]string{"a/b": "old"})
	tree := filepath.Join(t.TempDir(), "tree")
	git(t, dir, "worktree", "add", "-q", "-b", "side", tree)
	if got, err := open(t, tree, "main").ReadFile(filepath.Join(tree, "a/b")); err != nil || string(got) != "old" {
		t.Errorf("worktree: %q, %v", got, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "a/b")); err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, filepath.Join(link, "a"), "HEAD").ReadFile(filepath.Join(link, "a/b")); err != nil || string(got) != "old" {
		t.Errorf("link: %q, %v", got, err)
	}
}

// TestNoRevision refuses what git would take for something else.
func TestNoRevision(t *testing.T) {
	dir := repository(t, map[string]string{"a": "1"})
	for _, name := range []string{"", "--all", "-h", "nowhere", "HEAD:a", "main..main", "a\nb", "HEAD^{tree}"} {
		if _, err := revision.Open(dir, name); err == nil {
			t.Errorf("%q is a revision", name)
		}
	}
	if _, err := revision.Open(t.TempDir(), "HEAD"); err == nil {
		t.Error("there is a repository where none is")
	}
	tag := git(t, dir, "rev-parse", "HEAD")
	git(t, dir, "tag", "-a", "-m", "x", "v1")
	if r, err := revision.Open(dir, "v1"); err != nil || r.Commit != tag {
		t.Errorf("an annotated tag is %s, %v", r.Commit, err)
	}
}
