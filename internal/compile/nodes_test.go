package compile_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/registry"
)

// nodeFiles are files of a bundle that say something of the node itself; all
// others are the same bytes everywhere.
var nodeFiles = map[string]string{
	"docker-compose.yml":  "compared value by value",
	"RUNBOOK.md":          "names the node, its address and its directories",
	"host/fstab":          "names the mount point",
	"host/*.mount":        "is named after the mount point",
	"host/harbor.service": "names the node and the mount point",
	"host/node.list":      "says what holds on the node",
}

// nodeValues are the places of docker-compose.yml where nodes may differ, the
// mount point being taken out before.
var nodeValues = []struct {
	place *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`^services/log/volumes//var/log/docker/source$`), "the log directory"},
	{regexp.MustCompile(`^services/proxy/ports$`), "the published port"},
}

var (
	mountUnit = regexp.MustCompile(`^host/[^/]+\.mount$`)
	mountedAt = regexp.MustCompile(`(?m)^Where=(.*)$`)
)

// nodeDisparities compares the folders of all nodes with that of the first.
func nodeDisparities(t *testing.T, files artifacts) []registry.Difference {
	t.Helper()
	var found []registry.Difference
	nodes := files.folders("compose")
	for _, node := range nodes[min(1, len(nodes)):] {
		left, right := folderOf(files, nodes[0]), folderOf(files, node)
		found = append(found, registry.Compare(commonFiles(left), commonFiles(right))...)
		for _, place := range unequal(composeOf(t, left), composeOf(t, right), "") {
			if !explained(place.Fact) {
				found = append(found, place)
			}
		}
	}
	return found
}

// folderOf returns the files of one node by their path in its folder.
func folderOf(files artifacts, node string) artifacts {
	found := artifacts{}
	for name, text := range files {
		if rest, ok := strings.CutPrefix(name, "compose/"+node+"/"); ok {
			found[rest] = text
		}
	}
	return found
}

func commonFiles(files artifacts) facts {
	common := facts{}
	for name, text := range files {
		if mountUnit.MatchString(name) {
			name = "host/*.mount"
		}
		if _, own := nodeFiles[name]; own {
			text = "(of the node)"
		}
		common["file "+name] = text
	}
	return common
}

func explained(place string) bool {
	for _, value := range nodeValues {
		if value.place.MatchString(place) {
			return true
		}
	}
	return false
}

// composeOf reads docker-compose.yml with the mount point taken out and volumes
// by their target.
func composeOf(t *testing.T, files artifacts) map[string]any {
	t.Helper()
	mountPoint := ""
	for name, text := range files {
		if match := mountedAt.FindStringSubmatch(text); mountUnit.MatchString(name) && match != nil {
			mountPoint = match[1]
		}
	}
	text := strings.ReplaceAll(files["docker-compose.yml"], " "+mountPoint+"/", " /MOUNT/")
	project := decodeYAML(t, "docker-compose.yml", text)
	for _, service := range artifact.Map(project["services"]) {
		volumes := map[string]any{}
		for _, item := range artifact.List(artifact.Map(service)["volumes"]) {
			volumes[scalar(artifact.Map(item)["target"])] = item
		}
		artifact.Map(service)["volumes"] = volumes
	}
	return project
}

// unequal lists the places where two values differ.
func unequal(left, right any, place string) []registry.Difference {
	l, r := artifact.Map(left), artifact.Map(right)
	if l == nil || r == nil {
		if reflect.DeepEqual(left, right) {
			return nil
		}
		return []registry.Difference{{Fact: strings.TrimPrefix(place, "/"), Left: fmt.Sprint(left), Right: fmt.Sprint(right)}}
	}
	var found []registry.Difference
	seen := map[string]any{}
	for _, m := range []map[string]any{l, r} {
		for key := range m {
			seen[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(seen)) {
		found = append(found, unequal(l[key], r[key], place+"/"+key)...)
	}
	return found
}
