package schema

import (
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	data, err := FS.ReadFile("spec.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	root, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	var check func(f *Field, path string)
	check = func(f *Field, path string) {
		for _, field := range f.Fields {
			name := strings.TrimPrefix(path+"."+field.Name, ".")
			line := Line(name)
			if line == 0 || !strings.Contains(lines[line-1], `"`+field.Name+`"`) {
				t.Errorf("%s: line %d", name, line)
				continue
			}
			seen++
			begin, _, _ := strings.Cut(field.Description[:min(30, len(field.Description))], `"`)
			if !strings.Contains(strings.Join(lines[line-1:min(len(lines), line+8)], "\n"), begin) {
				t.Errorf("%s: line %d is another field", name, line)
			}
			if field.Name != "environment" {
				check(field, name)
			}
			if field.IsTableList() {
				check(field.Items, name)
			}
		}
	}
	check(root, "")
	if seen < 100 || Line("no.such") != 0 {
		t.Errorf("%d fields", seen)
	}
}
