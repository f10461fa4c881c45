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

// nobody answers at the address of a component that is switched off, or has no
// service of its name.
const nobody = "(nobody answers)"

var variable = regexp.MustCompile(`\$\$|\$\{[A-Z_]+:-([^}]*)\}|\$`)

// interpolated reads "$$" and "${NAME:-default}" as Compose does on a node
// whose environment sets nothing. What holds no variable comes back as it was.
func interpolated(value any) any {
	out, _ := interpolate(value)
	return out
}

// interpolate tells as well whether there was a variable.
func interpolate(value any) (out any, changed bool) {
	switch v := value.(type) {
	case string:
		if !strings.Contains(v, "$") {
			return value, false
		}
		return variable.ReplaceAllStringFunc(v, valueOf), true
	case []any:
		var list []any
		for i, item := range v {
			if item, there := interpolate(item); there {
				if list == nil {
					list = slices.Clone(v)
				}
				list[i] = item
			}
		}
		if list != nil {
			return list, true
		}
	case map[string]any:
		var table map[string]any
		for key, item := range v {
			if item, there := interpolate(item); there {
				if table == nil {
					table = maps.Clone(v)
				}
				table[key] = item
			}
		}
		if table != nil {
			return table, true
		}
	}
	return value, false
}

// valueOf is what Compose puts in the place of a dollar or a variable.
func valueOf(match string) string {
	switch match {
	case "$$":
		return "$"
	case "$":
		return "(not valid: $)"
	}
	return variable.FindStringSubmatch(match)[1]
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
