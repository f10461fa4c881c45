package impact

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diff"
)

// users finds who reads a ConfigMap, a Secret or a file.
type users struct{ model, old *diff.Model }

// use is one reader and how it reads: "env", "subpath", "mount", "self" for an
// object that is itself what runs, "none" if nobody reads it.
type use struct {
	how, kind, who, label, strategy string
	// files are the names under which the entries of a ConfigMap appear.
	files map[string]string
}

// of returns the users of what changed, at least one.
func (u *users) of(c *diff.Change) []use {
	var found []use
	switch {
	case c.Object.Kind == "ConfigMap" || c.Object.Kind == "Secret" || c.Object.Kind == "SealedSecret" || c.Object.Kind == "ExternalSecret":
		found = u.workloads(c)
	case c.Object.Kind == diff.Kept && c.Object.Target == "vm":
		found = u.materials(c)
	case c.Object.Kind == diff.Kept:
		found = u.workloads(c)
	case c.Object.Target == "vm" && c.Object.Kind == "file":
		found = u.services(c)
	default:
		return []use{u.self(c)}
	}
	if len(found) == 0 {
		return []use{{how: "none"}}
	}
	return found
}

func (u *users) self(c *diff.Change) use {
	found := use{how: "self", who: who(c.Object, c.Places[0].Node)}
	if c.Object.Kind == "service" {
		return found
	}
	if e := entity(u.model, c); e != nil {
		found.label, found.strategy = label(e), strategy(e)
	} else if e := entity(u.old, c); e != nil {
		found.label, found.strategy = label(e), strategy(e)
	}
	return found
}

func strategy(e *diff.Entity) string {
	spec := artifact.Map(artifact.Map(e.Value)["spec"])
	return cmp.Or(artifact.Text(artifact.Map(spec["strategy"])["type"]), artifact.Text(artifact.Map(spec["updateStrategy"])["type"]))
}

// label names a workload with its pods, or a service.
func label(e *diff.Entity) string {
	spec := artifact.Map(artifact.Map(e.Value)["spec"])
	switch {
	case e.Kind == "service":
		return "service " + e.Object.Name
	case spec["template"] == nil || e.Kind == "CronJob":
		return ""
	}
	text := e.Kind + " " + e.Object.Name
	switch n := spec["replicas"].(type) {
	case int64:
		if n == 1 {
			return text + " (1 pod)"
		}
		return fmt.Sprintf("%s (%d pods)", text, n)
	}
	return text
}

func (u *users) workloads(c *diff.Change) []use {
	var found []use
	names := []string{c.Object.Name}
	if c.Op == diff.Renamed {
		names = append(names, artifact.Text(c.Old))
	}
	kind, key := "Secret", keyOf(c)
	if c.Object.Kind == "ConfigMap" {
		kind = "ConfigMap"
	}
	for _, e := range u.model.Objects() {
		pod := podOf(e)
		if pod == nil || e.Object.Namespace != c.Object.Namespace {
			continue
		}
		for _, name := range names {
			for _, one := range reads(pod, kind, name, key) {
				one.kind, one.who, one.label, one.strategy = e.Kind, who(e.Object, ""), label(e), strategy(e)
				found = append(found, one)
			}
		}
	}
	return found
}

// keyOf is the entry of a ConfigMap or a Secret that a change is of, or "".
func keyOf(c *diff.Change) string {
	at := 1 // below data
	if c.Object.Kind == diff.Kept {
		at = 0
	}
	if len(c.Path) <= at {
		return ""
	}
	return diff.Step(c.Path[at])
}

func podOf(e *diff.Entity) map[string]any {
	spec := artifact.Map(artifact.Map(e.Value)["spec"])
	if e.Kind == "Pod" {
		return spec
	}
	if e.Kind == "CronJob" {
		spec = artifact.Map(artifact.Map(spec["jobTemplate"])["spec"])
	}
	return artifact.Map(artifact.Map(spec["template"])["spec"])
}

