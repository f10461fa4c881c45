package parse

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// yamlText reads one document, or several as a list.
func yamlText(text string) (any, error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var documents []any
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		value, err := yamlValue(&node)
		if err != nil {
			return nil, err
		}
		documents = append(documents, value)
	}
	switch len(documents) {
	case 0:
		return map[string]any{}, nil
	case 1:
		return documents[0], nil
	}
	return documents, nil
}

// yamlValue refuses keys that stand twice, which a map would lose.
func yamlValue(node *yaml.Node) (any, error) {
	if !unique(node) {
		return nil, errForm
	}
	value, err := artifact.Value(node)
	return Plain(value), err
}

// unique tells whether no key of a document stands twice.
func unique(node *yaml.Node) bool {
	if node.Kind == yaml.MappingNode && len(node.Content) > 2 {
		seen := make(map[string]bool, len(node.Content)/2)
		for i := 0; i < len(node.Content); i += 2 {
			if key := node.Content[i].Value; seen[key] {
				return false
			} else {
				seen[key] = true
			}
		}
	}
	for _, below := range node.Content {
		if !unique(below) {
			return false
		}
	}
	return true
}

// YAML reads one document, which must be a map.
func YAML(data []byte) (map[string]any, bool) {
	value, err := yamlMap(string(data))
	if err != nil {
		return nil, false
	}
	object, ok := value.(map[string]any)
	return object, ok
}

// yamlMap takes a text for YAML only if it is a map: any text is some YAML.
func yamlMap(text string) (any, error) {
	value, err := yamlText(text)
	if _, ok := value.(map[string]any); err == nil && !ok {
		err = errors.New("no map")
	}
	return value, err
}

func jsonText(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text behind the value")
	}
	return Plain(value), nil
}

func tomlText(text string) (any, error) {
	value := map[string]any{}
	if _, err := toml.Decode(text, &value); err != nil {
		return nil, err
	}
	return Plain(value), nil
}

// Plain makes equal what means the same: whole numbers are int64, all maps and
// lists are of one type.
func Plain(value any) any {
	switch v := value.(type) {
	case artifact.Object:
		return plainMap(v)
	case map[string]any:
		return plainMap(v)
	case []map[string]any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = plainMap(item)
		}
		return list
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = Plain(item)
		}
		return list
	}
	return scalar(value)
}

func plainMap(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = Plain(value)
	}
	return out
}

func scalar(value any) any {
	switch v := value.(type) {
	case nil, string, bool, int64:
		return value
	case int:
		return int64(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		return v
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		if f, err := v.Float64(); err == nil {
			return scalar(f)
		}
		return v.String()
	case interface{ String() string }:
		return v.String()
	}
	data, _ := json.Marshal(value) // a time, a large number
	return strings.Trim(string(data), `"`)
}
