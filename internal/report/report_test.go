package report

import (
	"strings"
	"testing"

	"hagen/internal/diag"
)

const source = "name = \"hub\"\n\thosts = [\"ä\", \"b c\"] # hosts\nsecret = \"a\\u001bb\"\n"

func write(t *testing.T, format string, o Options, found ...diag.Diagnostic) string {
	t.Helper()
	o.Source = func(file string) []byte {
		if file == "hub.toml" {
			return []byte(source)
		}
		return nil
	}
	var b strings.Builder
	if err := Write(&b, format, found, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func at(line, column int) diag.Diagnostic {
	return diag.Diagnostic{Place: diag.Place{File: "hub.toml", Line: line, Column: column}, Message: "wrong", Fix: "mend it"}
}

func TestMark(t *testing.T) {
	for _, test := range []struct {
		d    diag.Diagnostic
		want string
	}{
		{at(1, 8), "  name = \"hub\"\n         ^~~~~\n"},
		{at(1, 1), "  name = \"hub\"\n  ^~~~\n"},
		{at(2, 17), "  \thosts = [\"ä\", \"b c\"] # hosts\n  \t              ^~~~~\n"},
		{at(9, 1), "hub.toml:9:1: wrong\n  mend it\n"},
		{at(1, 99), "hub.toml:1:99: wrong\n  mend it\n"},
		{diag.Diagnostic{Place: diag.Place{File: "none.toml", Line: 1, Column: 1}, Message: "wrong"}, "none.toml:1:1: wrong\n"},
		{diag.Diagnostic{Place: diag.Place{File: "hub.toml"}, Message: "wrong"}, "hub.toml: wrong\n"},
		{diag.Diagnostic{Place: diag.Start("hub.toml"), Message: "wrong"}, "hub.toml:1:1: wrong\n"},
	} {
		got := write(t, "text", Options{Terminal: true}, test.d)
		if !strings.HasSuffix(strings.TrimSuffix(got, "  mend it\n"), strings.TrimSuffix(test.want, "  mend it\n")) {
			t.Errorf("got\n%swant\n%s", got, test.want)
		}
		if plainly := write(t, "text", Options{}, test.d); strings.Contains(plainly, "^") {
			t.Errorf("a mark where there is no terminal: %s", plainly)
		}
	}
}

// Colours come only where they are asked for, and nothing of a spec reaches
// the terminal as a command.
func TestColor(t *testing.T) {
	if got := write(t, "text", Options{Terminal: true}, at(3, 10)); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
	if got := write(t, "text", Options{Terminal: true, Color: true}, at(1, 8)); !strings.Contains(got, red+"^~~~~"+plain) {
		t.Errorf("%q", got)
	}
}

func TestGitHub(t *testing.T) {
	d := diag.Diagnostic{
		Severity: diag.Warning, Rule: "HG001", Place: diag.Place{File: "a,b:c%.toml", Line: 3, Column: 4},
		Artifact: "hub/x.yaml", Path: []any{"spec", 0}, Message: "100% wrong", Reason: "a\nb", Fix: "mend it", Origin: "made by component core",
	}
	want := "::warning file=a%2Cb%3Ac%25.toml,line=3,col=4,title=HG001::hub/x.yaml: spec[0]: 100%25 wrong%0Aa%0Ab%0Amend it%0Amade by component core\n"
	if got := write(t, "github", Options{}, d); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	if got := write(t, "github", Options{}, diag.Diagnostic{Severity: diag.Note, Message: "::error::x"}); got != "::notice::::error::x\n" {
		t.Error(got)
	}
}

// No form shows a password.
func TestMasked(t *testing.T) {
	d := at(1, 8)
	d.Message, d.Origin = "redis://:geheim@redis:6379 is wrong", "redis://:geheim@redis:6379"
	for _, format := range Formats() {
		if got := write(t, format, Options{}, d); strings.Contains(got, "geheim") || !strings.Contains(got, "wrong") {
			t.Errorf("%s: %s", format, got)
		}
	}
}

func TestJSON(t *testing.T) {
	d := at(1, 8)
	d.Origin, d.Artifact = "made by component core", "hub/x.yaml"
	got := write(t, "json", Options{}, d)
	for _, want := range []string{`"format": 1`, `"error": 1`, `"artifact": "hub/x.yaml"`, `"origin": "made by component core"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing: %s", want, got)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(&strings.Builder{}, "xml", nil, Options{}); err == nil || !strings.Contains(err.Error(), "text, json, sarif, github") {
		t.Error(err)
	}
}
