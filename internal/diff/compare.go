// Package diff compares two states of a registry as objects, not as lines: two
// sets of files go in, a list of changes comes out, each with its place, the
// old and the new value. Values that are secret never leave it: what it hands
// out says that they changed, and their fingerprints.
package diff

import (
	"bytes"
	"cmp"
	"io/fs"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// Comparer compares pairs of states. It is safe for concurrent use.
type Comparer struct {
	lists Lists
}

// NewComparer reads what it needs from the folder of the schema.
func NewComparer(folder fs.FS) (*Comparer, error) {
	lists, err := ReadLists(folder)
	return &Comparer{lists}, err
}

// Comparison is the difference of two states with the states themselves.
type Comparison struct {
	Old, New *Model
	Changes  []Change
}

// Compare lists what differs, in the order of files and paths. What stands
// alike in several places is one change.
func (c *Comparer) Compare(old, new Side) Comparison {
	x := Comparison{Old: newModel(old, c.lists), New: newModel(new, c.lists)}
	before, now := differing(old.Files, new.Files)
	pairs := pair(entitiesOf(x.Old, before, x.New), entitiesOf(x.New, now, x.Old))
	for _, p := range pairs {
		changes := c.changes(p)
		if p.old != nil && p.new != nil && new.Refused[p.new.File] != "" {
			changes = slices.DeleteFunc(changes, func(c Change) bool { return c.Op == Removed })
		}
		x.Changes = append(x.Changes, changes...)
	}
	x.Changes = append(x.Changes, reformatted(pairs, x.Changes)...)
	follow(x.Changes, pairs)
	slices.SortStableFunc(x.Changes, byPlace)
	return x
}

// Gather joins changes that are alike in several places; it is called when
// each has its verdict.
func Gather(changes []Change) []Change {
	var out []Change
	seen := map[string]int{}
	for _, change := range changes {
		key := likenessKey(change)
		if at, ok := seen[key]; ok {
			out[at].Places = append(out[at].Places, change.Places...)
			for _, who := range change.Concerns {
				if !slices.Contains(out[at].Concerns, who) {
					out[at].Concerns = append(out[at].Concerns, who)
				}
			}
			continue
		}
		seen[key] = len(out)
		out = append(out, change)
	}
	return out
}

func likenessKey(c Change) string {
	return strings.Join([]string{
		c.Object.Target, c.Object.Kind, c.Object.Namespace, c.Object.Name, c.Path.String(), string(c.Op), identity(c.Old), identity(c.New), c.Rule, c.Impact.String(),
	}, "\x00")
}

// manifest lists what the others are; it follows from them.
const manifest = "manifest.json"

// differing returns the files of each side that the other has not, or has with
// other bytes.
func differing(old, new artifact.Set) (before, now []string) {
	other := map[string]artifact.File{}
	for _, file := range new {
		other[file.Path] = file
	}
	same := map[string]bool{manifest: true}
	for _, file := range old {
		twin, ok := other[file.Path]
		if ok && twin.Executable == file.Executable && bytes.Equal(twin.Data, file.Data) {
			same[file.Path] = true
		} else if !same[file.Path] {
			before = append(before, file.Path)
		}
	}
	for _, file := range new {
		if !same[file.Path] {
			now = append(now, file.Path)
		}
	}
	return before, now
}

// entitiesOf reads files. The bundle of a node that the other side does not
// have is one thing.
func entitiesOf(m *Model, files []string, other *Model) []*Entity {
	theirs := other.nodes()
	var all []*Entity
	bundles := map[string]*Entity{}
	for _, file := range files {
		node := nodeOf(file)
		if node == "" || theirs[node] {
			all = append(all, slices.DeleteFunc(slices.Clone(m.Entities(file)), func(e *Entity) bool { return e.untold(other, theirs) })...)
			continue
		}
		if bundles[node] == nil {
			bundles[node] = &Entity{
				Object: Object{Target: vm, Kind: "bundle", Name: node}, Place: Place{Node: node, File: "compose/" + node}, Value: map[string]any{},
			}
			all = append(all, bundles[node])
		}
		for _, e := range m.Entities(file) {
			bundles[node].Value.(map[string]any)[e.Kind+" "+e.Object.Name] = e.Value
		}
	}
	return all
}

// untold tells what only the other side can say something of: of a registry or a
// machine that comes or goes, its runbook tells what secrets it needs.
func (e *Entity) untold(other *Model, theirs map[string]bool) bool {
	return e.Kind == Kept && (other.Absent || e.Node != "" && !theirs[e.Node])
}

// nodes are the machines that a side has bundles for.
func (m *Model) nodes() map[string]bool {
	found := map[string]bool{}
	for _, file := range m.Files {
		if node := nodeOf(file.Path); node != "" {
			found[node] = true
		}
	}
	return found
}

func nodeOf(file string) string {
	if parts := strings.SplitN(file, "/", 3); len(parts) == 3 && inBundle(file) {
		return parts[1]
	}
	return ""
}

// reformatted tells of files whose bytes differ and whose meaning does not.
func reformatted(pairs []pairing, changes []Change) []Change {
	told := map[string]bool{}
	for _, change := range changes {
		told[change.Places[0].File] = true
	}
	var more []Change
	for _, p := range pairs {
		if p.old == nil || p.new == nil || told[p.new.File] {
			continue
		}
		told[p.new.File] = true
		object := p.new.Object
		if object.Kind == "service" {
			object = Object{Target: vm, Kind: "project", Name: composeFile}
		}
		more = append(more, Change{Object: object, Places: []Place{p.new.Place}, Path: Path{}, Op: Reformatted})
	}
	return more
}

// changes compares the two sides of a pair.
func (c *Comparer) changes(p pairing) []Change {
	d := differ{lists: c.lists}
	switch {
	case p.old == nil:
		d.found = []Change{{Op: Added, New: canonical(p.new.Value), Path: Path{}}}
	case p.new == nil:
		d.found = []Change{{Op: Removed, Old: canonical(p.old.Value), Path: Path{}}}
	default:
		d.pair(p)
	}
	e := p.new
	if e == nil {
		e = p.old
	}
	for i := range d.found {
		d.found[i].Object = e.Object
		d.found[i].Places = []Place{e.Place}
		d.found[i].Secret = d.found[i].Secret || e.Kind == Kept || e.Kind == "Secret" && len(d.found[i].Path) == 0 || path0(d.found[i].Path) == "fingerprint"
	}
	return d.found
}

func path0(p Path) string {
	if len(p) == 0 {
		return ""
	}
	return Step(p[0])
}

func (d *differ) pair(p pairing) {
	switch old, new := p.old.Object, p.new.Object; {
	case old.Namespace != new.Namespace:
		d.add(Path{}, Renamed, old.Namespace+"/"+old.Name, new.Namespace+"/"+new.Name)
	case old.Name != new.Name:
		d.add(Path{}, Renamed, old.Name, new.Name)
	}
	if folder(p.old.File) != folder(p.new.File) && p.old.Node == p.new.Node && p.new.Kind != "file" {
		d.add(Path{}, Moved, p.old.File, p.new.File)
	}
	if p.old.executable != p.new.executable {
		d.add(Path{"(executable)"}, Changed, p.old.executable, p.new.executable)
	}
	d.values(Path{}, "", p.old.Value, p.new.Value)
}

func folder(file string) string {
	if at := strings.LastIndexByte(file, '/'); at >= 0 {
		return file[:at]
	}
	return ""
}

func byPlace(a, b Change) int {
	return cmp.Or(
		cmp.Compare(a.Places[0].File, b.Places[0].File), cmp.Compare(a.Object.Name, b.Object.Name),
		slices.CompareFunc(a.Path, b.Path, func(x, y any) int {
			i, whole := x.(int)
			j, both := y.(int)
			if whole && both {
				return cmp.Compare(i, j)
			}
			return cmp.Compare(Step(x), Step(y))
		}),
	)
}
