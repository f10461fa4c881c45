package validate

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hagen/internal/diag"
)

// lines writes what was found, one line each, sorted.
func lines(found []diag.Diagnostic) string {
	var out []string
	for _, d := range found {
		out = append(out, d.Error()+" | "+d.Reason+" | "+d.Fix)
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func TestMessages(t *testing.T) {
	s := load(t, `{
		"type": "object", "additionalProperties": false, "required": ["name"],
		"x-unknown": {
			"user": {"message": "it is username", "reason": "r", "fix": "f"},
			"login": "user"
		},
		"x-mistakes": {"address": [{"pattern": "^http:", "message": "has no TLS", "fix": "write https"}]},
		"properties": {
			"name": {"type": "string", "description": "What it is called. More words.", "pattern": "^[a-z]+$", "x-pattern-hint": "a word", "examples": ["hub"]},
			"url": {"type": "string", "pattern": "^https:", "x-pattern-hint": "an address such as \"https://a\"", "x-mistakes": "address", "x-reason": "clients", "examples": ["https://a"]},
			"size": {"type": "integer", "minimum": 1, "maximum": 9, "examples": [3]},
			"on": {"type": "boolean"},
			"level": {"type": "string", "enum": ["low", "high"], "examples": ["low"]},
			"only": {"type": "string", "enum": ["one"]},
			"words": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "minItems": 1, "maxItems": 3, "examples": [["a"]]},
			"pair": {"type": "array", "minItems": 2},
			"short": {"type": "string", "maxLength": 3},
			"nodes": {"type": "array", "items": {"type": "object", "properties": {"at": {"type": "string"}}}, "x-unique-by": {"at": "they meet"}},
			"table": {"type": "object", "properties": {"deep": {"type": "string"}}},
			"free": {"type": "object", "additionalProperties": {"type": "string"},
				"propertyNames": {"pattern": "^[a-z]+$", "x-pattern-hint": "a word", "maxLength": 4, "not": {"pattern": "^no$", "x-message": "is taken"}, "x-fix": "another"}},
			"environment": {"type": "object"}
		}
	}`)
	for _, test := range []struct {
		key   string
		value any
		want  string
	}{
		{"name", "Hub", `name: "Hub" is not a word |  | for example "hub"`},
		{"name", "", `name: this is empty |  | for example "hub"`},
		{"url", "http://a", `url: "http://a" has no TLS | clients | write https`},
		{"url", "a", `url: "a" is not an address such as "https://a" | clients | `},
		{"url", "ftp://u:geheim@a", `url: "ftp://***@a" is not an address such as "https://a" | clients | `},
		{"size", int64(0), `size: 0 is too small, the least is 1 |  | for example 3`},
		{"size", int64(10), `size: 10 is too large, the most is 9 |  | for example 3`},
		{"size", 1.5, `size: 1.5 is not a whole number |  | for example 3`},
		{"size", "7", `size: this is a text, it must be a whole number |  | write it without quotes: 7`},
		{"size", "many", `size: this is a text, it must be a whole number |  | for example 3`},
		{"size", math.Inf(1), `size: +inf is not a number to work with | every number of the spec has bounds | write a whole number`},
		{"on", "yes", `on: this is a text, it must be true or false |  | write true or false, without quotes`},
		{"name", int64(5), `name: this is a number, it must be a text |  | write it in quotes`},
		{"name", time.Time{}, `name: this is a date, and no field of the spec takes one | TOML reads digits with dashes or colons as a date or a time | write it in quotes`},
		{"level", "hihg", `level: "hihg" is not known here, it must be one of "low", "high"; did you mean "high" |  | `},
		{"only", "two", `only: "two" is not known here, it must be "one" |  | `},
		{"words", "a, b", `words: this is a text, it must be a list |  | write it in brackets: ["a", "b"]`},
		{"words", []any{}, `words: this is empty |  | for example ["a"]`},
		{"words", []any{"a", "b", "a"}, `words[2]: "a" stands in the list twice |  | remove one of the two`},
		{"words", []any{"a", "b", "c", "d"}, `words: the list has 4 entries, it takes at most 3 |  | for example ["a"]`},
		{"pair", []any{"a"}, `pair: the list has 1 entry, it takes at least 2 |  | `},
		{"short", "longer", `short: "longer" has 6 characters, it must have at most 3 |  | `},
		{"nodes", map[string]any{"at": "a"}, `nodes: this is a table, it must be a list |  | write [[nodes]], in two brackets, above the keys of each entry`},
		{"nodes", []any{"a"}, `nodes[0]: this is a text, it must be a table |  | write [[nodes]], in two brackets, above the keys of each entry`},
		{"nodes", []any{map[string]any{"at": "a"}, map[string]any{"at": "a"}}, `nodes[1].at: "a" is the at of nodes[0] too | they meet | give each its own at`},
		{"table", []any{}, `table: this is a list, it must be a table |  | write [table], in one bracket, above its keys`},
		{"free", map[string]any{"A b": "c"}, `free."A b": "A b" is not a word |  | another`},
		{"free", map[string]any{"abcde": "c"}, `free.abcde: "abcde" has 5 characters, a name has at most 4 |  | another`},
		{"free", map[string]any{"no": int64(1)}, `free.no: "no" is taken |  | another` + "\n" + `free.no: this is a number, it must be a text |  | write it in quotes`},
		{"user", "x", `user: it is username | r | f`},
		{"login", "x", `login: it is username | r | f`},
		{"urll", "x", `urll: unknown key, did you mean "url" | a key that hagen does not know would be ignored, and the registry would run without it | the keys here are environment, free, level, name, nodes, on, only, pair, short, size, table, url, words`},
		{"deep", "x", `deep: unknown key, did you mean table.deep | a key that hagen does not know would be ignored, and the registry would run without it | the keys here are environment, free, level, name, nodes, on, only, pair, short, size, table, url, words`},
	} {
		root := map[string]any{"name": "hub", test.key: test.value}
		if got := lines(s.Check(root)); got != test.want {
			t.Errorf("%s = %v:\ngot  %s\nwant %s", test.key, test.value, got, test.want)
		}
	}
	want := `name: missing | What it is called | for example name = "hub"`
	if got := lines(s.Check(map[string]any{})); got != want {
		t.Errorf("got %s", got)
	}
}

// What lies below a name that cannot be is not told again.
func TestEnvironmentWithoutName(t *testing.T) {
	found := shipped(t).CheckEnvironments(map[string]any{"environment": map[string]any{
		"registry": map[string]any{"url": "https://hub.example.com", "nothing": true},
		"prod":     map[string]any{"registry": map[string]any{"ulr": "x"}},
	}})
	if len(found) != 2 || found[0].Path[1] != "prod" || !strings.Contains(found[1].Message, `"registry" is a part of the spec`) {
		t.Errorf("got\n%s", lines(found))
	}
}

// The names of environments that cannot be are the parts of the spec.
func TestReservedNamesAreTheParts(t *testing.T) {
	s := shipped(t)
	rule := s.child(s.raw, "environment")["propertyNames"].(map[string]any)
	for part := range s.properties(s.raw) {
		free := part == "name" || part == "environment"
		if (refuseName(rule, part) == "") != free {
			t.Errorf("%s as the name of an environment: %q", part, refuseName(rule, part))
		}
	}
}

// badNames knows a few keywords, and the schema must use no others.
func TestNamesUseKnownKeywords(t *testing.T) {
	known := []string{"pattern", "maxLength", "not", "x-pattern-hint", "x-reason", "x-fix"}
	count := 0
	everywhere(shipped(t).raw, func(node map[string]any) {
		rule, ok := node["propertyNames"].(map[string]any)
		if !ok {
			return
		}
		count++
		for keyword := range rule {
			if !slices.Contains(known, keyword) {
				t.Errorf("propertyNames holds %s", keyword)
			}
		}
	})
	if count < 4 {
		t.Errorf("only %d were found", count)
	}
}

// Every list of mistakes is used, and each mistake says something.
func TestMistakesAreWhole(t *testing.T) {
	s := shipped(t)
	used := map[string]bool{}
	everywhere(s.raw["properties"], func(node map[string]any) {
		used[text(node, "x-mistakes")] = true
	})
	for name, list := range s.raw["x-mistakes"].(map[string]any) {
		if !used[name] {
			t.Errorf("no field has the mistakes %q", name)
		}
		for _, item := range list.([]any) {
			mistake := item.(map[string]any)
			_, err := regexp.Compile(text(mistake, "pattern"))
			if err != nil || text(mistake, "message") == "" || text(mistake, "fix") == "" {
				t.Errorf("%s: %v: %v", name, mistake, err)
			}
		}
	}
}

func everywhere(value any, visit func(node map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, item := range v {
			everywhere(item, visit)
		}
	case []any:
		for _, item := range v {
			everywhere(item, visit)
		}
	}
}

func TestShow(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, "this"},
		{"a", `"a"`},
		{"https://hub", `"https://hub"`},
		{"https://u:p@hub/x", `"https://***@hub/x"`},
		{"redis://:p@ss/w@redis:6379", `"redis://***@redis:6379"`},
		{"harbor:geheim@tcp(db:3306)/registry", `"***@tcp(db:3306)/registry"`},
		{"someone@example.com", `"someone@example.com"`},
		{"host=db password=geheim", `"host=db password=***"`},
		{"noatime,secret=AQ==", `"noatime,secret=***"`},
		{[]any{"redis://:p@a", int64(1)}, `["redis://***@a", 1]`},
		{"tab\tüber", `"tab\tüber"`},
		{strings.Repeat("ü", 100), `"` + strings.Repeat("ü", 38) + "..."},
		{map[string]any{"password": "geheim"}, "this table"},
		{true, "true"},
	} {
		if got := show(test.value); got != test.want {
			t.Errorf("%v: got %s, want %s", test.value, got, test.want)
		}
	}
}
