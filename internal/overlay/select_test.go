package overlay

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

// TestSelection says which features send only what they touch; TestSameAsKustomize
// says that the outcome is the same.
func TestSelection(t *testing.T) {
	want := map[string][]string{
		"strategic-merge":        {"Bundle/node1", "Deployment/core"},
		"strategic-merge-delete": {"Deployment/core", "Service/core"},
		"json6902":               {"Bundle/node1", "Service/core"},
		"json6902-regex-target":  {"Deployment/core", "ReplicationController/registry-rc"},
		"images":                 {"Bundle/node1", "Deployment/core", "ReplicationController/registry-rc"},
		"replicas":               {"Deployment/core", "ReplicationController/registry-rc", "Service/core"},
		"generator-merge":        {"ConfigMap/core-env"},
		"awkward-texts":          {"ConfigMap/awkward", "Widget/awkward"},
		"images-everywhere":      {"Bundle/node1", "CronJob/collect", "Pod/once", "StatefulSet/trivy", "Widget/widget"},
		"annotations-by-kind":    {"ConfigMap/one", "Widget/bare", "Widget/one"},
		"replicas-everywhere":    {"Deployment/one", "ReplicaSet/one", "ReplicationController/one", "StatefulSet/one", "Widget/one"},
	}
	cases, _ := filepath.Glob("testdata/same/*.txtar")
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		dir, objects := unpack(t, file)
		e := engine()
		tree, err := e.tree([]Overlay{{Name: "overlay", Dir: filepath.Join(dir, "overlay")}})
		if err != nil {
			t.Fatal(err)
		}
		touched := tree.selectTouched(tree.overlays)
		if touched.all != (want[name] == nil) {
			t.Errorf("%s: all objects are sent: %v", name, touched.all)
		} else if got := ids(touched.part(objects)); want[name] != nil && !slices.Equal(got, want[name]) {
			t.Errorf("%s: got %v, want %v", name, got, want[name])
		}
	}
}

func ids(objects []artifact.Object) []string {
	var out []string
	for _, object := range objects {
		out = append(out, object.ID())
	}
	slices.Sort(out)
	return out
}

// A patch that changes a name changes what others must refer to.
func TestRenamingPatchesSendAll(t *testing.T) {
	for _, patch := range []string{
		`[{"op": "replace", "path": "/metadata/name", "value": "x"}]`,
		"- op: replace\n  path: /metadata/name\n  value: x\n",
		"- {op: add, path: /metadata, value: {name: x}}\n",
		"- op: replace\n  path: '/kind'\n  value: x\n",
		"- op: replace\n  path: \"\"\n  value: {}\n",
	} {
		if (&selection{}).selectPatch([]byte(patch), &target{Kind: "Deployment"}) {
			t.Errorf("taken for harmless: %s", patch)
		}
	}
}
