package editors

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// schemaOfSARIF is the one of OASIS, which go-sarif holds as a constant of its
// own.
func schemaOfSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING && len(literal.Value) > len(text) {
			text = literal.Value
		}
		return true
	})
	if text, err = strconv.Unquote(text); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("sarif.json")
}

// readSARIF holds a log against the schema and reads it.
func readSARIF(t *testing.T, schema *jsonschema.Schema, data []byte) *sarif.Report {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if err := schema.Validate(value); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	report, err := sarif.FromBytes(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return report
}

// Errors, warnings, waived notes and findings without a line, and none at all.
func TestSARIF(t *testing.T) {
	text, err := os.ReadFile(root + "/examples/hub-vm.toml")
	if err != nil {
		t.Fatal(err)
	}
	schema := schemaOfSARIF(t)
	if schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{"tool": "hagen"}}}) == nil {
		t.Fatal("the schema takes anything")
	}
	for name, test := range map[string]struct {
		more    string
		results int
		level   string
	}{
		"nothing":             {"", 0, ""},
		"an error":            {"\n[trivy]\nenabled = true\n", 1, "error"},
		"no value":            {"\n[kubernetes]\nversion = 1.34\n", 1, "error"},
		"a waiver of nothing": {"\n[[waive]]\nrule = \"HG040\"\nreason = \"none\"\n", 1, "warning"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "hub 1.toml"), append(text, test.more...))
			report := readSARIF(t, schema, hagen(t, dir, "validate", "--format", "sarif", "hub 1.toml"))
			if len(report.Runs) != 1 || len(report.Runs[0].Results) != test.results {
				t.Fatalf("%d runs, results %+v", len(report.Runs), report.Runs[0].Results)
			}
			for _, r := range report.Runs[0].Results {
				place := r.Locations[0].PhysicalLocation
				if r.Level != test.level || !strings.HasSuffix(*place.ArtifactLocation.URI, "hub%201.toml") {
					t.Errorf("%s at %s", r.Level, *place.ArtifactLocation.URI)
				}
			}
		})
	}
}

// Of artifacts the log names the file and what is waived.
func TestSARIFOfArtifacts(t *testing.T) {
	report := readSARIF(t, schemaOfSARIF(t), hagen(t, root, "validate", "--format", "sarif", "examples/overlay.toml"))
	if n := len(report.Runs[0].Results); n != 2 {
		t.Fatalf("%d results", n)
	}
	for _, r := range report.Runs[0].Results {
		name := *r.Locations[0].LogicalLocations[0].FullyQualifiedName
		if len(r.Suppressions) != 1 || !strings.HasPrefix(name, "overlay/kubernetes/deployment-jobservice.yaml: spec.") {
			t.Errorf("%+v", r)
		}
	}
}
