package conform

import (
	"path"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// parsers says which parser reads which text, and what a parser shall let
// pass.
type parsers struct {
	rules []struct{ pattern, parser string }
	allow map[string]bool
}

func readParsers(text string) parsers {
	p := parsers{allow: map[string]bool{}}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "allow":
			p.allow[words[1]+" "+words[2]] = true
		default:
			p.rules = append(p.rules, struct{ pattern, parser string }{words[0], words[1]})
		}
	}
	return p
}

// of returns the parser of a text that a component reads under a name.
func (p parsers) of(component, name string) string {
	component = strings.ReplaceAll(component, "/", "-")
	if component == "" {
		component = "-"
	}
	for _, rule := range p.rules {
		if ok, _ := path.Match(rule.pattern, component+"/"+name); ok {
			return rule.parser
		}
	}
	return ""
}

// text checks a file that is no object, or one inside of a ConfigMap. Nodes
// and cluster share most texts: each is parsed once, and told once.
func (s *site) text(file artifact.File, at []any, name, text string) {
	parser := s.parsers.of(file.Component, name)
	check := s.readers()[parser]
	if check == nil {
		return
	}
	key := parser + "\x00" + text
	if first, ok := s.texts[key]; ok {
		s.also(first, file.Path)
		return
	}
	before := len(s.report.Findings)
	found := check(text)
	for i := range found {
		found[i].Path = append(append([]any{}, at...), found[i].Path...)
	}
	s.add(file, found)
	s.texts[key] = -1
	if len(found) > 0 {
		s.texts[key] = before
	}
}

// also tells that the text of a finding stands in another file too.
func (s *site) also(first int, path string) {
	if first < 0 {
		return
	}
	d := &s.report.Findings[first]
	if strings.Count(d.Reason, "\n") == 0 {
		d.Reason += "\nthe same text is in " + path
		return
	}
	d.Reason += ", " + path
}

// readers are the parsers by name.
func (s *site) readers() map[string]func(string) []diag.Diagnostic {
	return map[string]func(string) []diag.Diagnostic{
		"registry":     func(text string) []diag.Diagnostic { return registry(text, s.parsers.allow) },
		"nginx":        func(text string) []diag.Diagnostic { return s.nginx.check(text) },
		"json":         jsonText,
		"yaml":         yamlText,
		"unit":         unitText,
		"fstab":        fstabText,
		"env":          envText,
		"ini":          iniText,
		"certificates": certificates,
	}
}

// wrongText is the finding of a parser that could not read a text; line 0 is
// unknown.
func wrongText(what, message, reason string) []diag.Diagnostic {
	return []diag.Diagnostic{{Message: "is no valid " + what + ": " + message, Reason: reason}}
}
