package review_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"hagen/internal/diff"
	"hagen/internal/view"
)

// formats are all ways in which a report leaves hagen.
func formats(t *testing.T, report diff.Report) map[string]string {
	t.Helper()
	reports := []diff.Report{report}
	out := map[string]string{}
	for name, write := range map[string]func(b *bytes.Buffer) error{
		"text":    func(b *bytes.Buffer) error { return view.Text(b, reports, view.TextOptions{Width: 80, Color: true}) },
		"json":    func(b *bytes.Buffer) error { return view.JSON(b, reports) },
		"html":    func(b *bytes.Buffer) error { return view.HTML(b, view.Frame{}, reports) },
		"unified": func(b *bytes.Buffer) error { return view.Unified(b, reports) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
	}
	short, whole := view.Markdown(reports, view.MarkdownLimit, "")
	out["markdown"] = short + whole
	return out
}

// leaks are places where a secret may stand that nobody encrypted.
var leaks = []edit{
	put(extra, object("v1", "Secret", "stringData:\n  token: PLACEHOLDER\ndata:\n  other: PLACEHOLDER\n")),
	put(extra, configMap("data:\n  DATABASE_URL: postgres://harbor:PLACEHOLDER@db.example.com/registry\n")),
	put(extra, configMap("data:\n  config.yml: |\n    redis:\n      password: PLACEHOLDER\n")),
	put(extra, configMap("data:\n  unknown: |\n    first line\n    password = PLACEHOLDER\n    last line\n")),
	put(extra, configMap("data:\n  key.pem: |\n    -----BEGIN RSA PRIVATE KEY-----\n    PLACEHOLDER\n    -----END RSA PRIVATE KEY-----\n")),
	put(extra, object("v1", "Pod", "spec:\n  containers:\n  - name: a\n    args: [--db-password, PLACEHOLDER, --token=PLACEHOLDER]\n    env:\n    - name: API_TOKEN\n      value: PLACEHOLDER\n")),
	put("compose/node1/config/extra.env", "REDIS_PASSWORD=PLACEHOLDER\n"),
	put("compose/node1/config/extra.ini", "[smtp]\npassword = PLACEHOLDER\n"),
	put("compose/node1/config/a/nginx.conf", "http {\n  server {\n    location / {\n      proxy_pass http://hub:PLACEHOLDER@core/;\n    }\n  }\n}\n"),
	put("compose/node1/config/b/nginx.conf", "http {\n  upstream_pass PLACEHOLDER;\n  server {\n    listen 80;\n  }\n}\n"),
	put(extra, configMap("data:\n  proxy_pass: PLACEHOLDER\n")),
	put(extra, configMap("data:\n  config.yml: |\n    token: [PLACEHOLDER, other]\n")),
	put("compose/node1/config/c/nginx.conf", "http {\n  session_secret PLACEHOLDER;\n  session_secret other;\n}\n"),
	put("compose/node1/config/extra.conf", "user harbor\nsecret: PLACEHOLDER\n"),
	sub("compose/node1/docker-compose.yml", "LOG_LEVEL: info\n      MAX_JOB", "LOG_LEVEL: info\n      LDAP_SEARCH_PWD: PLACEHOLDER\n      MAX_JOB"),
	sub(secrets, "stringData:\n", "stringData:\n  plain: PLACEHOLDER\n"),
}

// TestNothingSecretInAnyFormat puts a value in each place, changes it, adds and
// removes it: that it changed is told, what it was and is, is not.
func TestNothingSecretInAnyFormat(t *testing.T) {
	const one, two = "hunter2hunter2", "letmeinletmein"
	with := func(e edit, value string) change {
		return change{in: hub, given: []edit{e, everywhere("PLACEHOLDER", value)}}
	}
	for i, e := range leaks {
		_, plain := change{in: hub}.sides(t)
		_, old := with(e, one).sides(t)
		_, new := with(e, two).sides(t)
		for _, pair := range [][2]diff.Side{{old, new}, {plain, new}, {old, plain}} {
			report := reviewer(t).Report(pair[0], pair[1])
			if len(report.Changes) == 0 {
				t.Errorf("%d: the change is not told", i)
			}
			for name, text := range formats(t, report) {
				if strings.Contains(text, one) || strings.Contains(text, two) {
					t.Errorf("%d: a secret is in %s: %.300s", i, name, text[max(0, strings.Index(text+one+two, one)-200):])
				}
			}
		}
	}
}

func everywhere(old, new string) edit {
	return func(_ *testing.T, files map[string]string) {
		for name, text := range files {
			files[name] = strings.ReplaceAll(text, old, new)
		}
	}
}

// Binary and huge files are compared by their digests, in every format.
func TestBinaryAndHugeFiles(t *testing.T) {
	const file = "compose/node1/config/extra.bin"
	for name, text := range map[string]string{"binary": "a\x00b", "huge": strings.Repeat("0123456789abcdef\n", 80_000), "not UTF-8": "\xff\xfe"} {
		c := change{in: hub, given: []edit{put(file, text)}, edits: []edit{put(file, text+"x")}}
		old, new := c.sides(t)
		report := reviewer(t).Report(old, new)
		if len(report.Changes) != 1 {
			t.Fatalf("%s: %+v", name, report.Changes)
		}
		for format, text := range formats(t, report) {
			if len(text) > 8000 || strings.Contains(text, "\x00") || !utf8.ValidString(text) {
				t.Errorf("%s: %s has %d bytes", name, format, len(text))
			}
		}
	}
}
