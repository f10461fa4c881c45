package diff

import (
	"fmt"
	"slices"
	"strings"
)

// Tree is a state as a diff sees it: the values of all things by what
// identifies them and where they stand.
type Tree map[string]any

// TreeOf returns the tree of a side; what a diff of two sides lists leads from
// the tree of one to that of the other.
func (c *Comparer) TreeOf(side, other Side) Tree {
	m, o := newModel(side, c.lists), newModel(other, c.lists)
	tree := Tree{}
	files := make([]string, 0, len(side.Files))
	for _, file := range side.Files {
		if file.Path != manifest {
			files = append(files, file.Path)
		}
	}
	entities := entitiesOf(m, files, o)
	byIdentity(entities)
	for _, e := range entities {
		tree[treeKey(e.Object, e.Place)] = canonical(e.Value)
		if e.executable {
			tree[treeKey(e.Object, e.Place)+executableKey] = true
		}
	}
	return tree
}

const executableKey = " (executable)"

// treeKey leaves out the folder of an object of the cluster: it may move.
func treeKey(o Object, p Place) string {
	file := p.File
	if o.Target == kubernetes {
		file = ""
	}
	return strings.Join([]string{o.Target, p.Node, o.Kind, o.Namespace, o.Name, file}, "|")
}

// Apply returns the tree after changes.
func (t Tree) Apply(changes []Change) (Tree, error) {
	out := Tree{}
	for key, value := range t {
		out[key] = copyOf(value)
	}
	grouped := map[string][]Change{}
	for _, change := range changes {
		for _, place := range change.Places {
			key := treeKey(change.Object, place)
			grouped[key] = append(grouped[key], change)
		}
	}
	out.renames(grouped)
	for key, list := range grouped {
		if err := out.object(key, list); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return out, nil
}

// object applies the changes of one thing.
func (t Tree) object(key string, changes []Change) error {
	root := node{}
	for _, change := range changes {
		switch {
		case change.Op == Renamed, change.Op == Moved, change.Op == Reformatted:
		case path0(change.Path) == "(executable)":
			t.executable(key, change.New == true)
		default:
			root.insert(change.Path, change)
		}
	}
	value, keep, err := root.apply(t[key])
	if t[key] = value; !keep {
		delete(t, key)
	}
	return err
}

func (t Tree) executable(key string, on bool) {
	delete(t, key+executableKey)
	if on {
		t[key+executableKey] = true
	}
}

// renames gives all things their new names at once: one may take the name that
// another gives up.
func (t Tree) renames(grouped map[string][]Change) {
	moved := Tree{}
	for key, changes := range grouped {
		for _, change := range changes {
			if change.Op != Renamed {
				continue
			}
			if old := t.named(key, change); old != "" {
				moved[key] = t[old]
				delete(t, old)
			}
		}
	}
	for key, value := range moved {
		t[key] = value
	}
}

// named finds the key that a thing had under its old name.
func (t Tree) named(key string, change Change) string {
	parts := strings.Split(key, "|")
	parts[4] = fmt.Sprint(change.Old)
	if namespace, name, ok := strings.Cut(parts[4], "/"); ok && parts[0] == kubernetes {
		parts[3], parts[4] = namespace, name
	}
	for old := range t {
		if fields := strings.Split(old, "|"); len(fields) == len(parts) && slices.Equal(fields[:5], parts[:5]) {
			return old
		}
	}
	return ""
}

// node gathers the changes below a path, so that the places in a list are
// those of the lists as they were.
type node struct {
	change *Change
	order  *Change
	// below are the steps in the order in which they came, added those that go
	// into a new place of a list.
	steps []any
	below map[any]*node
	added []Change
}

func (n *node) insert(path Path, change Change) {
	if len(path) == 0 {
		if change.Op == Reordered {
			n.order = &change
			return
		}
		n.change = &change
		return
	}
	if _, whole := path[0].(int); whole && len(path) == 1 && change.Op == Added {
		n.added = append(n.added, change)
		return
	}
	if n.below == nil {
		n.below = map[any]*node{}
	}
	next := n.below[path[0]]
	if next == nil {
		next = &node{}
		n.below[path[0]] = next
		n.steps = append(n.steps, path[0])
	}
	next.insert(path[1:], change)
}

// apply returns the value after the changes, and whether it is still there.
func (n *node) apply(value any) (any, bool, error) {
	if n.change != nil {
		return n.change.New, n.change.Op != Removed, nil
	}
	switch v := value.(type) {
	case map[string]any:
		return v, true, n.toMap(v)
	case []any:
		list, err := n.toList(v)
		return list, true, err
	}
	if len(n.steps)+len(n.added) > 0 {
		return nil, false, fmt.Errorf("there is nothing below a %T", value)
	}
	return value, value != nil, nil
}

func (n *node) toMap(m map[string]any) error {
	for _, step := range n.steps {
		value, keep, err := n.below[step].apply(m[Step(step)])
		if err != nil {
			return err
		}
		if m[Step(step)] = value; !keep {
			delete(m, Step(step))
		}
	}
	return nil
}
