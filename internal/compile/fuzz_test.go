package compile_test

import (
	"os"
	"path/filepath"
	"testing"

	"hagen/internal/spec"
	"hagen/internal/validate"
	"hagen/schema"
)

// FuzzValidate hands specs of any form to the checks of the spec: whatever they
// say has a place in it, and what they take gets its defaults.
func FuzzValidate(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) < 150 {
		f.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	fields, err := validate.Load(schema.FS)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		doc, err := spec.Decode("hub.toml", []byte(src))
		if err != nil {
			return
		}
		fields.CheckEnvironments(doc.Root)
		for _, name := range append(doc.Environments(), "") {
			merged, err := doc.Environment(name)
			if err != nil {
				continue
			}
			found := fields.Check(merged.Root)
			for _, d := range found {
				if place := merged.Place(d.Path); place.Line == 0 || d.Message == "" {
					t.Errorf("%s: %q", place, d.Error())
				}
			}
			if len(found) == 0 {
				fields.Files(merged.Root)
				fields.Fill(merged.Root)
			}
		}
	})
}
