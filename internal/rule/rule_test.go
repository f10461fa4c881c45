package rule

import (
	"bytes"
	"path"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hagen/internal/diag"
	"hagen/schema"
)

// one evaluates one rule over one object.
func one(t *testing.T, text string, object map[string]any) []Finding {
	t.Helper()
	s, err := Load(fstest.MapFS{"rules/TEST001.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return s.Evaluator().Evaluate(Input{Spec: map[string]any{}, Items: map[string][]Item{
		"object": {{Kinds: []string{"K"}, Artifact: "k.yaml", Value: object}},
	}})
}

const texts = "id: TEST001\ntitle: t\nseverity: error\nreads: {object: [K]}\nsymptom: s\nfix: f\n"

func TestFunctions(t *testing.T) {
	for expression, want := range map[string]string{
		`get({"x": {"a.b": 1}}, "x.a.b", 0)`:        "1",
		`get({"a": 1}, "a.b", "no")`:                "no",
		`url("https://u:p@h:8443/x").port`:          "8443",
		`url("no url") == null`:                     "true",
		`hostPort("h:1").host + hostPort("h").host`: "hh",
		`cidrOverlap("10.0.0.0/8", "10.1.0.0/16")`:  "true",
		`cidrContains("10.0.0.0/8", "redis")`:       "false",
		`yaml("a: [1, b]").a`:                       "1, b",
		`yaml("a: [") == null`:                      "true",
		`env("# x\nA='b c'\nD=e=f")`:                "map[A:b c D:e=f]",
		`quantity("5Gi") > quantity("5G")`:          "true",
		`quantity("250m")`:                          "0.25",
		`quantity("lots")`:                          "-1",
		`seconds("1h30m")`:                          "5400",
		`compareVersions("v2.15.10", "2.9.1")`:      "1",
		`repeated(["a", "b", "a"])`:                 "2",
		`distinct([1, 2, 1])`:                       "1, 2",
		`keys({"b": 1, "a": 2})`:                    "a, b",
		`join(["a", 1], "-") + trim(" x ")`:         "a-1x",
		`selects({"a": "b"}, {"a": "b", "c": "d"})`: "true",
		`selects({}, {"a": "b"})`:                   "false",
		`sum([1, 2.5])`:                             "3.5",
		`nginx("http { server { listen 80; location /v2/ { a \"b c\"; } } }").map(d, d.block + ":" + d.name + "=" + d.args)`:                                                                                        "http > server:listen=80, http > server > location /v2/:a=b c",
		`clashes({"a": {"ports": ["80:8080", "[::1]:81:1", 9]}, "b": {"ports": ["127.0.0.1:70-80:70-80", "127.0.0.1:81:1", "80:8/udp"]}}).map(c, c.other + c.other_target + c.service + c.target + string(c.port))`: "a8080b70-8080",
		`clashes({"a": {"ports": [{"published": 80, "target": 1}]}, "b": {"ports": [{"published": "80", "target": 2, "host_ip": "::"}]}}).map(c, c.port)`:                                                           "80",
		`quote("a\"b")`: `"a\"b"`,
	} {
		message := strings.ReplaceAll(expression, "'", "''")
		found := one(t, texts+"let: {value: '"+message+"'}\nwhen: 'true'\nmessage: '{value}'\n", map[string]any{})
		if len(found) != 1 || found[0].Message != want {
			t.Errorf("%s: got %v, want %s", expression, found, want)
		}
	}
}

// A list gives a finding for each item, with its path and texts.
func TestEach(t *testing.T) {
	found := one(t, texts+`
let: {limit: '3'}
each: enumerate(object.list)
when: it.v > limit
at: list[{it.i}].{"a.b"}
message: '{it.v} of {{{size(object.list)}}} is above {limit}'
`, map[string]any{"list": []any{float64(2), float64(4), float64(7)}})
	if len(found) != 2 {
		t.Fatalf("got %v", found)
	}
	want := diag.Diagnostic{
		Rule: "TEST001", Artifact: "k.yaml", Path: []any{"list", 2, "a.b"},
		Message: "7 of {3} is above 3", Reason: "s", Fix: "f",
	}
	if !reflect.DeepEqual(found[1].Diagnostic, want) {
		t.Errorf("got %#v", found[1].Diagnostic)
	}
}

// A shipped rule that does not understand an object says so and stops nothing.
func TestCannotBeEvaluated(t *testing.T) {
	found := one(t, texts+"when: object.a.b == 1\nmessage: m\n", map[string]any{})
	if len(found) != 1 || found[0].Severity != diag.Warning || !strings.Contains(found[0].Message, "cannot be evaluated here") {
		t.Errorf("got %v", found)
	}
}

