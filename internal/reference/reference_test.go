package reference_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/reference"
	"hagen/schema"
)

var update = flag.Bool("update", false, "write the page")

func TestPageIsFresh(t *testing.T) {
	want, err := reference.Page()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "..", "docs", "reference.md")
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/reference.md is stale: go test ./internal/reference -update")
	}
}

func TestPageNamesEveryTableAndField(t *testing.T) {
	page, err := reference.Page()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := schema.Spec()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range spec.Fields {
		for _, below := range f.Fields {
			if !below.IsTable() && !below.IsTableList() && !below.IsTableMap() && !bytes.Contains(page, []byte("| `"+below.Name+"` |")) {
				t.Errorf("%s.%s has no row", f.Name, below.Name)
			}
		}
	}
	for _, want := range []string{
		"\n## [registry.tls]\n", "\n## [[vm.nodes]]\n", "\n## [components.NAME.resources.limits]\n",
		"\n## [environment.NAME]\n", "| `host` | a DNS name", "| **required** |", "*Harbor 1.x only.*",
	} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

// A row that lacks a cell, or has one too many, shows as garbage.
func TestRowsAreWhole(t *testing.T) {
	page, err := reference.Page()
	if err != nil {
		t.Fatal(err)
	}
	columns := 0
	for _, line := range strings.Split(string(page), "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		bars := strings.Count(line, "|") - strings.Count(line, `\|`)
		if columns != 0 && bars != columns {
			t.Errorf("%d bars and not %d: %s", bars, columns, line)
		}
		columns = bars
	}
}
