package registry

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// nobody answers at the address of a component that is switched off.
const nobody = "(nobody answers)"

var variable = regexp.MustCompile(`\$\$|\$\{[A-Z_]+:-([^}]*)\}|\$`)

// interpolated reads "$$" and "${NAME:-default}" as Compose does on a node
// whose environment sets nothing.
func interpolated(value any) any {
	switch v := value.(type) {
	case string:
		if !strings.Contains(v, "$") {
			return v
		}
		return variable.ReplaceAllStringFunc(v, func(match string) string {
			switch {
			case match == "$$":
				return "$"
			case match == "$":
				return "(not valid: $)"
			}
			return variable.FindStringSubmatch(match)[1]
		})
	case []any:
		if !interpolates(v) {
			return v
		}
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = interpolated(item)
		}
		return out
	case map[string]any:
		if !interpolates(v) {
			return v
		}
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = interpolated(item)
		}
		return out
	}
	return value
}

// interpolates tells whether a value holds a variable anywhere.
func interpolates(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, "$")
	case []any:
		return slices.ContainsFunc(v, interpolates)
	case map[string]any:
		for _, item := range v {
			if interpolates(item) {
				return true
			}
		}
	}
	return false
}

// expanded reads "$$" as the kubelet does in commands and arguments; it would
// put a variable in the place of $(NAME).
func expanded(list any) []string {
	out := texts(list)
	for i, text := range out {
		parts := strings.Split(text, "$$")
		for j, part := range parts {
			parts[j] = strings.ReplaceAll(part, "$(", "(a variable: ")
		}
		out[i] = strings.Join(parts, "$")
	}
	return out
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func texts(list any) []string {
	out := []string{}
	for _, item := range artifact.List(list) {
		out = append(out, scalar(item))
	}
	return out
}

func scalar(v any) string {
	switch value := v.(type) {
	case nil:
		return ""
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
