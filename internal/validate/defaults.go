package validate

import (
	"encoding/json"
	"maps"
	"slices"
)

// Fill returns root with the schema's defaults in place of what it does not
// say. A table that is absent is made only if it has a default itself, so that
// a target that was not asked for does not appear. Root stays as it is.
func (s *Schema) Fill(root map[string]any) map[string]any {
	return s.fill(s.raw, root).(map[string]any)
}

func (s *Schema) fill(node map[string]any, value any) any {
	node = s.resolve(node)
	switch v := value.(type) {
	case map[string]any:
		return s.fillTable(node, v)
	case []any:
		items, _ := node["items"].(map[string]any)
		if items == nil {
			return v
		}
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.fill(items, item)
		}
		return out
	}
	return value
}

func (s *Schema) fillTable(node, table map[string]any) map[string]any {
	out := maps.Clone(table)
	for key, value := range table {
		if below := s.child(node, key); below != nil {
			out[key] = s.fill(below, value)
		}
	}
	for key, p := range s.properties(node) {
		below, ok := p.(map[string]any)
		if _, present := out[key]; present || !ok {
			continue
		}
		if value, ok := s.absent(below); ok {
			out[key] = value
		}
	}
	return out
}

// absent returns the value of a field that the spec does not hold.
func (s *Schema) absent(node map[string]any) (any, bool) {
	value, ok := s.resolve(node)["default"]
	if !ok {
		return nil, false
	}
	value = plain(value)
	if table, ok := value.(map[string]any); ok {
		return s.fillTable(s.resolve(node), table), true
	}
	return value, true
}

// plain copies a default and gives its numbers the types of decoded TOML.
func plain(v any) any {
	switch value := v.(type) {
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return n
		}
		f, _ := value.Float64()
		return f
	case []any:
		out := slices.Clone(value)
		for i, item := range out {
			out[i] = plain(item)
		}
		return out
	case map[string]any:
		out := maps.Clone(value)
		for key, item := range out {
			out[key] = plain(item)
		}
		return out
	}
	return v
}
