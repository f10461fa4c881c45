package jsonnet_test

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"

	gojsonnet "github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
	"github.com/google/go-jsonnet/formatter"
	"github.com/google/go-jsonnet/linter"
	"github.com/google/go-jsonnet/toolutils"

	"hagen/internal/render"
	"hagen/jsonnet"
)

// sources returns the library's files.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(jsonnet.Library, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "sonnet") {
			return err
		}
		data, err := fs.ReadFile(jsonnet.Library, name)
		files[name] = string(data)
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}

func TestFormatted(t *testing.T) {
	for name, source := range sources(t) {
		formatted, err := formatter.Format(name, source, formatter.DefaultOptions())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if formatted != source {
			t.Errorf("%s is not formatted: run make format", name)
		}
	}
}

func TestLinted(t *testing.T) {
	for name, source := range sources(t) {
		vm := gojsonnet.MakeVM()
		vm.Importer(render.NewImporter(jsonnet.Library, ".", func(string) ([]byte, error) { return nil, fs.ErrNotExist }))
		var problems bytes.Buffer
		if linter.LintSnippet(vm, &problems, []linter.Snippet{{FileName: "hagen:/" + name, Code: source}}) {
			t.Errorf("%s", problems.String())
		}
	}
}

// slow are the functions that Jsonnet interprets in Jsonnet: 0.6 ms a call,
// where a native function costs nothing (docs/performance.md).
var slow = map[string]string{
	"mod": "% on texts", "format": "std.format", "manifestYamlDoc": "std.manifestYamlDoc",
	"manifestYamlStream": "std.manifestYamlStream", "manifestIni": "std.manifestIni",
}

func TestNoSlowFunctions(t *testing.T) {
	for name, source := range sources(t) {
		node, err := gojsonnet.SnippetToAST(name, source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		walk(node, func(n ast.Node) {
			index, ok := n.(*ast.Index)
			if !ok || !isStd(index.Target) {
				return
			}
			if key, ok := index.Index.(*ast.LiteralString); ok && slow[key.Value] != "" {
				t.Errorf("%s:%d: %s is interpreted: use a native function", name, n.Loc().Begin.Line, slow[key.Value])
			}
		})
	}
}

func isStd(node ast.Node) bool {
	v, ok := node.(*ast.Var)
	return ok && strings.Contains(string(v.Id), "std")
}

func walk(node ast.Node, visit func(ast.Node)) {
	if node == nil {
		return
	}
	visit(node)
	for _, child := range toolutils.Children(node) {
		walk(child, visit)
	}
}

func TestFilesAreSmall(t *testing.T) {
	for name, source := range sources(t) {
		if lines := strings.Count(source, "\n"); lines > 300 {
			t.Errorf("%s has %d lines: one concept a file", path.Base(name), lines)
		}
	}
}
