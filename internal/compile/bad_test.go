package compile_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func newCompiler(t testing.TB) *compile.Compiler {
	t.Helper()
	c, err := compile.New("test", filesys.MakeFsOnDisk())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// compileFile compiles every site of a spec, as hagen build does.
func compileFile(c *compile.Compiler, file string) ([]compile.Site, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	document, err := spec.Decode(filepath.Base(file), src)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	jobs, err := c.Jobs(document, dir, "")
	if err != nil {
		return nil, err
	}
	sites := make([]compile.Site, len(jobs))
	err = c.Each(jobs, func(i int, site compile.Site) error {
		sites[i] = site
		return nil
	})
	return sites, err
}

// Every file in testdata/bad holds one mistake; messages.golden is what the
// user reads about each, in the order of the files' names.
func TestBadSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	compiler := newCompiler(t)
	var got bytes.Buffer
	for _, file := range files {
		_, err := compileFile(compiler, file)
		if err == nil {
			t.Errorf("%s was taken", file)
			continue
		}
		checkManners(t, file, err)
		diag.Print(&got, err)
		got.WriteString("\n")
	}
	golden(t, "testdata/bad/messages.golden", got.Bytes())
}

// checkManners holds every message to the same rules.
func checkManners(t *testing.T, file string, err error) {
	t.Helper()
	for _, d := range diag.Flatten(err) {
		if d.Place.File == "" || d.Place.Line == 0 || d.Place.Column == 0 {
			t.Errorf("%s: no place: %s", file, d.Error())
		}
		for _, text := range []string{d.Message, d.Reason, d.Fix} {
			if strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "...") {
				t.Errorf("%s: final period: %s", file, text)
			}
		}
		if strings.Contains(d.Message, "%!") || strings.Contains(d.Message, "map[") || strings.Contains(d.Message, "0xc0") {
			t.Errorf("%s: Go shows through: %s", file, d.Message)
		}
		if strings.Contains(d.Message, "not valid here") {
			t.Errorf("%s: says nothing: %s", file, d.Error())
		}
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what was made (go test -update rewrites it); got\n%s", file, got)
	}
}
