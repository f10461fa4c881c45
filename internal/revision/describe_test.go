package revision_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"hagen/internal/revision"
)

func TestDescribe(t *testing.T) {
	t.Setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05+01:00")
	dir := repository(t, map[string]string{"hagen.toml": "a", "sites/b.toml": "b", ".gitignore": "/ignored\n"})
	specs := []string{filepath.Join(dir, "hagen.toml"), filepath.Join(dir, "sites", "b.toml")}
	got, ok := revision.Describe(specs)
	if want := "sha1:" + git(t, dir, "rev-parse", "HEAD"); !ok || got.Commit != want || got.Origin != "" {
		t.Fatalf("got %+v, %v", got, ok)
	}
	if want := time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC); !got.Time.Equal(want) {
		t.Errorf("got %v, want %v", got.Time, want)
	}
	for address, want := range map[string]string{
		"git@git.example.com:platform/registry.git":                "https://git.example.com/platform/registry",
		"ssh://git@git.example.com:2222/platform/registry.git":     "https://git.example.com/platform/registry",
		"https://me:geheim@git.example.com/platform/registry.git/": "https://git.example.com/platform/registry",
		"https://git.example.com:8443/platform/registry":           "https://git.example.com:8443/platform/registry",
		"http://git.example.com/registry":                          "http://git.example.com/registry",
		"/srv/git/registry.git":                                    "",
		"../registry":                                              "",
		"file:///srv/git/registry.git":                             "",
	} {
		git(t, dir, "config", "remote.origin.url", address)
		if got, ok := revision.Describe(specs); !ok || got.Origin != want {
			t.Errorf("%s: got %q, want %q", address, got.Origin, want)
		}
	}
}

// Files that are not those of one commit have none.
func TestDescribeNothing(t *testing.T) {
	write := func(path, text string) string {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dir := repository(t, map[string]string{"hagen.toml": "a", "out/a": "b", ".gitignore": "/ignored\n"})
	other := repository(t, map[string]string{"hagen.toml": "other"})
	spec := filepath.Join(dir, "hagen.toml")
	if _, ok := revision.Describe([]string{spec, filepath.Join(dir, "out")}); !ok {
		t.Fatal("a clean checkout has no commit")
	}
	for name, files := range map[string][]string{
		"no file": nil, "outside": {write(filepath.Join(t.TempDir(), "a.toml"), "")}, "two repositories": {spec, filepath.Join(other, "hagen.toml")},
		"untracked": {write(filepath.Join(dir, "new.toml"), "")}, "ignored": {write(filepath.Join(dir, "ignored", "a.toml"), "")},
	} {
		if got, ok := revision.Describe(files); ok {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	write(filepath.Join(dir, "out", "b"), "")
	if got, ok := revision.Describe([]string{filepath.Join(dir, "out")}); ok {
		t.Errorf("a folder with a new file: got %+v", got)
	}
	if _, ok := revision.Describe([]string{spec}); !ok {
		t.Error("new files elsewhere count")
	}
	write(filepath.Join(dir, "out", "a"), "changed")
	if got, ok := revision.Describe([]string{spec}); ok {
		t.Errorf("a changed file: got %+v", got)
	}
}
