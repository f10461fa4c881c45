package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

var (
	usedText    = regexp.MustCompile(`(?:text|marked|row|"files.\w+", )?\("([a-z.]+)"|\{\{?.*?\b[th] "([a-z.]+)"|"((?:fails|files)\.[a-z]+)"`)
	usedFailure = regexp.MustCompile(`failure\("([a-z.]+)"`)
	inTemplate  = regexp.MustCompile(`\b[th] "([a-z.]+)"`)
)

// Every text that pages ask for is there, and none is left over.
func TestTexts(t *testing.T) {
	l, err := english()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{"tls.through": true, "tls.ends": true}
	names, _ := filepath.Glob("*.go")
	for _, name := range append(names, "page/pages.html") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, pattern := range []*regexp.Regexp{usedText, usedFailure, inTemplate} {
			for _, found := range pattern.FindAllStringSubmatch(string(data), -1) {
				for _, key := range found[1:] {
					used[key] = true
				}
			}
		}
		for _, found := range inTemplate.FindAllStringSubmatch(string(data), -1) {
			if l.Texts[found[1]] == "" {
				t.Errorf("%s: there is no text %s", name, found[1])
			}
		}
		for _, found := range regexp.MustCompile(`\b(?:l|language)\.text\("([a-z.]+)"`).FindAllStringSubmatch(string(data), -1) {
			if l.Texts[found[1]] == "" && found[1] != "tls." {
				t.Errorf("%s: there is no text %s", name, found[1])
			}
		}
		for _, found := range usedFailure.FindAllStringSubmatch(string(data), -1) {
			if l.Failures[found[1]] == "" {
				t.Errorf("%s: there is no failure %s", name, found[1])
			}
		}
	}
	for key := range l.Texts {
		if !used[key] {
			t.Errorf("nobody uses the text %s", key)
		}
	}
	for key := range l.Failures {
		if !used[key] {
			t.Errorf("nobody uses the failure %s", key)
		}
	}
}

// What a file, a name or a document holds is shown as text.
func TestNothingIsObeyed(t *testing.T) {
	hostile := "<script>alert(1)</script> \"><img src=x onerror=alert(2)> \x1b[31m \u202e javascript:alert(3) " + strings.Repeat("x", 10_000)
	m := sample(t, 2, true)
	in := m.Input
	files := append([]artifact.File{
		{Path: "compose/node1/RUNBOOK.md", Data: []byte("# " + hostile + "\n\n" + hostile + "\n\n## 1. " + hostile + "\n\n<img src=x onerror=alert(4)>\n\n[a](javascript:alert(5))\n\n```sh\n" + hostile + "\n```\n")},
		{Path: "kubernetes/configmap-x\"><img src=x onerror=alert(6)>.yaml", Data: []byte("kind: ConfigMap\nmetadata: {name: '" + strings.ReplaceAll(hostile, "\x1b", "") + "'}\n")},
	}, in.Files...)
	var err error
	if in.Files, err = artifact.NewSet(files); err != nil {
		t.Fatal(err)
	}
	in.Spec = Source{File: "hub.toml", Text: hostile}
	in.Secrets = []Secret{{Name: hostile, Description: hostile}}
	in.Waivers = []Waiver{{Rule: "HG001", Reason: hostile, Until: hostile, Line: 1}}
	in.Registry.Targets[0].Containers[0].Image = hostile
	in.Registry.Targets[0].Containers[0].ID = hostile
	pages, err := Pages(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if page.Path == Images {
			continue
		}
		text := string(page.Data)
		for _, bad := range []string{"<script>alert", "<img", "onerror=alert(6)>.yaml\"", "href=\"javascript:", "\x1b", "\u202e"} {
			if strings.Contains(text, bad) {
				at := strings.Index(text, bad)
				t.Errorf("%s holds %q: …%s…", page.Path, bad, text[max(0, at-80):at+20])
			}
		}
		if !strings.Contains(text, "default-src 'none'") || strings.Count(text, "<script>") != 1 {
			t.Errorf("%s has %d scripts", page.Path, strings.Count(text, "<script>"))
		}
	}
}

func TestFinder(t *testing.T) {
	f := newFinder([]Value{{Text: "10.0.0.2"}, {Text: "hub.example.com"}, {Text: "/apps/harbor"}, {Text: "2.15.2"}, {Text: "-"}})
	for text, want := range map[string]string{
		"server 10.0.0.21:443":           "",
		"server 10.0.0.2:443":            "10.0.0.2",
		"https://hub.example.com/":       "hub.example.com",
		"image: goharbor/core:v2.15.2":   "2.15.2",
		"at=/apps/harbor/x hub.example.": "/apps/harbor",
		"/apps/harbors":                  "",
	} {
		var found []string
		for _, value := range f.in(text) {
			found = append(found, value.Text)
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}
