package accept

import "slices"

// object returns a value as a mapping, nil if it is none.
func object(value any) map[string]any {
	mapping, _ := value.(map[string]any)
	return mapping
}

// list returns a value as a list, nil if it is none.
func list(value any) []any {
	items, _ := value.([]any)
	return items
}

// prune takes away, at any depth, keys without a value: null, an empty list and an
// empty mapping mean the same there.
func prune(value any) {
	for key, inner := range object(value) {
		prune(inner)
		_, isMapping := inner.(map[string]any)
		_, isList := inner.([]any)
		if inner == nil || isMapping && len(object(inner)) == 0 || isList && len(list(inner)) == 0 {
			delete(object(value), key)
		}
	}
	for _, inner := range list(value) {
		prune(inner)
	}
}

// or returns value, or other where value is absent.
func or[T comparable](value, other T) T {
	var zero T
	if value == zero {
		return other
	}
	return value
}

// sortedKeys returns the keys that any of the mappings has.
func sortedKeys[V any](mappings ...map[string]V) []string {
	var keys []string
	for _, mapping := range mappings {
		for key := range mapping {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
