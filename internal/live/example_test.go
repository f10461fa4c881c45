package live

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

// exampleFiles are those of all examples; each keeps its folder.
func exampleFiles(t *testing.T) artifact.Set {
	t.Helper()
	var set artifact.Set
	for _, pattern := range []string{"kubernetes", "secrets"} {
		paths, err := filepath.Glob("../../out/*/" + pattern + "/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(path, "kustomization.yaml") {
				set = append(set, artifact.File{Path: pattern + "/" + filepath.Base(path), Data: data})
			}
		}
	}
	return set
}
