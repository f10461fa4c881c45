package artifact

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Node is the way back from Value: plain maps, slices and scalars as a YAML
// node, keys in order.
func Node(value any) (*yaml.Node, error) {
	switch v := value.(type) {
	case map[string]any:
		return mapNode(v)
	case Object:
		return mapNode(v)
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: make([]*yaml.Node, len(v))}
		for i, item := range v {
			below, err := Node(item)
			if err != nil {
				return nil, err
			}
			node.Content[i] = below
		}
		return node, nil
	}
	return scalarNode(value)
}

func mapNode(m map[string]any) (*yaml.Node, error) {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: make([]*yaml.Node, 0, 2*len(m))}
	for _, key := range keys {
		below, err := Node(m[key])
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, textNode(key), below)
	}
	return node, nil
}

func scalarNode(value any) (*yaml.Node, error) {
	tag, text := "!!int", ""
	switch v := value.(type) {
	case string:
		return textNode(v), nil
	case nil:
		tag, text = "!!null", "null"
	case bool:
		tag, text = "!!bool", strconv.FormatBool(v)
	case int:
		text = strconv.Itoa(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is not a number that can be written", v)
		}
		if tag, text = "!!float", string(appendNumber(nil, v)); isWhole(v) {
			tag = "!!int"
		}
	default:
		return nil, fmt.Errorf("a value of type %T has no YAML form", value)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}, nil
}

// textNode is quoted when it is written: what works on nodes may go over text,
// where a line break or a blank at an end has to survive.
func textNode(text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if !isPlain(text) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// isPlain knows the usual names and nothing else.
func isPlain(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '_' || c == '/' || c == '.')) {
			return false
		}
	}
	return text != ""
}
