package diff_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/diff"
	"hagen/schema"
)

func comparer(t testing.TB) *diff.Comparer {
	t.Helper()
	c, err := diff.NewComparer(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// parts cuts two states out of one text: files are apart by a line of dashes,
// the first line of each is its name.
func parts(t testing.TB, label, text string) diff.Side {
	t.Helper()
	var files []artifact.File
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, "\n-- ") {
		name, data, _ := strings.Cut(part, "\n")
		name = strings.Trim(strings.TrimPrefix(name, "-- "), "/")
		if seen[name] {
			continue
		}
		seen[name] = true
		files = append(files, artifact.File{Path: name, Data: []byte(data)})
	}
	set, err := artifact.NewSet(files)
	if err != nil {
		t.Skip(err)
	}
	return diff.Side{Label: label, Registry: "hub", Files: set}
}

// throughJSON is what a program has of a value that it read from a report.
func throughJSON[T any](t *testing.T, value T) T {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// FuzzApply holds that the changes, read back from JSON, lead from one state to
// the other, and that nothing differs from itself.
func FuzzApply(f *testing.F) {
	f.Add("-- kubernetes/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a.yml: 'b: [1, 2]', c: d}\n", "-- kubernetes/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a.yml: 'b: [2, 3, 1]', e: f}\n")
	f.Add("-- compose/n/docker-compose.yml\nservices: {a: {ports: [\"1:1\"], command: [x, y]}}\n", "-- compose/n/docker-compose.yml\nservices: {a: {ports: [\"2:1\", \"3:3\"], command: [y, z, x]}, b: {image: c}}\n")
	f.Add("-- compose/n/config/a/nginx.conf\nhttp { server { listen 80; location / { return 404; } } }\n", "-- compose/n/config/a/nginx.conf\nhttp { server { listen 81; location /a { return 404; } } server { listen 82; } }\n")
	f.Add("-- a.md\none\ntwo\nthree\n", "-- a.md\ntwo\nthree\nfour\none\n")
	f.Add("-- kubernetes/d.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {initContainers: [{name: a}, {name: b, image: x}], containers: [{name: c}]}\n", "-- kubernetes/d.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {initContainers: [{name: b}, {name: d}, {name: a}], containers: [{name: e}, {name: c}]}\n")
	f.Add("-- x/a.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: a-5h2b9kdm7c}\ndata: {a: Yg==}\n", "-- x/a.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: a-8k4tf6gg2m}\ndata: {a: Yw==, b: ''}\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		c := comparer(t)
		old, new := parts(t, "a", a), parts(t, "b", b)
		if x := c.Compare(old, old); len(x.Changes) > 0 {
			t.Fatalf("a state differs from itself: %v", x.Changes)
		}
		changes := throughJSON(t, diff.Gather(c.Compare(old, new).Changes))
		got, err := throughJSON(t, c.TreeOf(old, new)).Apply(changes)
		if err != nil {
			t.Fatal(err)
		}
		got, want := throughJSON(t, got), throughJSON(t, c.TreeOf(new, old))
		if !reflect.DeepEqual(sorted(got), sorted(want)) {
			t.Fatalf("changes %+v\nlead to %v\nnot to  %v", changes, got, want)
		}
	})
}

// sorted brings lists without an order into one: which order that is depends on
// what both states hold.
func sorted(value any) any {
	switch v := value.(type) {
	case diff.Tree:
		return sorted(map[string]any(v))
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			out[key] = sorted(item)
		}
		if out["hidden"] == "encrypted" {
			delete(out, "fingerprint") // which another file tells
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = sorted(item)
		}
		if len(out) > 0 && keyed(out) {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		}
		return out
	}
	return value
}

// keyed tells a list that may be without an order: of entries with keys, or of
// different texts.
func keyed(list []any) bool {
	seen := map[string]bool{}
	for _, item := range list {
		if seen[text(item)] {
			return false
		}
		seen[text(item)] = true
	}
	return true
}

func text(value any) string {
	data, _ := json.Marshal(value)
	return string(data)
}

// FuzzNothingSecret puts a value where secrets stand: it never leaves.
func FuzzNothingSecret(f *testing.F) {
	f.Add("correct horse battery", "staple staple staple")
	f.Add("a'b\"c{{d}}:e#f@g", "-----BEGIN")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !telling(a) || !telling(b) || strings.Contains(a, b) || strings.Contains(b, a) {
			t.Skip()
		}
		c := comparer(t)
		x := c.Compare(secretSide(t, a), secretSide(t, b))
		if len(x.Changes) == 0 {
			t.Fatal("the change of a secret is not told")
		}
		data, err := json.Marshal(x.Changes)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{a, b} {
			quoted, _ := json.Marshal(value)
			if strings.Contains(string(data), strings.Trim(string(quoted), `"`)) {
				t.Fatalf("%q is in %s", value, data)
			}
		}
	})
}

// telling tells a value that would not be there by chance.
func telling(value string) bool {
	return len(value) >= 12 && !strings.ContainsAny(value, "\n\r\x00") && strings.TrimSpace(value) == value
}

func secretSide(t *testing.T, value string) diff.Side {
	t.Helper()
	quoted, err := artifact.EncodeYAML(value)
	if err != nil {
		t.Skip(err)
	}
	yaml := strings.TrimSpace(string(quoted))
	files := map[string]string{
		"kubernetes/s.yaml":                 "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: " + yaml + "\n",
		"kubernetes/c.yaml":                 "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  DB_PASSWORD: " + yaml + "\n",
		"kubernetes/d.yaml":                 "apiVersion: v1\nkind: Pod\nmetadata:\n  name: d\nspec:\n  containers:\n  - name: d\n    env:\n    - name: API_TOKEN\n      value: " + yaml + "\n    args:\n    - --password\n    - x" + "\n",
		"compose/n/docker-compose.yml":      "services:\n  a:\n    environment:\n      CORE_SECRET: " + yaml + "\n",
		"compose/n/config/a/config.yml":     "redis:\n  password: " + yaml + "\n",
		"compose/n/config/a/unknown":        "line\npassword = " + value + "\nother\n",
		"compose/n/config/a/server.key.txt": "-----BEGIN PRIVATE KEY-----\n" + value + "\n-----END PRIVATE KEY-----\n",
	}
	var list []artifact.File
	for name, data := range files {
		list = append(list, artifact.File{Path: name, Data: []byte(data)})
	}
	set, err := artifact.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return diff.Side{Registry: "hub", Files: set}
}
