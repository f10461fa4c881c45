package rule

import (
	"fmt"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// plain turns a value of CEL into maps, slices and scalars. Values that came
// from Go unchanged come back as they were.
func plain(v ref.Val) any {
	switch value := v.(type) {
	case types.Null:
		return nil
	case types.Bool, types.Int, types.Double, types.String:
		return v.Value()
	case traits.Mapper:
		if m, ok := v.Value().(map[string]any); ok {
			return m
		}
		m := map[string]any{}
		for it := value.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			m[fmt.Sprint(key.Value())] = plain(value.Get(key))
		}
		return m
	case traits.Lister:
		if list, ok := v.Value().([]any); ok {
			return list
		}
		list := []any{}
		for it := value.Iterator(); it.HasNext() == types.True; {
			list = append(list, plain(it.Next()))
		}
		return list
	}
	return v.Value()
}

// whole makes float64 values that are whole numbers int64, so that rules can
// reckon with them whether they come from Jsonnet, YAML or TOML.
func whole(v any) any {
	if f, ok := v.(float64); ok && f == float64(int64(f)) {
		return int64(f)
	}
	return v
}
