package spec

import (
	"errors"
	"strings"
	"testing"

	"hagen/internal/diag"
)

const sample = `name = "hub" # the registry
list = ["a",
  "b"]

[registry]
url = "https://hub.example.com"
tls.min_version = "1.3"

[[vm.nodes]]
name = "one"
[[vm.nodes]]
name = "two"
ports = { http = 80 }

[environment.prod.registry]
url = "https://prod.example.com"
[[environment.prod.vm.nodes]]
name = "three"
`

func decode(t *testing.T, src string) *Document {
	t.Helper()
	d, err := Decode("hub.toml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPlaces(t *testing.T) {
	base := decode(t, sample)
	prod, err := base.Environment("prod")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		doc  *Document
		path []any
		want string
	}{
		{base, []any{"name"}, "hub.toml:1:8"},
		{base, []any{"list", 0}, "hub.toml:2:9"},
		{base, []any{"list", 1}, "hub.toml:3:3"},
		{base, []any{"registry"}, "hub.toml:5:2"},
		{base, []any{"registry", "url"}, "hub.toml:6:7"},
		{base, []any{"registry", "tls", "min_version"}, "hub.toml:7:19"},
		{base, []any{"registry", "missing"}, "hub.toml:5:2"},
		{base, []any{"vm", "nodes", 0, "name"}, "hub.toml:10:8"},
		{base, []any{"vm", "nodes", 1}, "hub.toml:11:6"},
		{base, []any{"vm", "nodes", 1, "ports", "http"}, "hub.toml:13:18"},
		{base, []any{"nothing", "at", "all"}, "hub.toml:1:1"},
		{prod, []any{"registry", "url"}, "hub.toml:16:7"},
		{prod, []any{"name"}, "hub.toml:1:8"},
		{prod, []any{"vm", "nodes", 0, "name"}, "hub.toml:18:8"},
	} {
		if got := test.doc.Place(test.path).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", diag.PathString(test.path), got, test.want)
		}
	}
}

func TestEnvironmentMerges(t *testing.T) {
	base := decode(t, sample)
	if got := base.Environments(); len(got) != 1 || got[0] != "prod" {
		t.Errorf("environments: %v", got)
	}
	prod, err := base.Environment("prod")
	if err != nil {
		t.Fatal(err)
	}
	registry := prod.Root["registry"].(map[string]any)
	if registry["url"] != "https://prod.example.com" || registry["tls"].(map[string]any)["min_version"] != "1.3" {
		t.Errorf("registry: %v", registry)
	}
	if nodes := prod.Root["vm"].(map[string]any)["nodes"].([]any); len(nodes) != 1 {
		t.Errorf("a list is replaced as a whole, got %v", nodes)
	}
	if _, ok := prod.Root["environment"]; ok {
		t.Error("the environments are still there")
	}
	if base.Root["registry"].(map[string]any)["url"] != "https://hub.example.com" {
		t.Error("merging changed the base")
	}
	if _, err := base.Environment("prd"); err == nil || !strings.Contains(err.Error(), `"prd"`) {
		t.Errorf("an unknown environment: %v", err)
	}
}

func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	for src, want := range map[string]diag.Place{
		"a = 1\nb = \n":          {File: "x", Line: 2, Column: 5},
		"a = 1\na = 2\n":         {File: "x", Line: 2, Column: 1},
		"ok = 1\nx = \"\xff\"\n": {File: "x", Line: 2, Column: 6},
		"name = \"unclosed\n":    {File: "x", Line: 1, Column: 17},
	} {
		_, err := Decode("x", []byte(src))
		var d diag.Diagnostic
		if !errors.As(err, &d) {
			t.Errorf("%q: got %v", src, err)
		} else if d.Place.Line != want.Line {
			t.Errorf("%q: got %v, want %v (%s)", src, d.Place, want, d.Message)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, err := Decode("x", []byte(strings.Repeat("#", MaxSize+1))); err == nil {
		t.Error("a huge spec was read")
	}
	if _, err := Decode("x", []byte("a = "+strings.Repeat("[", 200)+strings.Repeat("]", 200))); err == nil {
		t.Error("a deep spec was read")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sample)
	f.Add("a.b.c = {d = [1, {e = 2024-01-01}]}\n[[x]]\n[[x.y]]\nz = nan")
	f.Fuzz(func(t *testing.T, src string) {
		doc, err := Decode("x", []byte(src))
		if err != nil {
			return
		}
		for _, name := range doc.Environments() {
			if merged, err := doc.Environment(name); err == nil {
				merged.Place([]any{"registry", "url"})
			}
		}
		for key := range doc.Root {
			doc.Place([]any{key})
		}
	})
}

func TestSyntaxErrorsHelp(t *testing.T) {
	for src, want := range map[string]string{
		"a = 1\n[b]\nc = 1\n[b]\n": "key 'b' has already been defined | it stands at x:2:2 already | keep one of the two, or write their keys below one header",
		"a: 1":                     "expected '.' or '=', but got ':' instead | the text is not valid TOML, so nothing after it was read | write key = value: a colon belongs to YAML",
		"password = geheim":        `expected value but found "***" instead | the text is not valid TOML, so nothing after it was read | write a text in quotes`,
		"redis.password = 01234\n": `invalid integer "***": cannot have leading zeroes | the text is not valid TOML, so nothing after it was read | remove the zeroes, or write it in quotes`,
		"path = \"C:\\harbor\"\n":  `invalid escape in string '\h' | the text is not valid TOML, so nothing after it was read | write \\ for a backslash, or put the text in single quotes`,
		"= 1":                      "unexpected '=': key name appears blank | the text is not valid TOML, so nothing after it was read | write a name before the =",
	} {
		_, err := Decode("x", []byte(src))
		var d diag.Diagnostic
		if !errors.As(err, &d) {
			t.Errorf("%q: got %v", src, err)
		} else if got := d.Message + " | " + d.Reason + " | " + d.Fix; got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", src, got, want)
		}
	}
}
