package diff

import (
	"cmp"
	"fmt"
	"slices"
)

// toList applies changes to a list: first to the entries that there are, by
// their old places, then the new ones go to their new places.
func (n *node) toList(list []any) ([]any, error) {
	gone := map[int]bool{}
	var more []any
	for _, step := range n.steps {
		at, err := placeOf(list, step)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			value, _, err := n.below[step].apply(nil)
			if err != nil {
				return nil, err
			}
			more = append(more, value)
			continue
		}
		value, keep, err := n.below[step].apply(list[at])
		if err != nil {
			return nil, err
		}
		list[at], gone[at] = value, !keep
	}
	kept := make([]any, 0, len(list))
	for i, item := range list {
		if !gone[i] {
			kept = append(kept, item)
		}
	}
	return n.arrange(n.addTo(append(kept, more...)), len(more) > 0), nil
}

func placeOf(list []any, step any) (int, error) {
	switch s := step.(type) {
	case int:
		if s < len(list) {
			return s, nil
		}
		return 0, fmt.Errorf("a list has no place %d", s)
	case Match:
		return find(list, s), nil
	}
	return 0, fmt.Errorf("a list has no key %v", step)
}

func (n *node) addTo(list []any) []any {
	slices.SortStableFunc(n.added, func(a, b Change) int {
		return cmp.Compare(a.Path[len(a.Path)-1].(int), b.Path[len(b.Path)-1].(int))
	})
	for _, change := range n.added {
		at := min(change.Path[len(change.Path)-1].(int), len(list))
		list = slices.Insert(list, at, change.New)
	}
	return list
}

// arrange brings a list of keyed entries or texts into the order that it has
// on the other side.
func (n *node) arrange(list []any, grown bool) []any {
	match := Match{}
	for _, step := range n.steps {
		if m, ok := step.(Match); ok {
			match = m
		}
	}
	if n.order != nil {
		want, _ := n.order.New.([]any)
		slices.SortStableFunc(list, func(a, b any) int {
			return cmp.Compare(rank(want, match.Key, a), rank(want, match.Key, b))
		})
		return list
	}
	if !grown && match == (Match{}) {
		return list
	}
	slices.SortStableFunc(list, func(a, b any) int {
		if match.Key == "" {
			return cmp.Compare(identity(a), identity(b))
		}
		return cmp.Compare(keyOf(a, match.Key), keyOf(b, match.Key))
	})
	return list
}

// rank is the place of an entry in a list of what identifies entries.
func rank(names []any, key string, item any) int {
	return slices.IndexFunc(names, func(name any) bool {
		return name == item || key != "" && name == keyOf(item, key) || name == keyOf(item, "name") || name == keyOf(item, "id")
	})
}

func copyOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = copyOf(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = copyOf(item)
		}
		return out
	}
	return value
}
