package diff

import (
	"slices"
)

// differ gathers the differences of two values.
type differ struct {
	lists Lists
	found []Change
}

func (d *differ) add(path Path, op Op, old, new any) {
	change := Change{Path: path, Op: op, Old: canonical(old), New: canonical(new)}
	_, hidOld := old.(Hidden)
	_, hidNew := new.(Hidden)
	change.Secret = hidOld || hidNew
	d.found = append(d.found, change)
}

// values compares what stands under a path; field is the last key of it.
func (d *differ) values(path Path, field string, old, new any) {
	switch o := old.(type) {
	case doc:
		if n, ok := new.(doc); ok {
			d.documents(path, field, o, n)
			return
		}
	case map[string]any:
		if n, ok := new.(map[string]any); ok {
			d.maps(path, o, n)
			return
		}
	case []any:
		if n, ok := new.([]any); ok {
			d.listsOf(path, field, o, n)
			return
		}
	case Hidden:
		if n, ok := new.(Hidden); ok {
			d.hidden(path, o, n)
			return
		}
	}
	if identity(old) != identity(new) {
		d.add(path, Changed, old, new)
	}
}

func (d *differ) documents(path Path, field string, old, new doc) {
	if old.text == new.text {
		return
	}
	before := len(d.found)
	if old.Format != new.Format {
		d.add(path, Changed, old, new)
		return
	}
	d.values(path, field, old.Value, new.Value)
	if len(d.found) == before {
		d.add(path, Reformatted, nil, nil)
	}
}

// hidden compares secrets: another ciphertext of an equal fingerprint is only a
// new encryption.
func (d *differ) hidden(path Path, old, new Hidden) {
	switch {
	case old.sum == new.sum && old.same(new):
	case old.sealed && new.sealed && old.Print != "" && old.same(new):
		d.add(path, Reformatted, nil, nil)
	default:
		d.add(path, Changed, old, new)
	}
}

func (d *differ) maps(path Path, old, new map[string]any) {
	for _, key := range union(old, new) {
		before, was := old[key]
		now, is := new[key]
		switch at := path.with(key); {
		case !was:
			d.add(at, Added, nil, now)
		case !is:
			d.add(at, Removed, before, nil)
		default:
			d.values(at, key, before, now)
		}
	}
}

func union(a, b map[string]any) []string {
	keys := sortedKeys(a)
	for key := range b {
		if _, ok := a[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (d *differ) listsOf(path Path, field string, old, new []any) {
	key := d.lists.key(field, old, new)
	switch {
	case key != "":
		d.keyed(path, field, key, old, new)
	case d.lists.isSet(field, old, new):
		d.sets(path, old, new)
	default:
		d.sequences(path, old, new)
	}
}

func (d *differ) keyed(path Path, field, key string, old, new []any) {
	for _, item := range old {
		match := Match{key, keyOf(item, key)}
		if at := find(new, match); at < 0 {
			d.add(path.with(match), Removed, item, nil)
		} else {
			d.values(path.with(match), "", item, new[at])
		}
	}
	for _, item := range new {
		if match := (Match{key, keyOf(item, key)}); find(old, match) < 0 {
			d.add(path.with(match), Added, nil, item)
		}
	}
	if d.lists.isOrdered(field, old) || d.lists.isOrdered(field, new) {
		d.order(path, key, old, new)
	}
}

// order compares in what order entries stand that both lists have. Where
// nothing but new entries came between them, the order follows from those.
func (d *differ) order(path Path, key string, old, new []any) {
	before, now, kept := []any{}, []any{}, []any{}
	for _, item := range old {
		if find(new, Match{key, keyOf(item, key)}) >= 0 {
			before = append(before, keyOf(item, key))
		}
	}
	for _, item := range new {
		now = append(now, keyOf(item, key))
		if find(old, Match{key, keyOf(item, key)}) >= 0 {
			kept = append(kept, keyOf(item, key))
		}
	}
	if moved := !slices.Equal(before, kept); moved || len(kept) < len(now) {
		d.add(path, Reordered, before, now)
		d.found[len(d.found)-1].Follows = !moved
	}
}

// sets compares lists of texts without an order. One that went for one that
// came is a change.
func (d *differ) sets(path Path, old, new []any) {
	gone := slices.DeleteFunc(slices.Clone(old), func(item any) bool { return slices.Contains(new, item) })
	came := slices.DeleteFunc(slices.Clone(new), func(item any) bool { return slices.Contains(old, item) })
	if len(gone) == 1 && len(came) == 1 {
		d.add(path.with(Match{"", gone[0].(string)}), Changed, gone[0], came[0])
		return
	}
	for _, item := range gone {
		d.add(path.with(Match{"", item.(string)}), Removed, item, nil)
	}
	for _, item := range came {
		d.add(path.with(Match{"", item.(string)}), Added, nil, item)
	}
}
