package artifact

import (
	"reflect"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestEncodeYAMLOrder(t *testing.T) {
	got, err := EncodeYAML(map[string]any{
		"spec": map[string]any{"b": []any{map[string]any{"value": "1", "name": "n"}}, "a": 1.0, "empty": map[string]any{}, "none": []any{}},
		"kind": "K", "apiVersion": "v1", "metadata": map[string]any{"labels": nil, "name": "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `apiVersion: v1
kind: K
metadata:
  name: x
  labels: null
spec:
  a: 1
  b:
  - name: "n"
    value: "1"
  empty: {}
  none: []
`
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// awkward are texts that some YAML reader takes for something else.
var awkward = []string{
	"", " ", "yes", "No", "on", "OFF", "y", "n", "~", "null", "true", "1", "1.5", "0x1f", "017", "0o17", "1_000",
	"12:30", "12:30:45", "-1", "+1", ".5", "1e3", ".inf", ".nan", "=", "<<", "- a", "a: b", "a #b", "#", "'", `"`,
	`\`, "$HOME", "${A:-b}", "%", "&a", "*a", "!t", "|", ">", "@", "`", "{", "[", "a\nb", "a\n", "\na", "a\n\n", " a\n b",
	"a \nb", "\ta", "a\tb", "ä€😀", "a\r\nb", "\u2028", "\u0085", "\ufeff", "2024-01-01", "0b1", "---", "...", "? a", ", ",
}

func TestEncodeYAMLKeepsStrings(t *testing.T) {
	for _, text := range awkward {
		data, err := EncodeYAML(map[string]any{"k": text, text: "v"})
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var back map[string]any
		if err := yaml.Unmarshal(data, &back); err != nil {
			t.Errorf("%q: %v in\n%s", text, err, data)
		} else if back["k"] != text || back[text] == nil {
			t.Errorf("%q came back as %#v from\n%s", text, back, data)
		}
	}
}

func TestValueIsInverseOfNode(t *testing.T) {
	value := map[string]any{
		"s": "text", "i": int64(3), "f": 1.5, "b": true, "n": nil, "numeric": "1",
		"l": []any{"a", map[string]any{"x": "yes"}}, "m": map[string]any{}, "e": []any{},
	}
	node, err := Node(value)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Value(node)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, value) {
		t.Errorf("got %#v, want %#v", back, value)
	}
}

func FuzzEncodeYAML(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, err := EncodeYAML(map[string]any{"k": []any{text}})
		if err != nil {
			return // Not UTF-8, or not a text that YAML can hold.
		}
		var back map[string][]string
		if err := yaml.Unmarshal(data, &back); err != nil {
			t.Fatalf("%q: %v in\n%s", text, err, data)
		}
		if len(back["k"]) != 1 || back["k"][0] != text {
			t.Fatalf("%q came back as %#v from\n%s", text, back, data)
		}
	})
}
