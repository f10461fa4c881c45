package artifact

import (
	"bytes"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// EncodeYAML writes v as one YAML document in hagen's canonical form: two
// spaces, lists not indented below their key, identifying keys first and the
// rest sorted, quotes only where a YAML 1.1 or 1.2 reader needs them.
func EncodeYAML(v any) ([]byte, error) {
	node, err := Node(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(node); err != nil {
		return nil, fmt.Errorf("encode YAML: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// Node turns nested maps, slices and scalars into a YAML node in canonical
// order.
func Node(v any) (*yaml.Node, error) {
	switch value := v.(type) {
	case nil:
		return scalar("!!null", "null"), nil
	case string:
		return stringNode(value), nil
	case bool:
		return scalar("!!bool", strconv.FormatBool(value)), nil
	case int:
		return scalar("!!int", strconv.Itoa(value)), nil
	case int64:
		return scalar("!!int", strconv.FormatInt(value, 10)), nil
	case float64:
		return floatNode(value)
	case []any:
		return sequence(value)
	case Object:
		return mapping(value)
	case map[string]any:
		return mapping(value)
	}
	return nil, fmt.Errorf("encode YAML: a value of type %T has no YAML form", v)
}

// Value is the inverse of Node: plain maps, slices and scalars.
func Value(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return Value(node.Content[0])
	case yaml.AliasNode:
		return Value(node.Alias)
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
			// Merge keys are rare; the library's own decoder resolves them.
			var plain map[string]any
			err := node.Decode(&plain)
			return plain, err
		}
		value, err := Value(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		m[node.Content[i].Value] = value
	}
	return m, nil
}

func scalarValue(node *yaml.Node) (any, error) {
	if node.Tag == "!!str" || node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 && node.Tag == "" {
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

func sequence(list []any) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: make([]*yaml.Node, 0, len(list))}
	for _, item := range list {
		child, err := Node(item)
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, child)
	}
	if len(list) == 0 {
		node.Style = yaml.FlowStyle
	}
	return node, nil
}

func mapping(m map[string]any) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: make([]*yaml.Node, 0, 2*len(m))}
	for _, key := range sortedKeys(m) {
		child, err := Node(m[key])
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, stringNode(key), child)
	}
	if len(m) == 0 {
		node.Style = yaml.FlowStyle
	}
	return node, nil
}

// sortedKeys puts the keys that identify an entry first, as people read them.
func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Slice(keys, func(i, j int) bool {
		if a, b := keyRank(keys[i]), keyRank(keys[j]); a != b {
			return a < b
		}
		return keys[i] < keys[j]
	})
	return keys
}

func keyRank(key string) int {
	switch key {
	case "apiVersion":
		return 0
	case "kind":
		return 1
	case "metadata":
		return 2
	case "name":
		return 3
	}
	return 4
}

func floatNode(f float64) (*yaml.Node, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("encode YAML: %v is not a number that can be written", f)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return scalar("!!int", strconv.FormatInt(int64(f), 10)), nil
	}
	return scalar("!!float", strconv.FormatFloat(f, 'g', -1, 64)), nil
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

// stringNode quotes what YAML 1.1 readers (kubectl, docker-compose 1.29) would
// take for a boolean or a base-60 number; the encoder knows the 1.2 cases.
func stringNode(s string) *yaml.Node {
	node := scalar("!!str", s)
	if yaml11Special(s) || strings.Contains(s, "\n") && !literalSafe(s) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}

// literalSafe tells whether a text of several lines survives as a literal
// block. The encoder's own judgement lets a leading tab through, which no
// reader takes.
func literalSafe(s string) bool {
	if strings.ContainsAny(s[:1], " \t\n") || strings.Contains(s, "\n\t") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && !unicode.IsPrint(r)
	})
}

func yaml11Special(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off", "<<":
		return true
	}
	// Base 60 ("12:30:45"), octal ("0o17", "017") and digit groups ("1_000").
	return s[0] >= '0' && s[0] <= '9' && strings.Trim(s, "0123456789:_.xXobB") == "" ||
		(s[0] == '-' || s[0] == '+') && strings.Trim(s[1:], "0123456789:_.") == ""
}
