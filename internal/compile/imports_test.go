package compile_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed says what each package may import of hagen. A package that is not
// listed is a stage: it knows the leaves and its own embedded folder.
var allowed = map[string][]string{
	"internal/artifact":  {},
	"internal/diag":      {},
	"internal/overlay":   {"internal/artifact", "internal/diag", "overlays"},
	"internal/scaffold":  {"internal/artifact", "internal/diag", "schema"},
	"internal/conform":   {"internal/artifact", "internal/diag", "schema"},
	"internal/reference": {"internal/artifact", "internal/diag", "schema"},
	"internal/compile": {
		"internal/artifact", "internal/bundle", "internal/conform", "internal/diag", "internal/overlay", "internal/registry",
		"internal/render", "internal/rule", "internal/secret", "internal/site", "internal/spec", "internal/unwrap", "internal/validate",
		"jsonnet", "overlays", "schema",
	},
	"internal/render/bake": {"internal/render"},
	"internal/rule/bake":   {"internal/diag", "internal/rule"},
	"internal/lock":        {},
	"internal/sopstest":    {"internal/lock"},
	"internal/bundle":      {"internal/artifact", "internal/diag", "internal/lock"},
	"internal/material":    {"internal/artifact", "internal/diag", "internal/secret"},
	"internal/diff":        {"internal/artifact", "internal/diag", "internal/parse"},
	"internal/impact":      {"internal/artifact", "internal/diff"},
	"internal/registry":    {"internal/artifact", "internal/parse"},
	"internal/review":      {"internal/diff", "internal/impact"},
	"internal/view":        {"internal/diff"},
	"internal/site":        {"internal/artifact", "internal/diag", "internal/registry", "schema"},
	"internal/vault":       {"internal/artifact", "internal/diag", "internal/lock", "internal/material", "internal/secret"},
	"jsonnet":              {}, "overlays": {}, "schema": {},
}

var leaves = []string{"internal/artifact", "internal/diag"}

// owners says which package alone may import a library; parse reads what spec
// and conform check, by the same readers.
var owners = map[string]string{
	"github.com/BurntSushi/toml":              "internal/spec internal/parse",
	"github.com/pelletier/go-toml":            "internal/spec",
	"github.com/google/go-jsonnet":            "internal/render",
	"github.com/hashicorp/go-multierror":      "internal/diag",
	"github.com/santhosh-tekuri/jsonschema":   "internal/validate",
	"sigs.k8s.io/kustomize/api":               "internal/overlay",
	"github.com/google/cel-go":                "internal/rule",
	"github.com/spf13/cobra":                  "cmd/hagen",
	"github.com/docker/distribution":          "internal/conform",
	"github.com/compose-spec/compose-go":      "internal/conform",
	"github.com/coreos/go-systemd":            "internal/conform internal/parse",
	"gopkg.in/ini.v1":                         "internal/conform internal/parse",
	"github.com/nginxinc/nginx-go-crossplane": "internal/conform internal/parse",
	"gopkg.in/yaml.v2":                        "internal/conform",
	"github.com/bitnami-labs/sealed-secrets":  "internal/vault",
	"oras.land/oras-go":                       "internal/probe internal/oci",
	"github.com/aymanbagabas/go-udiff":        "internal/diff",
	"github.com/yuin/goldmark":                "internal/site",
	"github.com/fsnotify/fsnotify":            "cmd/hagen",
}

func TestImports(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && hasOwnModule(path) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			seen++
			checkImports(t, path)
		}
		return nil
	})
	if err != nil || seen < 30 {
		t.Fatalf("%d files, %v", seen, err)
	}
}

func hasOwnModule(path string) bool {
	if path == "../.." {
		return false
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func checkImports(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	pkg, _ := filepath.Rel("../..", filepath.Dir(path))
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		for library, owner := range owners {
			if strings.HasPrefix(name, library) && !slices.Contains(strings.Fields(owner), pkg) {
				t.Errorf("%s imports %s, which belongs to %s", path, name, owner)
			}
		}
		if own, ok := strings.CutPrefix(name, "hagen/"); ok && !mayImport(pkg, own) {
			t.Errorf("%s imports %s", path, name)
		}
	}
}

func mayImport(pkg, name string) bool {
	if strings.HasPrefix(pkg, "cmd/") {
		return true
	}
	if list, ok := allowed[pkg]; ok {
		return slices.Contains(list, name)
	}
	return slices.Contains(leaves, name)
}
