package impact

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diff"
)

// factsOf looks at the object around a change.
func (j *judge) factsOf(c *diff.Change) facts {
	f := facts{"size": sizeOf(c.Old, c.New), "had": yesNo(c.Old != nil), "has": yesNo(c.New != nil)}
	f["version"] = versionFact(c)
	f["default"] = yesNo(slices.ContainsFunc(j.set.Defaults, func(d Default) bool { return d.Fills(*c) }))
	f["refused"] = yesNo(j.x.New.Refused[c.Places[0].File] != "")
	f["whole"] = yesNo(len(c.Path) == 0)
	f["renamed"] = yesNo(len(c.Path) > 0 && entity(j.x.Old, c) == nil)
	f["zero"] = yesNo(c.New == int64(0))
	f["entry"] = yesNo(ofList(c.Path))
	f["keeps"] = yesNo(keeps(c.Old, c.New))
	for _, m := range []*diff.Model{j.x.Old, j.x.New} {
		if c.Object.Kind == "registry" {
			break
		}
		if e := entity(m, c); e != nil {
			objectFacts(f, artifact.Map(e.Value), m == j.x.New)
		}
	}
	if c.Object.Kind == "PersistentVolume" {
		f["folder"] = folderFact(j.before(c), entity(j.x.New, c))
	}
	return f
}

// before finds the object of a change as it was, under its old name too.
func (j *judge) before(c *diff.Change) *diff.Entity {
	name, renamed := j.named[who(c.Object, c.Places[0].Node)]
	if !renamed {
		return entity(j.x.Old, c)
	}
	for _, e := range j.x.Old.Objects() {
		if e.Kind == c.Object.Kind && e.Object.Name == name {
			return e
		}
	}
	return nil
}

// folderFact says whether two volumes show the same folder. The handle of a
// static volume is only a name for the driver: what it mounts stands in the
// attributes (ceph-csi: staticVolume and rootPath; csi-driver-nfs: server and
// share).
func folderFact(old, new *diff.Entity) string {
	if old == nil || new == nil {
		return "differs"
	}
	before, now := artifact.Map(artifact.Map(old.Value)["spec"]), artifact.Map(artifact.Map(new.Value)["spec"])
	for _, source := range []string{"cephfs", "nfs", "hostPath", "local"} {
		if before[source] != nil && reflect.DeepEqual(before[source], now[source]) {
			return "same"
		}
	}
	a, b := artifact.Map(before["csi"]), artifact.Map(now["csi"])
	attributes := artifact.Map(b["volumeAttributes"])
	static := attributes["staticVolume"] == "true" || attributes["share"] != nil
	if static && a["driver"] == b["driver"] && reflect.DeepEqual(a["volumeAttributes"], b["volumeAttributes"]) {
		return "same"
	}
	return "differs"
}

// entity finds the object of a change on a side.
func entity(m *diff.Model, c *diff.Change) *diff.Entity {
	for _, place := range c.Places {
		for _, e := range m.Entities(place.File) {
			if e.Object.Kind == c.Object.Kind && (e.Object.Name == c.Object.Name || c.Op == diff.Renamed) {
				return e
			}
		}
	}
	return nil
}

// objectFacts notes what an object says of itself; what it says on the new side
// counts, but for what makes it immutable now.
func objectFacts(f facts, object map[string]any, isNew bool) {
	spec := artifact.Map(object["spec"])
	if !isNew {
		f["immutable"] = yesNo(object["immutable"] == true)
		f["affinity"] = yesNo(spec["nodeAffinity"] != nil)
		f["was"] = artifact.Text(spec["type"])
		f["rolling"] = yesNo(artifact.Map(spec["strategy"])["rollingUpdate"] != nil)
	}
	f["elastic"] = yesNo(spec["completionMode"] == "Indexed" && spec["completions"] == spec["parallelism"])
	f["api"] = artifact.Text(object["apiVersion"])
	f["type"] = artifact.Text(spec["type"])
	if spec["storageClassName"] == "" {
		f["class"] = "static"
	}
	f["reclaim"] = artifact.Text(spec["persistentVolumeReclaimPolicy"])
	f["selector"] = "differs"
	selector, labels := artifact.Map(spec["selector"]), artifact.Map(artifact.Map(artifact.Map(spec["template"])["metadata"])["labels"])
	if matchLabels := artifact.Map(selector["matchLabels"]); matchLabels != nil {
		selector = matchLabels
	}
	matches := true
	for key, value := range selector {
		matches = matches && labels[key] == value
	}
	if matches {
		f["selector"] = "matches"
	}
}

// ofList tells whether a path leads to an entry of a list.
func ofList(path diff.Path) bool {
	if len(path) == 0 {
		return false
	}
	_, isKey := path[len(path)-1].(string)
	return !isKey
}

// keeps tells whether a list has what stood there before alone, as where a
// directive of nginx is written a second time.
func keeps(old, new any) bool {
	text, alone := old.(string)
	list, several := new.([]any)
	return alone && several && slices.Contains(list, any(text))
}

// sizeOf compares two quantities or numbers.
func sizeOf(old, new any) string {
	before, okBefore := artifact.Quantity(fmt.Sprint(old))
	now, okNow := artifact.Quantity(fmt.Sprint(new))
	switch {
	case !okBefore || !okNow || before == now:
		return ""
	case now < before:
		return "shrinks"
	}
	return "grows"
}

// versionChange tells of another version of Harbor, which no single file says.
func versionChange(x diff.Comparison) []diff.Change {
	old, new := x.Old.Harbor, x.New.Harbor
	if old == new || old == "" || new == "" {
		return nil
	}
	return []diff.Change{{
		Object: diff.Object{Kind: "registry", Name: x.New.Registry}, Places: []diff.Place{{File: "manifest.json"}},
		Path: diff.Path{"harbor"}, Op: diff.Changed, Old: old, New: new,
	}}
}

// versionFact says how far a version of Harbor moves.
func versionFact(c *diff.Change) string {
	if c.Object.Kind != "registry" {
		return ""
	}
	old, new := numbers(c.Old), numbers(c.New)
	switch {
	case old[0] != new[0]:
		return "generation"
	case new[1] < old[1] || new[1] == old[1] && new[2] < old[2]:
		return "downgrade"
	case new[1] > old[1]+2 && old[0] >= 2:
		return "jump"
	case new[1] > old[1]:
		return "minor"
	}
	return "patch"
}

func numbers(version any) [3]int {
	var out [3]int
	for i, part := range strings.SplitN(fmt.Sprint(version), ".", 3) {
		out[i], _ = strconv.Atoi(part)
	}
	return out
}
