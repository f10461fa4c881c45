package review_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"hagen/internal/diff"
)

// verdict is a change of one object of the cluster and whether it is called
// refused. test/e2e-gitops holds these against API servers.
type verdict struct {
	Name    string `json:"name"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Refused bool   `json:"refused"`
}

// TestVerdictsAreFresh keeps testdata/verdicts.json.
func TestVerdictsAreFresh(t *testing.T) {
	var list []verdict
	r := reviewer(t)
	for _, c := range slices.Concat(clusterChanges, objectChanges, machineChanges, fieldChanges(t)) {
		old, new := c.sides(t)
		file := onlyObject(old, new)
		if file == "" || c.refused != "" { // a cluster has judged it already
			continue
		}
		report := r.Report(old, new)
		list = append(list, verdict{cmp.Or(c.name, c.rule), textOf(old, file), textOf(new, file), slices.ContainsFunc(report.Changes, refused)})
	}
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(list); err != nil {
		t.Fatal(err)
	}
	const path = "testdata/verdicts.json"
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(want, got.Bytes()) || len(list) < 200 {
		t.Errorf("%d verdicts, %v: go test ./internal/review -update", len(list), err)
	}
}

// refused tells a change that the API server refuses, whatever else it does.
func refused(c diff.Change) bool {
	return c.Impact == diff.Refused || slices.ContainsFunc(c.Also, func(also string) bool { return strings.HasPrefix(also, "refused:") })
}

// onlyObject returns the manifest that alone differs, if it is on both sides.
func onlyObject(old, new diff.Side) string {
	found := ""
	for _, file := range old.Files {
		if textOf(new, file.Path) == string(file.Data) {
			continue
		}
		if found != "" || !strings.HasPrefix(file.Path, "kubernetes/") || strings.HasSuffix(file.Path, "kustomization.yaml") {
			return ""
		}
		found = file.Path
	}
	if textOf(new, found) == "" || len(old.Files) != len(new.Files) {
		return ""
	}
	return found
}

func textOf(side diff.Side, path string) string {
	for _, file := range side.Files {
		if file.Path == path {
			return string(file.Data)
		}
	}
	return ""
}
