package diag

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	keys := strings.Fields("addresses databases mode password max_open_conns image_pull_secrets host")
	versions := strings.Fields("1.2.0 1.2.2 2.15.0 2.15.1 2.15.2")
	levels := strings.Fields("debug info warning error fatal")
	for _, test := range []struct {
		word  string
		names []string
		want  string
	}{
		{"adresses", keys, "addresses"},
		{"Host", keys, "host"},
		{"hsot", keys, "host"},
		{"max_open_cons", keys, "max_open_conns"},
		{"imagePullSecrets", keys, "image_pull_secrets"},
		{"pass", keys, "password"},
		{"ho", keys, ""},
		{"x", keys, ""},
		{"", keys, ""},
		{"something_else", keys, ""},
		{"warn", levels, "warning"},
		{"INFO", levels, "info"},
		// the newest patch of a minor, but never another version
		{"2.15", versions, "2.15.2"},
		{"1.2.1", versions, ""},
		{"2.16.0", versions, ""},
		{"v2.15.1", versions, "2.15.1"},
		{"a", nil, ""},
		{strings.Repeat("long", 100), keys, ""},
	} {
		if got := Nearest(test.word, test.names); got != test.want {
			t.Errorf("%q: got %q, want %q", test.word, got, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
