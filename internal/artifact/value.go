package artifact

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

// Value reads a YAML node as plain maps, slices and scalars; whole numbers
// are int64.
func Value(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return Value(node.Content[0])
	case yaml.AliasNode:
		return expanded(node)
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			value, err := Value(item)
			if err != nil {
				return nil, err
			}
			list[i] = value
		}
		return list, nil
	case yaml.MappingNode:
		return mapValue(node)
	}
	return scalarValue(node)
}

func mapValue(node *yaml.Node) (any, error) {
	m := make(map[string]any, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].ShortTag() == "!!merge" {
			return expanded(node)
		}
		value, err := Value(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		m[node.Content[i].Value] = value
	}
	return m, nil
}

// expanded resolves aliases and merge keys. They are rare, and the library's
// own decoder refuses those that hold themselves or grow without measure.
func expanded(node *yaml.Node) (any, error) {
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode YAML: %w", err)
	}
	return wholeInts(value), nil
}

// wholeInts turns what the library decodes into what Value returns.
func wholeInts(value any) any {
	switch v := value.(type) {
	case int:
		return int64(v)
	case []any:
		for i, item := range v {
			v[i] = wholeInts(item)
		}
	case map[string]any:
		for key, item := range v {
			v[key] = wholeInts(item)
		}
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, item := range v {
			m[fmt.Sprint(key)] = wholeInts(item)
		}
		return m
	}
	return value
}

func scalarValue(node *yaml.Node) (any, error) {
	if node.ShortTag() == "!!str" {
		return node.Value, nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode YAML: %w", err)
	}
	if n, ok := value.(int); ok {
		return int64(n), nil
	}
	return value, nil
}
