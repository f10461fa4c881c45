package parse_test

import (
	"encoding/json"
	"strings"
	"testing"

	"hagen/internal/parse"
)

// same are pairs of texts that mean the same, different ones that do not.
var same = []struct{ name, format, a, b string }{
	{"a.yml", "yaml", "a: 1\nb: [x]\n", "# hello\nb:\n- x\na: 1\n"},
	{"a.json", "json", `{"a":1,"b":2}`, "{\n \"b\": 2,\n \"a\": 1\n}\n"},
	{"a.toml", "toml", "[x]\na = 1\n", "x = { a = 1 } # why\n"},
	{"app.ini", "ini", "a = 1\n[x]\nb=2\n", "; c\na=1\n\n[x]\nb = 2\n"},
	{"x.env", "env", "A=1\nB=2\n", "B=2\n# c\nA=1\n"},
	{"nginx.conf", "nginx", "http { gzip on; server { listen 80; } }", "http {\n  # c\n  server {\n    listen 80;\n  }\n  gzip on;\n}\n"},
	{"a.service", "unit", "[Unit]\nAfter=a\nWants=b\n", "# c\n[Unit]\nWants=b\nAfter=a\n"},
	{"fstab", "fstab", "h:/a /mnt ceph ro 0 0\n", "# c\nh:/a\t/mnt ceph  ro 0 0\n"},
	{"secrets.list", "secrets", "file a 0 0 0400\nvariable core A b\n", "variable core A b\nfile a 0 0 0400\n"},
	{"config", "ini", "a = 1\n[dev]\nport = 80\n", "a=1\n[dev]\nport=80\n"},
	{"config", "env", "A=1\nB=2", "B=2\nA=1"},
}

var different = []struct{ name, a, b string }{
	{"a.yml", "a: 1\n", "a: \"1\"\n"},
	{"a.yml", "a: [1, 2]\n", "a: [2, 1]\n"},
	{"a.ini", "a = 1 # x\n", "a = 1\n"},
	{"a.ini", "a = 1\na = 2\n", "a = 2\na = 1\n"},
	{"x.env", "A= 1\n", "A=1\n"},
	{"nginx.conf", "location ~ a {} location ~ b {}", "location ~ b {} location ~ a {}"},
	{"nginx.conf", "rewrite a b; return 404;", "return 404; rewrite a b;"},
	{"nginx.conf", `add_header a "b c";`, "add_header a b c;"},
	{"a.service", "[Service]\nExecReload=a\nExecReload=b\n", "[Service]\nExecReload=b\nExecReload=a\n"},
	{"a.md", "a\nb\n", "b\na\n"},
	{"a.crt", "not PEM\n", "not PEM either\n"},
	{"haproxy.cfg", "listen a\n  server x 10.0.0.1:80\n  server y 10.0.0.2:80\n", "listen a\n  server y 10.0.0.2:80\n  server x 10.0.0.1:80\n"},
	{"blob", "a\x00b", "a\x00c"},
}

func read(t *testing.T, name, text string) (format, value string) {
	t.Helper()
	document := parse.Read(name, text)
	data, err := json.Marshal(document.Value)
	if err != nil {
		t.Fatal(err)
	}
	return document.Format, string(data)
}

func TestSameMeaning(t *testing.T) {
	for _, c := range same {
		formatA, a := read(t, c.name, c.a)
		formatB, b := read(t, c.name, c.b)
		if formatA != c.format || formatB != c.format || a != b {
			t.Errorf("%s: %s %s and %s %s, want %s", c.name, formatA, a, formatB, b, c.format)
		}
	}
}

func TestDifferentMeaning(t *testing.T) {
	for _, c := range different {
		_, a := read(t, c.name, c.a)
		if _, b := read(t, c.name, c.b); a == b {
			t.Errorf("%s: %q and %q are both %s", c.name, c.a, c.b, a)
		}
	}
}

// What is no such format is lines, and nothing is lost.
func TestBrokenIsText(t *testing.T) {
	for _, name := range []string{"a.yml", "a.json", "a.toml", "nginx.conf", "a.service", "fstab", "a.crt", "secrets.list"} {
		const text = "{ [ a\n\tb: c\n"
		document := parse.Read(name, text)
		lines, ok := document.Value.([]any)
		if document.Format != parse.Text || !ok || len(lines) != 3 {
			t.Errorf("%s: %+v", name, document)
		}
	}
	if document := parse.Read("a.yml", strings.Repeat("a", 2<<20)); document.Format != parse.Large {
		t.Errorf("a large text is %s", document.Format)
	}
}