// reads lists how a pod reads an object; an empty key is any.
func reads(pod map[string]any, kind, name, key string) []use {
	var found []use
	volumes := volumesOf(pod, kind, name, key)
	for _, list := range []string{"initContainers", "containers"} {
		for _, item := range artifact.List(pod[list]) {
			container := artifact.Map(item)
			if inEnvironment(container, kind, name, key) {
				found = append(found, use{how: "env"})
			}
			for _, item := range artifact.List(container["volumeMounts"]) {
				mount := artifact.Map(item)
				files, ok := volumes[artifact.Text(mount["name"])]
				switch sub := artifact.Text(mount["subPath"]); {
				case !ok:
				case sub == "":
					found = append(found, use{how: "mount", files: files})
				case key == "" || files[key] == sub:
					found = append(found, use{how: "subpath", files: files})
				}
			}
		}
	}
	return found
}

func inEnvironment(container map[string]any, kind, name, key string) bool {
	ref := map[string]string{"ConfigMap": "configMap", "Secret": "secret"}[kind]
	for _, item := range artifact.List(container["envFrom"]) {
		if artifact.Map(artifact.Map(item)[ref+"Ref"])["name"] == name {
			return true
		}
	}
	for _, item := range artifact.List(container["env"]) {
		from := artifact.Map(artifact.Map(artifact.Map(item)["valueFrom"])[ref+"KeyRef"])
		if from["name"] == name && (key == "" || from["key"] == key) {
			return true
		}
	}
	return false
}

// volumesOf returns the volumes that bring an object, with the file of each
// entry.
func volumesOf(pod map[string]any, kind, name, key string) map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, item := range artifact.List(pod["volumes"]) {
		volume := artifact.Map(item)
		sources := []any{volume}
		sources = append(sources, artifact.List(artifact.Map(volume["projected"])["sources"])...)
		for _, source := range sources {
			if files, ok := filesOf(artifact.Map(source), kind, name, key); ok {
				found[artifact.Text(volume["name"])] = files
			}
		}
	}
	return found
}

func filesOf(source map[string]any, kind, name, key string) (map[string]string, bool) {
	from := artifact.Map(source["configMap"])
	if kind == "Secret" {
		from = artifact.Map(source["secret"])
	}
	if from == nil || from["name"] != name && from["secretName"] != name {
		return nil, false
	}
	files := map[string]string{}
	for _, item := range artifact.List(from["items"]) {
		entry := artifact.Map(item)
		files[artifact.Text(entry["key"])] = artifact.Text(entry["path"])
	}
	if len(files) == 0 && key != "" {
		files[key] = key
	}
	return files, key == "" || files[key] != ""
}

// materials lists the services of the same node that get a secret. It may be the
// node itself that does, to mount the storage.
func (u *users) materials(c *diff.Change) []use {
	var found []use
	for _, e := range u.model.Readers(c.Places[0].Node, c.Object.Name) {
		found = append(found, use{how: "env", kind: "service", who: who(e.Object, e.Node), label: label(e)})
	}
	if len(found) == 0 && u.model.Needs(c.Places[0].Node, c.Object.Name) {
		return []use{{how: "place"}}
	}
	return found
}

// services lists those of the same node that mount a file of the bundle.
func (u *users) services(c *diff.Change) []use {
	var found []use
	for _, e := range u.model.Services() {
		if e.Node != c.Places[0].Node {
			continue
		}
		mounts := slices.ContainsFunc(artifact.List(artifact.Map(e.Value)["volumes"]), func(item any) bool {
			source, ok := artifact.Map(item)["source"].(string)
			if !ok {
				source, _, _ = strings.Cut(artifact.Text(item), ":")
			}
			source = path.Clean(source)
			return source == c.Object.Name || strings.HasPrefix(c.Object.Name, source+"/")
		})
		if mounts {
			found = append(found, use{how: "mount", kind: "service", who: who(e.Object, e.Node), label: label(e)})
		}
	}
	return found
}
