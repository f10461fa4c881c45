package artifact

import (
	"math/rand"
	"reflect"
	"testing"
	"unicode/utf8"

	yaml11 "go.yaml.in/yaml/v2"
	"go.yaml.in/yaml/v3"
)

func TestEncodeYAML(t *testing.T) {
	got, err := EncodeYAML(map[string]any{
		"spec": map[string]any{
			"b": []any{
				map[string]any{"value": "1", "name": "n", "list": []any{"x"}},
				[]any{"nested", []any{}},
				map[string]any{"inner": map[string]any{"k": "v"}},
			},
			"a": 1.0, "half": 0.5, "empty": map[string]any{}, "none": []any{},
			"address": "10.0.0.11:6789", "version": "2.15.2", "time": "12:30", "port": "8080:80",
			"text": "one\n  two\n", "strip": "a\nb", "keep": "a\n\n", "tab": "\ta\nb", "url": "http://x:80/#a", "comment": "a #b",
		},
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
  address: "10.0.0.11:6789"
  b:
  - name: "n"
    list:
    - x
    value: "1"
  - - nested
    - []
  - inner:
      k: v
  comment: "a #b"
  empty: {}
  half: 0.5
  keep: |+
    a

  none: []
  port: "8080:80"
  strip: |-
    a
    b
  tab: "\ta\nb"
  text: |
    one
      two
  time: "12:30"
  url: http://x:80/#a
  version: 2.15.2
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
}

// awkward are texts that some YAML reader takes for something else.
var awkward = []string{
	"", " ", "yes", "No", "on", "OFF", "y", "n", "~", "null", "true", "1", "1.5", "0x1f", "017", "0o17", "1_000",
	"12:30", "12:30:45", "190:20:30.15", "-1", "+1", ".5", "1e3", "1E+3", ".inf", "-.inf", ".NaN", "=", "<<", "- a",
	"a: b", "a #b", "#", "'", `"`, `\`, "$HOME", "${A:-b}", "%", "&a", "*a", "!t", "|", ">", "@", "`", "{", "[", "a\nb",
	"a\n", "\na", "a\n\n", " a\n b", "a \nb", "a\n  ", "a\n \n", "\ta", "a\tb", "ä€😀", "a\r\nb", "\u2028", "\u0085",
	"\ufeff", "2024-01-01", "2024-01-01T10:00:00Z", "0b1", "---", "...", "? a", ", ", "a:", "a: ", ":a", "-", "--", "a'b",
	"1.2.3", "10.0.0.1", "0.0", "0 1", "é\nb", "a\n---\nb", "a\n...\n", "# a\nb",
}

// roundTrip reads what was written with readers of both versions of YAML.
func roundTrip(t *testing.T, text string) {
	t.Helper()
	value := map[string]any{"k": []any{text, map[string]any{text: text}}, text: map[string]any{"x": text}}
	data, err := EncodeYAML(value)
	if err != nil {
		if utf8.ValidString(text) && len(text) <= maxKey {
			t.Fatalf("%q: %v", text, err)
		}
		return
	}
	var now any
	if err := yaml.Unmarshal(data, &now); err != nil {
		t.Fatalf("%q: %v in\n%s", text, err, data)
	}
	if text != "k" && !reflect.DeepEqual(now, any(value)) {
		t.Fatalf("%q came back as %#v from\n%s", text, now, data)
	}
	var old map[string][]any
	scalar, err := EncodeYAML(map[string]any{"k": []any{text}})
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml11.Unmarshal(scalar, &old); err != nil || len(old["k"]) != 1 || old["k"][0] != text {
		t.Fatalf("%q came back to YAML 1.1 as %#v, %v from\n%s", text, old, err, scalar)
	}
}

func TestEncodeYAMLKeepsTexts(t *testing.T) {
	for _, text := range awkward {
		roundTrip(t, text)
	}
	alphabet := []rune("ab \n\t:#-'\"\\,[]{}&*!|>%@`0123~=<?.+_xeTZ\r\u2028é\x00")
	random := rand.New(rand.NewSource(1))
	for range 20_000 {
		text := make([]rune, random.Intn(12))
		for i := range text {
			text[i] = alphabet[random.Intn(len(alphabet))]
		}
		roundTrip(t, string(text))
	}
}

func TestEncodeYAMLRefuses(t *testing.T) {
	for _, v := range []any{make(chan int), "\xff", map[string]any{"a": struct{}{}}} {
		if data, err := EncodeYAML(v); err == nil {
			t.Errorf("%#v was written as %s", v, data)
		}
	}
}

func FuzzEncodeYAML(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(roundTrip)
}
