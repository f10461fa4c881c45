package diff

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// pairing is one thing on both sides, or on one.
type pairing struct{ old, new *Entity }

// pair finds for each entity its other state: by identity, then by a name that
// differs in a hash alone, then by likeness.
func pair(old, new []*Entity) []pairing {
	var pairs []pairing
	before, now := byIdentity(old), byIdentity(new)
	var gone, came []*Entity
	for _, e := range old {
		if now[identityOf(e)] == nil {
			gone = append(gone, e)
		}
	}
	for _, e := range new {
		if twin := before[identityOf(e)]; twin != nil {
			pairs = append(pairs, pairing{twin, e})
		} else {
			came = append(came, e)
		}
	}
	gone, came = pairBy(&pairs, gone, came, sameStem)
	gone, came = pairBy(&pairs, gone, came, sameContent)
	for _, e := range gone {
		pairs = append(pairs, pairing{old: e})
	}
	for _, e := range came {
		pairs = append(pairs, pairing{new: e})
	}
	return pairs
}

// identityOf is kind, namespace and name, or bundle and service or file. The
// version of an API is not part of it.
func identityOf(e *Entity) string {
	id := strings.Join([]string{e.Target, e.Node, e.Kind, e.Namespace, e.Object.Name}, "\x00")
	if e.Kind == "file" && e.Target == "" {
		id += e.File
	}
	return id
}

// byIdentity keeps the first of several that claim to be one thing; the others
// become files of their own.
func byIdentity(list []*Entity) map[string]*Entity {
	found := map[string]*Entity{}
	for _, e := range list {
		id := identityOf(e)
		if found[id] != nil {
			e.Object.Name += " in " + e.File
			id = identityOf(e)
		}
		found[id] = e
	}
	return found
}

func pairBy(pairs *[]pairing, gone, came []*Entity, same func(a, b *Entity) bool) (left, right []*Entity) {
	for _, e := range gone {
		at := slices.IndexFunc(came, func(other *Entity) bool { return same(e, other) })
		if at < 0 {
			left = append(left, e)
			continue
		}
		*pairs = append(*pairs, pairing{e, came[at]})
		came = slices.Delete(slices.Clone(came), at, at+1)
	}
	return left, came
}

// hashed is a name with the suffix that Kustomize makes of the content.
var hashed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.+)-[a-z0-9]{10}$`) })

// Stem is a name without the hash of the content.
func Stem(name string) string {
	if found := hashed().FindStringSubmatch(name); found != nil {
		return found[1]
	}
	return name
}

// sameStem finds ConfigMaps, Secrets and Jobs whose names carry a hash.
func sameStem(a, b *Entity) bool {
	if a.Kind != "ConfigMap" && a.Kind != "Secret" && a.Kind != "Job" || a.Kind != b.Kind || a.Namespace != b.Namespace {
		return false
	}
	return Stem(a.Object.Name) == Stem(b.Object.Name)
}

// enough is the share of leaves that a thing under a new name must keep.
const enough = 0.75

// sameContent finds what was renamed or moved: the same kind on the same node,
// alike in what it says.
func sameContent(a, b *Entity) bool {
	if a.Kind != b.Kind || a.Target != b.Target || a.Node != b.Node {
		return false
	}
	x, y := map[string]int{}, map[string]int{}
	leaves(a.Value, "", x)
	leaves(b.Value, "", y)
	equal, total := 0, 0
	for leaf, n := range x {
		equal += min(n, y[leaf])
		total += n
	}
	for _, n := range y {
		total += n
	}
	return total > 8 && 2*float64(equal)/float64(total) >= enough
}

// leaves counts the single values of a thing with their keys.
func leaves(value any, key string, into map[string]int) {
	switch v := value.(type) {
	case doc:
		leaves(v.Value, key, into)
	case map[string]any:
		for name, item := range v {
			if key != "" || name != "metadata" {
				leaves(item, name, into)
			}
		}
	case []any:
		for _, item := range v {
			leaves(item, key, into)
		}
	default:
		into[key+"\x00"+identity(value)]++
	}
}

// follow marks what is derived: checksums, and the places where the new name of
// a renamed ConfigMap or Secret is written.
func follow(changes []Change, pairs []pairing) {
	renamed := map[string]string{}
	for _, p := range pairs {
		if p.old != nil && p.new != nil && p.old.Object.Name != p.new.Object.Name && sameStem(p.old, p.new) {
			renamed[p.old.Object.Name] = p.new.Object.Name
		}
	}
	for i := range changes {
		c := &changes[i]
		old, okOld := c.Old.(string)
		new, okNew := c.New.(string)
		switch {
		case c.Object.Kind == "Kustomization" && path0(c.Path) == "resources":
			c.Follows = true
		case c.Object.Kind == "file" && strings.HasSuffix(c.Object.Name, "/"+nodeSecrets):
			c.Follows = true // secrets.list of the same bundle says what changed
		case c.Path.String() == "metadata.name":
			c.Follows = true // the object says that it was renamed
		case len(c.Path) > 0 && strings.HasSuffix(Step(c.Path[len(c.Path)-1]), "-checksum"):
			c.Follows = true
		case okOld && okNew && renamed[old] == new && new != "":
			c.Follows = true
		}
	}
}
