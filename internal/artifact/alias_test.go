package artifact

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestAliases(t *testing.T) {
	for source, want := range map[string]any{
		"a: &x {n: 1}\nb: *x":             map[string]any{"a": map[string]any{"n": int64(1)}, "b": map[string]any{"n": int64(1)}},
		"a: &x [1, 2]\nb: [*x, 3]":        map[string]any{"a": []any{int64(1), int64(2)}, "b": []any{[]any{int64(1), int64(2)}, int64(3)}},
		"a: &x {n: 1}\nb: {<<: *x, m: 2}": map[string]any{"a": map[string]any{"n": int64(1)}, "b": map[string]any{"n": int64(1), "m": int64(2)}},
		"&a [*a]":                         nil,
		"a: &x {b: *x}":                   nil,
		"a: &x {b: {<<: *x}}":             nil,
		"a: &a [x,x,x,x,x,x,x,x,x]\n" + bomb("abcdefghi"): nil,
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(source), &node); err != nil {
			t.Fatal(err)
		}
		got, err := Value(&node)
		if want == nil && err == nil || want != nil && (err != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("%.60s: %.200v, %v", source, got, err)
		}
	}
}

// bomb doubles its size often.
func bomb(names string) string {
	var b strings.Builder
	for i := 1; i < len(names); i++ {
		name, before := string(names[i]), "*"+string(names[i-1])
		b.WriteString(name + ": &" + name + " [" + strings.Repeat(before+",", 8) + before + "]\n")
	}
	return b.String()
}
