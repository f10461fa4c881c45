package compile_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"hagen/internal/compile"
)

// fingerprints compiles specs and returns the digest of every file of every
// site.
func fingerprints(t *testing.T, files []string) map[string]string {
	t.Helper()
	compiler := newCompiler(t)
	out := map[string]string{}
	for _, file := range files {
		sites, err := compileFile(compiler, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, site := range sites {
			out[site.Folder+" spec"] = site.Manifest.Spec + site.Manifest.Library
			for _, f := range site.Files {
				out[site.Folder+"/"+f.Path] = f.SHA256() + f.Component
			}
		}
	}
	return out
}

func allExamples(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	return files
}

// exampleSites compiles the shipped examples.
func exampleSites(t *testing.T, c *compile.Compiler) []compile.Site {
	t.Helper()
	var all []compile.Site
	for _, file := range allExamples(t, "../../examples") {
		sites, err := compileFile(c, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all = append(all, sites...)
	}
	return all
}

// TestSameBytes compiles all examples in another order, in another folder,
// under another locale, time zone and home, on one core and on many.
func TestSameBytes(t *testing.T) {
	files := allExamples(t, "../../examples")
	want := fingerprints(t, files)
	check := func(name string, got map[string]string) {
		t.Helper()
		if len(got) != len(want) {
			t.Errorf("%s: %d files, want %d", name, len(got), len(want))
		}
		for path, sum := range want {
			if got[path] != sum {
				t.Errorf("%s: %s differs", name, path)
			}
		}
	}

	reversed := slices.Clone(files)
	slices.Reverse(reversed)
	check("another order", fingerprints(t, reversed))

	dir := filepath.Join(t.TempDir(), "with blank and ä")
	if err := os.CopyFS(dir, os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	check("another folder", fingerprints(t, allExamples(t, dir)))

	for key, value := range map[string]string{"LC_ALL": "tr_TR.UTF-8", "LANG": "C", "TZ": "Asia/Tokyo", "HOME": "/nonexistent", "USER": "x"} {
		t.Setenv(key, value)
	}
	check("another environment", fingerprints(t, files))

	cores := runtime.GOMAXPROCS(1)
	check("one core", fingerprints(t, files))
	runtime.GOMAXPROCS(8)
	check("many cores", fingerprints(t, files))
	runtime.GOMAXPROCS(cores)
}

// TestWarmWorkerMakesTheSame compiles one spec again with a worker that has
// compiled others before.
func TestWarmWorkerMakesTheSame(t *testing.T) {
	files := allExamples(t, "../../examples")
	compiler := newCompiler(t)
	worker := compiler.Worker(absolute(t, "../../examples"))
	for range 2 {
		for _, file := range files {
			for _, environment := range environmentsOf(t, file) {
				document := decodeFile(t, file)
				warm, err := worker.Compile(document, environment)
				if err != nil {
					t.Fatal(err)
				}
				cold, err := compiler.Worker(absolute(t, "../../examples")).Compile(document, environment)
				if err != nil {
					t.Fatal(err)
				}
				sameSite(t, cold, warm)
			}
		}
	}
}

func sameSite(t *testing.T, a, b compile.Site) {
	t.Helper()
	if len(a.Files) != len(b.Files) {
		t.Fatalf("%s: %d and %d files", a.Folder, len(a.Files), len(b.Files))
	}
	for i, f := range a.Files {
		if f.Path != b.Files[i].Path || string(f.Data) != string(b.Files[i].Data) {
			t.Errorf("%s/%s differs", a.Folder, f.Path)
		}
	}
}
