package diag

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestPathString(t *testing.T) {
	for want, path := range map[string][]any{
		"":                            nil,
		"vm.nodes[1].name":            {"vm", "nodes", 1, "name"},
		`environment."../prod".a-b_1`: {"environment", "../prod", "a-b_1"},
		`a."".b`:                      {"a", "", "b"},
		`a."b.c/d"`:                   {"a", "b.c/d"},
	} {
		if got := PathString(path); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"nothing secret":                      "nothing secret",
		"https://hub.example.com/x":           "https://hub.example.com/x",
		"see https://a/b or mail a@b.c":       "see https://a/b or mail a@b.c",
		`dial "redis://:geheim@redis:6379/0"`: `dial "redis://***@redis:6379/0"`,
		"postgres://u:p@w@h/d failed":         "postgres://***@h/d failed",
		"host=h password=geheim dbname=d":     "host=h password=*** dbname=d",
		"Password='a b',x":                    "Password=***,x",
		"secretfile=/etc/ceph/admin.secret":   "secretfile=/etc/ceph/admin.secret",
		"write password = true here":          "write password = true here",
	} {
		if got := Mask(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// What is printed is sorted, told once, and safe for a terminal.
func TestPrint(t *testing.T) {
	first := Diagnostic{
		Place: Place{File: "a.toml", Line: 2, Column: 3}, Path: []any{"x"},
		Message: "is \x1b[31mred", Reason: "one\ntwo", Fix: "at https://u:p@h",
	}
	warning := Diagnostic{Severity: Warning, Place: Place{File: "a.toml", Line: 1}, Message: "careful"}
	var list List
	for _, err := range []error{errors.New("plain"), first, fmt.Errorf("wrapped: %w", warning), first} {
		list.Add(err)
	}
	var out strings.Builder
	Print(&out, list.ErrorOrNil())
	want := `hagen: plain
a.toml:1: warning: careful
a.toml:2:3: x: is \x1b[31mred
  one
  two
  at https://***@h
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestSome(t *testing.T) {
	for most, want := range map[int]string{1: "a and 2 more", 2: "a, b and 1 more", 3: "a, b, c", 4: "a, b, c"} {
		if got := Some([]string{"a", "b", "c"}, most); got != want {
			t.Errorf("%d: got %q, want %q", most, got, want)
		}
	}
}
