package accept

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

// word is the first word of a directive.
var word = regexp.MustCompile(`^\s*([a-z_]+)\s`)

// TestConformAgreesWithNginx breaks the configurations of nginx line by line. What
// hagen refuses nginx must refuse, and of what nginx refuses hagen must see most: it
// knows neither the values of arguments nor what includes bring.
func TestConformAgreesWithNginx(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	seen, refused, missed := map[string]bool{}, 0, 0
	for _, root := range renderings(t) {
		for _, file := range load(t, root) {
			if kind, _ := KindOf(file); kind.Name != "nginx" {
				continue
			}
			for what, text := range brokenLines(string(file.Data)) {
				if seen[what] {
					continue
				}
				seen[what] = true
				broken := file
				broken.Data = []byte(text)
				theirs := checkNginx(broken)
				ours := nginxFindings(t, checker, text)
				switch {
				case ours != "" && theirs == nil:
					t.Errorf("%s: only hagen refuses it: %s", what, ours)
				case ours == "" && theirs != nil:
					missed++
					t.Logf("%s: only nginx refuses it: %v", what, theirs)
				case theirs != nil:
					refused++
				}
			}
		}
	}
	if refused < 100 || missed*10 > refused {
		t.Errorf("%d refused by both, %d by nginx only", refused, missed)
	}
}

func nginxFindings(t *testing.T, checker *conform.Checker, text string) string {
	report := checker.Check(artifact.Set{{Path: "nginx.conf", Data: []byte(text), Component: "proxy"}}, "")
	if len(report.Findings) == 0 {
		return ""
	}
	return report.Findings[0].Error()
}

// brokenLines returns the text with one line broken in each of several ways, by
// what was done; equal directives share a name.
func brokenLines(text string) map[string]string {
	out := map[string]string{}
	lines := strings.Split(text, "\n")
	with := func(i int, line string) string {
		changed := append([]string{}, lines...)
		changed[i] = line
		return strings.Join(changed, "\n")
	}
	for i, line := range lines {
		match := word.FindStringSubmatch(line)
		if match == nil || match[1] == "default" {
			continue
		}
		name := match[1]
		out[fmt.Sprintf("%s misspelt", name)] = with(i, strings.Replace(line, name, name+"x", 1))
		if strings.HasSuffix(line, ";") {
			out[name+" without semicolon"] = with(i, strings.TrimSuffix(line, ";"))
			out[name+" with more arguments"] = with(i, strings.TrimSuffix(line, ";")+" a b c d e f g h;")
		}
		if strings.HasSuffix(line, "{") {
			out[name+" without brace"] = with(i, strings.TrimSuffix(line, "{"))
		}
	}
	return out
}
