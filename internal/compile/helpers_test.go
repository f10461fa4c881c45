package compile_test

import (
	"os"
	"path/filepath"
	"testing"

	"hagen/internal/spec"
)

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func decodeFile(t *testing.T, file string) *spec.Document {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	document, err := spec.Decode(filepath.Base(file), src)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// environmentsOf returns what hagen build makes of a spec: its environments,
// or the spec itself.
func environmentsOf(t *testing.T, file string) []string {
	t.Helper()
	if names := decodeFile(t, file).Environments(); len(names) > 0 {
		return names
	}
	return []string{""}
}
