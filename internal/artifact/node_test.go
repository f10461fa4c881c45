package artifact

import (
	"math"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A value survives the way to a node and back, by way of text too.
func TestNodeRoundTrip(t *testing.T) {
	value := map[string]any{
		"texts":   []any{"", " ", "a", "true", "1", "0x1", "1e3", "~", "<<", "a: b", "# x", "- x", "\n a\n\n", "a\tb", "it's", `"`, `\`, "\u0085", "\u2028", "é🐎", "2026-11-21"},
		"numbers": []any{int64(0), int64(-7), int64(math.MaxInt64), 0.5, 1e300},
		"true":    true, "no": false, "null": nil, "": "empty key",
		"empty": map[string]any{}, "none": []any{},
	}
	node, err := Node(value)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Value(node)
	if err != nil || !reflect.DeepEqual(back, any(value)) {
		t.Errorf("got %#v, %v", back, err)
	}
	text, err := yaml.Marshal(node)
	if err != nil {
		t.Fatal(err)
	}
	var read yaml.Node
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if back, err = Value(&read); err != nil || !reflect.DeepEqual(back, any(value)) {
		t.Errorf("over text: got %#v, %v", back, err)
	}
}

// The numbers of Jsonnet are floats, and most of them whole.
func TestNodeNumbers(t *testing.T) {
	node, err := Node(Object{"port": 80.0, "n": 3})
	if err != nil {
		t.Fatal(err)
	}
	back, err := Value(node)
	if want := (map[string]any{"port": int64(80), "n": int64(3)}); err != nil || !reflect.DeepEqual(back, any(want)) {
		t.Errorf("got %#v, %v", back, err)
	}
	for _, bad := range []any{math.NaN(), math.Inf(1), []any{math.NaN()}, map[string]any{"a": struct{}{}}} {
		if _, err := Node(bad); err == nil {
			t.Errorf("%v has a node", bad)
		}
	}
}
