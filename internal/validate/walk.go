package validate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hagen/internal/diag"
)

// walk visits every value that the schema describes, from the outside in, with
// the part of the schema that does.
func (s *Schema) walk(node map[string]any, value any, path []any, visit func(node map[string]any, value any, path []any)) {
	if node == nil {
		return
	}
	node = s.resolve(node)
	visit(node, value, path)
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			s.walk(s.child(node, key), item, below(path, key), visit)
		}
	case []any:
		items, _ := node["items"].(map[string]any)
		for i, item := range v {
			s.walk(items, item, below(path, i), visit)
		}
	}
}

// below returns a new path one step deeper.
func below(path []any, step any) []any {
	out := make([]any, len(path), len(path)+1)
	copy(out, path)
	return append(out, step)
}

// FileReference is a value of the spec that names a file.
type FileReference struct {
	Path []any
	File string
	// Holds says what the file must hold, where the schema does: "certificates".
	Holds string
}

// Files returns the values of root that name a file (keyword x-file), each
// with its path.
func (s *Schema) Files(root map[string]any) []FileReference {
	var found []FileReference
	s.walk(s.raw, root, nil, func(node map[string]any, value any, path []any) {
		if file, ok := value.(string); ok && node["x-file"] != nil {
			found = append(found, FileReference{Path: path, File: file, Holds: text(node, "x-file")})
		}
	})
	slices.SortFunc(found, func(a, b FileReference) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(fmt.Sprint(a.Path), fmt.Sprint(b.Path)))
	})
	return found
}

// Places returns what a spec says of the places that its registry has outside of
// the spec (keyword x-place), by the name of the place: a text for each, or one for
// each table where a list of tables speaks of them. Equal texts mean one place.
func (s *Schema) Places(root map[string]any) map[string][]string {
	found, parts := map[string][]string{}, map[string][]string{}
	s.walk(s.raw, root, nil, func(node map[string]any, value any, path []any) {
		place := text(node, "x-place")
		if place == "" {
			return
		}
		inList := slices.ContainsFunc(path, func(step any) bool { _, number := step.(int); return number })
		said := fmt.Sprint(value)
		if inList {
			found[place] = append(found[place], said)
			return
		}
		parts[place] = append(parts[place], diag.PathString(path)+" "+said)
	})
	for place, list := range parts {
		slices.Sort(list)
		found[place] = append(found[place], strings.Join(list, "\n"))
	}
	return found
}

// duplicates enforces x-unique-by: fields whose values must differ between
// the tables of a list, each with the reason.
func (s *Schema) duplicates(node map[string]any, root any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	s.walk(node, root, path, func(node map[string]any, value any, path []any) {
		list, isList := value.([]any)
		fields, _ := node["x-unique-by"].(map[string]any)
		for field := range fields {
			if isList {
				found = append(found, duplicatesOf(field, text(fields, field), list, path)...)
			}
		}
	})
	return found
}

func duplicatesOf(field, reason string, list []any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	first := map[string]int{}
	for i, item := range list {
		table, _ := item.(map[string]any)
		value, ok := table[field].(string)
		if !ok {
			continue
		}
		if before, twice := first[value]; twice {
			found = append(found, diag.Diagnostic{
				Path:    below(below(path, i), field),
				Message: fmt.Sprintf("%s is the %s of %s too", show(value), field, diag.PathString(below(path, before))),
				Reason:  reason,
				Fix:     "give each its own " + field,
			})
			continue
		}
		first[value] = i
	}
	return found
}
