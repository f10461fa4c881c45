package conform

import (
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// parsers says which parser reads which text, what a parser shall let pass, and
// which parameters a storage driver of the registry reads.
type parsers struct {
	rules   []parserRule
	allow   map[string]bool
	drivers map[string][]string
}

type parserRule struct{ component, name, parser string }

func readParsers(text string) parsers {
	p := parsers{allow: map[string]bool{}, drivers: map[string][]string{}}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "allow":
			p.allow[words[1]+" "+words[2]] = true
		case words[0] == "driver":
			p.drivers[words[1]] = append(p.drivers[words[1]], words[2:]...)
		default:
			component, name, _ := strings.Cut(words[0], "/")
			p.rules = append(p.rules, parserRule{component, name, words[1]})
		}
	}
	return p
}

// of returns the parser of a text that a component reads under a name.
func (p parsers) of(component, name string) string {
	for _, rule := range p.rules {
		if (rule.component == "*" || rule.component == component) && fits(rule.name, name) {
			return rule.parser
		}
	}
	return ""
}

// fits compares with a name, or with an ending behind a star.
func fits(pattern, name string) bool {
	if ending, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(name, ending)
	}
	return pattern == name
}

// text checks a file that is no object, or one inside of a ConfigMap. Nodes
// and cluster share most texts: each is parsed once, and told once.
func (s *site) text(file artifact.File, at []any, name, text string) {
	parser := s.parsers.of(file.Component, name)
	if parser == "" {
		return
	}
	key := reading{parser, text}
	if first, ok := s.texts[key]; ok {
		s.also(first, file.Path)
		return
	}
	before := len(s.report.Findings)
	found := s.clean.read(key, s.read)
	for i := range found {
		found[i].Path = append(append([]any{}, at...), found[i].Path...)
	}
	s.add(file, found)
	s.texts[key] = [2]int{before, len(s.report.Findings)}
}

// also tells that the text of findings stands in another file too.
func (s *site) also(told [2]int, path string) {
	for i := told[0]; i < told[1]; i++ {
		d := &s.report.Findings[i]
		if strings.Contains(d.Reason, "\n") {
			d.Reason += ", " + path
			continue
		}
		d.Reason += "\nthe same text is in " + path
	}
}

// reading is a text and who reads it.
type reading struct{ parser, text string }

// read hands a text to its parser.
func (s *site) read(r reading) []diag.Diagnostic {
	text := r.text
	switch r.parser {
	case "registry":
		return registry(text, s.parsers)
	case "nginx":
		return nginx(text)
	case "json":
		return jsonText(text)
	case "yaml":
		return yamlText(text)
	case "unit":
		return unitText(text)
	case "fstab":
		return fstabText(text)
	case "env":
		return envText(text)
	case "ini":
		return iniText(text)
	case "certificates":
		return certificates(text)
	}
	return nil
}

// wrongText is the finding of a parser that could not read a text; line 0 is
// unknown.
func wrongText(what, message, reason string) []diag.Diagnostic {
	return []diag.Diagnostic{{Message: "is no valid " + what + ": " + message, Reason: reason}}
}
