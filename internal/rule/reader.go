package rule

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

func join(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = show(item)
	}
	return strings.Join(words, args[1].(string)), nil
}

func split(_ *Evaluator, args []any) (any, error) {
	out := []any{}
	for _, word := range strings.Split(args[0].(string), args[1].(string)) {
		out = append(out, word)
	}
	return out, nil
}

func replace(_ *Evaluator, args []any) (any, error) {
	return strings.ReplaceAll(args[0].(string), args[1].(string), args[2].(string)), nil
}

func trim(_ *Evaluator, args []any) (any, error) {
	return strings.TrimSpace(args[0].(string)), nil
}

// quote writes a value as TOML and JSON do.
func quote(_ *Evaluator, args []any) (any, error) {
	data, err := json.Marshal(args[0])
	return string(data), err
}

func decodeBase64(_ *Evaluator, args []any) (any, error) {
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(args[0].(string)))
	if err != nil {
		return "", nil
	}
	return string(data), nil
}

// yamlText reads YAML or JSON; a text that is neither is null. Nodes and pods
// mount the same texts, so each is read once.
func yamlText(e *Evaluator, args []any) (any, error) {
	source := args[0].(string)
	if value, done := e.parsed[source]; done {
		return value, nil
	}
	var node yaml.Node
	var value any
	if yaml.Unmarshal([]byte(source), &node) == nil && node.Kind != 0 {
		value, _ = artifact.Value(&node)
	}
	e.parsed[source] = value
	return value, nil
}

// envText reads lines of NAME=value as Compose and systemd units have them.
func envText(_ *Evaluator, args []any) (any, error) {
	out := map[string]any{}
	for line := range strings.SplitSeq(args[0].(string), "\n") {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '\'' || value[0] == '"') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		out[strings.TrimSpace(name)] = value
	}
	return out, nil
}

// holds tells whether a text anywhere in a value holds one of some words.
func holds(_ *Evaluator, args []any) (any, error) {
	words, _ := args[1].([]any)
	return holdsOne(args[0], words), nil
}

func holdsOne(value any, words []any) bool {
	switch v := value.(type) {
	case string:
		for _, word := range words {
			if w, ok := word.(string); ok && strings.Contains(v, w) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if holdsOne(item, words) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if holdsOne(item, words) {
				return true
			}
		}
	}
	return false
}

// seconds reads a duration such as 5m; -1 is one that cannot be read.
func seconds(_ *Evaluator, args []any) (any, error) {
	d, err := time.ParseDuration(args[0].(string))
	if err != nil {
		return -1.0, nil
	}
	return d.Seconds(), nil
}

// quantity reads a quantity of Kubernetes such as 5Gi; -1 is one that cannot
// be read.
func quantity(_ *Evaluator, args []any) (any, error) {
	if n, ok := artifact.Quantity(fmt.Sprint(args[0])); ok {
		return n, nil
	}
	return -1.0, nil
}

// compareVersions compares dotted numbers: -1, 0 or 1. What follows a dash is
// left out.
func compareVersions(_ *Evaluator, args []any) (any, error) {
	a, b := versionOf(args[0].(string)), versionOf(args[1].(string))
	for i := range max(len(a), len(b)) {
		left, right := at(a, i), at(b, i)
		if left != right {
			if left < right {
				return int64(-1), nil
			}
			return int64(1), nil
		}
	}
	return int64(0), nil
}

func versionOf(source string) []int {
	source, _, _ = strings.Cut(strings.TrimPrefix(source, "v"), "-")
	var out []int
	for word := range strings.SplitSeq(source, ".") {
		n, _ := strconv.Atoi(word)
		out = append(out, n)
	}
	return out
}

func at(list []int, i int) int {
	if i < len(list) {
		return list[i]
	}
	return 0
}
