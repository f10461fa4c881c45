package compile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/schema"
)

// candidates are values that a field may have instead of its own: what the
// schema offers first, then what is like it.
func candidates(f *schema.Field, current any) []any {
	var out []any
	if f != nil {
		for _, v := range slices.Concat(f.Enum, f.Examples, []any{f.Default}) {
			if v = plainValue(v); v != nil {
				out = append(out, v)
			}
		}
	}
	switch v := current.(type) {
	case bool:
		out = append(out, !v)
	case int64:
		out = append(out, v+1, v-1)
	case string:
		out = append(out, v+"x", "x"+v, "other.example.com", "10.250.0.1", "10.250.0.0/24", "10.250.0.1:6789", "https://other.example.com", "/other", "1Gi", "2h")
	case []any:
		if len(v) > 0 {
			for _, item := range candidates(nil, v[0]) {
				out = append(out, append([]any{item}, v[1:]...))
			}
			out = append(out, v[1:])
		}
	case nil:
		out = append(out, true, int64(7), "other", "other.example.com")
	}
	return out
}

// plainValue turns what the schema holds into what a spec holds.
func plainValue(v any) any {
	switch value := v.(type) {
	case json.Number:
		n, err := value.Int64()
		if err != nil {
			return nil
		}
		return n
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = plainValue(item)
		}
		return out
	case string, bool:
		return value
	}
	return nil
}

// dotted is the path of a field as the schema knows it, without indexes.
func dotted(path []any) string {
	var names []string
	for _, step := range path {
		if name, ok := step.(string); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

func valueAt(value any, path []any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			value = artifact.Map(value)[s]
		case int:
			list := artifact.List(value)
			if s >= len(list) {
				return nil
			}
			value = list[s]
		}
	}
	return value
}

// with returns a value in which another stands at a path; what was given stays
// as it is.
func with(value any, path []any, other any) any {
	if len(path) == 0 {
		return other
	}
	switch s := path[0].(type) {
	case string:
		out := maps.Clone(artifact.Map(value))
		if out == nil {
			out = map[string]any{}
		}
		out[s] = with(out[s], path[1:], other)
		return out
	case int:
		out := slices.Clone(artifact.List(value))
		if s < len(out) {
			out[s] = with(out[s], path[1:], other)
		}
		return out
	}
	return value
}