// Rules that are stored checked find what compiled ones do.
func TestBakedRulesAreTheSame(t *testing.T) {
	data, err := Bake(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := Load(noBaked{schema.FS})
	if err != nil {
		t.Fatal(err)
	}
	baked := newSet(schema.FS)
	body, ok := bytes.CutPrefix(data, stamp(schema.FS))
	if !ok || !baked.unbake(body) {
		t.Fatal("the stored form cannot be read")
	}
	if !reflect.DeepEqual(compiled.IDs(), baked.IDs()) || len(baked.IDs()) < 90 {
		t.Fatalf("%d and %d rules", len(compiled.IDs()), len(baked.IDs()))
	}
	for i, h := range baked.heads {
		if h.subject == "" {
			continue
		}
		a, err := compiled.program(nil, compiled.heads[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := baked.program(newDecoder(), h)
		if err != nil {
			t.Fatalf("%s: %v", h.id, err)
		}
		var x, y encoder
		x.expr(a, a.Expr())
		y.expr(b, b.Expr())
		if !bytes.Equal(x.data, y.data) {
			t.Errorf("%s is another expression when it is stored", h.id)
		}
	}
}

// A stored form that is cut off or changed is not used.
func TestBrokenStore(t *testing.T) {
	data, err := Bake(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	body := data[len(stamp(schema.FS)):]
	for _, n := range []int{0, 1, 100, len(body) / 2, len(body) - 1} {
		if newSet(schema.FS).unbake(body[:n]) {
			t.Errorf("%d of %d bytes were taken", n, len(body))
		}
	}
}

// Rules are written as they are meant to be read.
func TestManners(t *testing.T) {
	s := shipped(t)
	fields, err := schema.Spec()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range s.IDs() {
		r, err := s.Rule(id)
		if err != nil {
			t.Fatal(err)
		}
		if want := "rules/" + id + ".yaml"; r.File != want {
			t.Errorf("%s stands in %s", id, r.File)
		}
		for _, field := range r.Fields() {
			if fields.At(field) == nil {
				t.Errorf("%s waits for %s, which no spec has", id, field)
			}
		}
		for _, text := range []string{r.Title, r.Message.text, r.Symptom.text, r.Fix.text} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s: a final period or a line break: %q", id, text)
			}
		}
	}
}

// A rule that reads fields of the spec is evaluated when one of them says something.
func TestFieldsOfTheSpec(t *testing.T) {
	own := `id: TEST001
title: t
severity: error
reads: {spec: [a.b, c]}
when: 'true'
spec: a
message: m
symptom: s
fix: f
`
	set, err := shipped(t).Extend(map[string][]byte{"r.yaml": []byte(own)})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spec map[string]any
		want int
	}{
		"neither":              {map[string]any{"d": "x"}, 0},
		"a table without it":   {map[string]any{"a": map[string]any{"z": "x"}}, 0},
		"no table":             {map[string]any{"a": "x"}, 0},
		"an empty table":       {map[string]any{"a": map[string]any{"b": map[string]any{}}}, 0},
		"an empty list":        {map[string]any{"c": []any{}}, 0},
		"a full table":         {map[string]any{"a": map[string]any{"b": map[string]any{"x": "y"}}}, 1},
		"false":                {map[string]any{"a": map[string]any{"b": false}}, 1},
		"the second":           {map[string]any{"c": []any{"x"}}, 1},
		"below something else": {map[string]any{"c": "x", "a": "y"}, 1},
	} {
		e := set.Evaluator()
		e.heads = e.heads[len(e.heads)-1:]
		found := e.Evaluate(Input{Spec: c.spec, Model: map[string]any{}, Items: map[string][]Item{SpecSubject: {{Value: c.spec}}}})
		if len(found) != c.want {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// Names are held against patterns as path.Match does.
func TestAlike(t *testing.T) {
	for _, pattern := range []string{"compose/*/.env", "compose/*/config/*/*", "*", "a", "*.yaml", "a*b"} {
		for _, name := range []string{"compose/n/.env", "compose/n/x/.env", "compose/n/config/a/b", "a", "ab", "acb", "a/b", "x.yaml", "b", ""} {
			want, _ := path.Match(pattern, name)
			if got := alike(pattern, name); got != want && strings.Contains(pattern, "*") {
				t.Errorf("%q and %q: %v", pattern, name, got)
			}
		}
	}
}

// What is wrong with a rule of the user's own is told with its line.
func TestWrongRules(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no id":       {"title: t\n", `r.yaml:1: id is ""`},
		"no reads":    {"id: TEST001\ntitle: t\nseverity: error\nwhen: 'true'\n", "r.yaml:1: reads is missing"},
		"two reads":   {"id: TEST001\ntitle: t\nseverity: error\nreads: {object: [K], file: [a]}\n", "r.yaml:1: reads names file and object"},
		"severity":    {"id: TEST001\ntitle: t\nseverity: fatal\n", `r.yaml:1: severity is "fatal"`},
		"brace":       {texts + "when: 'true'\nmessage: a { b\n", "r.yaml:8: message: a { without a }"},
		"in a text":   {texts + "when: 'true'\nmessage: '{nobody}'\n", "r.yaml:8: the expression is wrong: undeclared reference to 'nobody'"},
		"second line": {texts + "message: m\nwhen: |\n  true &&\n  nobody\n", "r.yaml:10: the expression is wrong: undeclared reference to 'nobody'"},
		"documents":   {texts + "message: m\nwhen: 'true'\n---\ngarbage: [\n", "r.yaml:1: the file holds more than one document"},
		"pattern":     {texts + "message: m\nwhen: 'object.kind.matches(\"a(\")'\n", "r.yaml:8: the expression is wrong: the pattern of matches() is no regular expression"},
		"no bool":     {texts + "message: m\nwhen: '[nobody]'\n", "r.yaml:8: the expression is wrong: undeclared reference"},
	} {
		_, err := shipped(t).Extend(map[string][]byte{"r.yaml": []byte(c.text)})
		var b strings.Builder
		diag.Print(&b, err)
		if !strings.HasPrefix(b.String(), c.want) {
			t.Errorf("%s: got %s", name, b.String())
		}
	}
}
