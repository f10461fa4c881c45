package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// watcher stands in for sops: it writes down its arguments, its environment
// and every temporary file of that moment, and then runs the real program.
const watcher = `#!/bin/sh
{
	echo "arguments:"
	printf '%s\n' "$@"
	env
	find "$TMPDIR" "$SITE" -type f ! -name "$(basename "$WATCHED")" -exec cat {} +
} >>"$WATCHED"
exec "$REAL_SOPS" "$@"
`

// TestWatched looks over the shoulder of every command: neither an argument nor
// a variable of a program that hagen starts, nor a file that is there for a
// moment only, ever holds a value. Values come from files, and the leak is
// found by the search that ends each test.
func TestWatched(t *testing.T) {
	for _, c := range examples {
		t.Run(c.example, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.example, c.environment)
			s.watch()
			given := s.fromFiles("first " + awkward)
			s.must(s.init(given...)...)
			s.must(s.build("--json")...)
			s.must(s.secrets("check")...)
			s.must(s.secrets("list")...)
			s.must(s.secrets("reveal", "redis_password")...)
			given = s.fromFiles("second " + awkward)
			s.must(s.rotate(append(given, c.rotated, "redis_password", "database_password")...)...)
			s.run(s.build("--check", "--json")...)
			s.must(s.build()...)
			other := s.newKey("other")
			s.configure(settings{provider: "sops", everything: []holder{s.owner, other}})
			s.must(s.init()...)
			s.configure(settings{provider: "sops", everything: []holder{s.owner}})
			s.must(s.init()...)
			if n := strings.Count(readFile(t, s.env["WATCHED"]), "arguments:\n"); n < 10 {
				t.Errorf("sops ran %d times: the test shows little", n)
			}
		})
	}
}

// watch puts the watcher in the place of sops. Its notes lie where the search
// for leaks finds them.
func (s *site) watch() {
	s.t.Helper()
	script := filepath.Join(s.given, "watcher")
	writeFile(s.t, script, watcher)
	if err := os.Chmod(script, 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.env["HAGEN_SOPS"], s.env["REAL_SOPS"] = script, s.sops
	s.env["WATCHED"], s.env["SITE"] = filepath.Join(s.tmp, "watched"), s.dir
	delete(s.env, "HAGEN_SECRET_REDIS_PASSWORD")
	delete(s.env, "HAGEN_SECRET_DATABASE_PASSWORD")
}

// fromFiles gives the passwords by files.
func (s *site) fromFiles(value string) []string {
	s.t.Helper()
	var flags []string
	for _, name := range []string{"redis_password", "database_password"} {
		file := filepath.Join(s.given, name)
		writeFile(s.t, file, value+" "+name+"\n")
		flags = append(flags, "--from-file", name+"="+file)
	}
	return flags
}

// TestSearch plants a value in each form in which it could leak: the search
// must find every one.
func TestSearch(t *testing.T) {
	value := `p@ss w/ord%&"'\ and more`
	for name, text := range map[string]string{
		"as it is":            "x " + value + " y",
		"base64":              "cEBzcyB3L29yZCUmIidcIGFuZCBtb3Jl",
		"base64 of more":      "eDpwQHNzIHcvb3JkJSYiJ1wgYW5kIG1vcmUK",
		"URL, query":          "?a=p%40ss+w%2Ford%25%26%22%27%5C+and+more",
		"URL, with %20":       "redis://:p%40ss%20w%2Ford%25%26%22%27%5C%20and%20more@host",
		"URL, path":           "/p@ss%20w%2Ford%25&%22%27%5C%20and%20more",
		"hexadecimal":         "704073732077" + "2f6f726425262227" + "5c20616e64206d6f7265",
		"one line of several": "-----BEGIN\n" + value + "\n-----END",
	} {
		if len(searchText("it", text, needles("value", value))) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	if found := searchText("it", "p@ss and w/ord", needles("value", value)); len(found) > 0 {
		t.Errorf("found what is not there: %v", found)
	}
}
