package validate

import (
	"reflect"
	"testing"
	"testing/fstest"

	"hagen/schema"
)

// load compiles a small schema.
func load(t *testing.T, text string) *Schema {
	t.Helper()
	s, err := Load(fstest.MapFS{"spec.schema.json": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shipped is the schema of specs itself.
func shipped(t *testing.T) *Schema {
	t.Helper()
	s, err := Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const small = `{
	"type": "object",
	"properties": {
		"port": {"type": "integer", "default": 8080},
		"path": {"type": "string", "x-file": true},
		"made": {"type": "object", "default": {}, "properties": {"name": {"type": "string", "default": "a"}}},
		"asked": {"type": "object", "properties": {"name": {"type": "string", "default": "b"}}},
		"list": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
		"free": {"type": "object", "additionalProperties": {"$ref": "#/$defs/entry"}},
		"environment": {"type": "object"}
	},
	"$defs": {"entry": {"type": "object", "properties": {
		"tags": {"type": "array", "default": ["x"]}, "ratio": {"type": "number", "default": 0.5}
	}}}
}`

func TestFill(t *testing.T) {
	s := load(t, small)
	entry := map[string]any{"tags": []any{"x"}, "ratio": 0.5}
	for name, test := range map[string]struct{ root, want map[string]any }{
		"an absent table is made only if it has a default": {
			map[string]any{}, map[string]any{"port": int64(8080), "made": map[string]any{"name": "a"}},
		},
		"what is written stays": {
			map[string]any{"port": int64(1), "made": map[string]any{"name": "c"}},
			map[string]any{"port": int64(1), "made": map[string]any{"name": "c"}},
		},
		"a table that is written is filled": {
			map[string]any{"asked": map[string]any{}},
			map[string]any{"port": int64(8080), "made": map[string]any{"name": "a"}, "asked": map[string]any{"name": "b"}},
		},
		"so are entries of lists and of tables with free keys": {
			map[string]any{"list": []any{map[string]any{}}, "free": map[string]any{"any": map[string]any{}}},
			map[string]any{
				"port": int64(8080), "made": map[string]any{"name": "a"},
				"list": []any{entry}, "free": map[string]any{"any": entry},
			},
		},
	} {
		if got := s.Fill(test.root); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Two specs must not share a list that one of them could change.
func TestFillCopies(t *testing.T) {
	s := load(t, small)
	root := map[string]any{"free": map[string]any{"any": map[string]any{}}}
	tags := func() []any {
		return s.Fill(root)["free"].(map[string]any)["any"].(map[string]any)["tags"].([]any)
	}
	tags()[0] = "changed"
	if got := tags()[0]; got != "x" {
		t.Errorf("got %v", got)
	}
	if len(root["free"].(map[string]any)["any"].(map[string]any)) != 0 {
		t.Error("the document was changed")
	}
}

func TestShippedDefaults(t *testing.T) {
	root := shipped(t).Fill(map[string]any{
		"vm":         map[string]any{"nodes": []any{map[string]any{"name": "one"}}},
		"components": map[string]any{"core": map[string]any{}},
	})
	if _, ok := root["kubernetes"]; ok {
		t.Error("a target that was not asked for appeared")
	}
	if got := root["vm"].(map[string]any)["data_directory"]; got != "/var/lib/hagen" {
		t.Errorf("vm.data_directory: %v", got)
	}
	if got := root["components"].(map[string]any)["core"].(map[string]any)["env"]; !reflect.DeepEqual(got, map[string]any{}) {
		t.Errorf("components.core.env: %v", got)
	}
	if got := root["trivy"].(map[string]any)["enabled"]; got != true {
		t.Errorf("trivy.enabled: %v", got)
	}
}

func TestFiles(t *testing.T) {
	got := shipped(t).Files(map[string]any{
		"registry": map[string]any{"trusted_ca": []any{"z.crt", "a.crt"}},
		"extend":   []any{"x.libsonnet"},
		"secrets":  map[string]any{"certificate": "s.pem"},
	})
	want := []FileReference{
		{[]any{"registry", "trusted_ca", 1}, "a.crt", "certificates"},
		{[]any{"secrets", "certificate"}, "s.pem", ""},
		{[]any{"registry", "trusted_ca", 0}, "z.crt", "certificates"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}
