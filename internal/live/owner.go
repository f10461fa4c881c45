package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// manner is how somebody applies an object: by that alone the API server knows
// which fields go because the manifest has them no more.
type manner struct {
	// manager is the name under which it is applied on the server's side, "" for
	// kubectl apply without --server-side.
	manager string
}

// applying is who applied an object: of several, who holds most of it. ok is
// false if nobody did.
func applying(o artifact.Object) (m manner, ok bool) {
	most := 0
	for _, entry := range managed(o) {
		fields := leaves(entry)
		by := artifact.Text(entry["manager"])
		if entry["operation"] != "Apply" || entry["subresource"] != nil {
			continue
		}
		if !ok || len(fields) > most || len(fields) == most && by < m.manager {
			m, most, ok = manner{by}, len(fields), true
		}
	}
	if !ok && o.Annotation(lastApplied) != "" {
		return manner{}, true
	}
	return m, ok
}

func managed(o artifact.Object) []map[string]any {
	var entries []map[string]any
	for _, entry := range artifact.List(artifact.Map(o["metadata"])["managedFields"]) {
		entries = append(entries, artifact.Map(entry))
	}
	return entries
}

// mostFields bounds what a note names.
const mostFields = 4

// byHand notes what somebody wrote into an object with kubectl that an apply
// leaves, for no manifest holds it.
func byHand(o artifact.Object) []string {
	applied := map[string]bool{}
	for _, entry := range managed(o) {
		if entry["operation"] == "Apply" || entry["manager"] == "kubectl-client-side-apply" {
			for _, path := range leaves(entry) {
				applied[path] = true
			}
		}
	}
	var notes []string
	for _, entry := range managed(o) {
		by := artifact.Text(entry["manager"])
		if entry["operation"] != "Update" || entry["subresource"] != nil || !strings.HasPrefix(by, "kubectl-") || by == "kubectl-create" || len(applied) == 0 {
			continue // what was made by hand has defaults too
		}
		fields := slices.DeleteFunc(leaves(entry), func(path string) bool { return applied[path] })
		if len(fields) == 0 {
			continue
		}
		notes = append(notes, fmt.Sprintf("%s: somebody wrote %s by hand (%s), which no manifest holds", name(o), diag.Some(fields, mostFields), by))
	}
	return notes
}

// leaves are the paths of the fields that an entry of managedFields holds,
// sorted.
func leaves(entry map[string]any) []string {
	var paths []string
	walk(artifact.Map(entry["fieldsV1"]), "", &paths)
	slices.Sort(paths)
	return paths
}

func walk(fields map[string]any, path string, into *[]string) {
	inside := false
	for key, below := range fields {
		if key != "." {
			inside = true
			walk(artifact.Map(below), path+step(key), into)
		}
	}
	if !inside && path != "" {
		*into = append(*into, strings.TrimPrefix(path, "."))
	}
}

// step writes f:NAME, k:{"KEY":"VALUE"}, v:VALUE or i:PLACE for people.
func step(key string) string {
	kind, text, _ := strings.Cut(key, ":")
	switch kind {
	case "f":
		if strings.ContainsAny(text, ".[]") {
			return "[" + text + "]"
		}
		return "." + text
	case "k":
		var keys map[string]any
		if json.Unmarshal([]byte(text), &keys) == nil {
			name := cmp.Or(artifact.Text(keys["name"]), artifact.Text(keys["mountPath"]))
			if name != "" {
				return "[" + name + "]"
			}
		}
	}
	return "[" + text + "]"
}
