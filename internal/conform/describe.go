package conform

import (
	"fmt"
	"strings"

	"hagen/internal/artifact"
)

// describe names the type of a value.
func describe(v any) string {
	switch v.(type) {
	case nil:
		return "empty"
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case int, int64, float64:
		return "a number"
	case []any:
		return "a list"
	}
	return "a mapping"
}

// describeAll names forms.
func describeAll(forms []*form) string {
	var names []string
	for _, f := range forms {
		names = append(names, f.words())
	}
	return strings.Join(names, " or ")
}

func (f *form) words() string {
	switch f.kind {
	case 'l':
		return "a list"
	case 'm', 't':
		return "a mapping"
	case 'o':
		return describeAll(f.others)
	}
	switch {
	case len(f.values) > 0:
		return "one of " + strings.Join(f.values, ", ")
	case f.name == "bool":
		return "true or false"
	case f.name == "number":
		return "a number"
	case f.name == "int32" || f.name == "int64":
		return "a whole number"
	case f.name == "null":
		return "empty"
	}
	return "a text"
}

// versionsOf says when a field is known.
func versionsOf(s spans) string {
	var parts []string
	for _, span := range s {
		if span.to == newest {
			parts = append(parts, fmt.Sprintf("since 1.%d", span.from))
		} else {
			parts = append(parts, fmt.Sprintf("from 1.%d to 1.%d", span.from, span.to))
		}
	}
	return "Kubernetes knows it " + strings.Join(parts, " and ") + " only"
}

func isMap(v any) bool { return artifact.Map(v) != nil }
