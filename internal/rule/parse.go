package rule

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hagen/internal/diag"
)

// written is a rule as its file has it.
type written struct {
	ID       string
	Title    string
	Severity string
	Reads    map[string]yaml.Node
	Let      yaml.Node
	Each     yaml.Node
	When     yaml.Node
	At       yaml.Node
	Spec     yaml.Node
	Message  yaml.Node
	Symptom  yaml.Node
	Fix      yaml.Node
	Source   []string
	Firm     bool
	Native   string
}

var idForm = regexp.MustCompile(`^[A-Z]{2,12}[0-9]{3,5}$`)

// Parse reads one rule. Its expressions are not checked yet.
func Parse(file string, data []byte) (*Rule, error) {
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	var w written
	if err := decoder.Decode(&w); err != nil {
		return nil, yamlError(file, err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, diag.Diagnostic{
			Place: diag.Place{File: file, Line: 1}, Rule: w.ID, Message: "the file holds more than one document",
			Reason: "the second rule would never be evaluated", Fix: "write each rule into a file of its own",
		}
	}
	r := &Rule{ID: w.ID, Title: w.Title, Source: w.Source, Firm: w.Firm, Native: w.Native, File: file}
	if err := r.head(w); err != nil {
		return nil, diag.Diagnostic{Place: diag.Place{File: file, Line: 1}, Rule: w.ID, Message: err.Error()}
	}
	if line, err := r.body(w); err != nil {
		return nil, diag.Diagnostic{Place: diag.Place{File: file, Line: line}, Rule: w.ID, Message: err.Error()}
	}
	return r, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

func yamlError(file string, err error) error {
	d := diag.Diagnostic{Place: diag.Place{File: file}, Message: "the rule cannot be read: " + err.Error()}
	if match := yamlLine.FindStringSubmatch(err.Error()); match != nil {
		fmt.Sscan(match[1], &d.Place.Line)
		d.Message = "the rule cannot be read: " + match[2]
	}
	d.Message = strings.ReplaceAll(d.Message, " in type rule.written", "")
	d.Fix = "docs/rules.md shows the fields of a rule"
	return d
}

func (r *Rule) head(w written) error {
	if !idForm.MatchString(r.ID) {
		return fmt.Errorf("id is %q, not capital letters and three to five digits", r.ID)
	}
	if r.Title == "" {
		return errors.New("title is missing")
	}
	switch w.Severity {
	case "error":
	case "warning":
		r.Severity = diag.Warning
	default:
		return fmt.Errorf("severity is %q, not error or warning", w.Severity)
	}
	return r.reads(w)
}

func (r *Rule) reads(w written) error {
	for _, name := range slices.Sorted(maps.Keys(w.Reads)) {
		node := w.Reads[name]
		var kinds []string
		if err := node.Decode(&kinds); err != nil || len(kinds) == 0 {
			return fmt.Errorf("reads.%s is no list of words", name)
		}
		switch {
		case name == "with":
			r.With = kinds
		case !slices.Contains(subjects, name):
			return fmt.Errorf("reads.%s is not known; there are %s and with", name, strings.Join(subjects, ", "))
		case r.Subject != "":
			return fmt.Errorf("reads names %s and %s; a rule is evaluated for one of them", r.Subject, name)
		default:
			r.Subject, r.Kinds = name, kinds
		}
	}
	if r.Subject == "" && r.Native == "" {
		return errors.New("reads is missing")
	}
	return nil
}

// body reads the expressions and texts; an error comes with its line.
func (r *Rule) body(w written) (int, error) {
	if w.Let.Kind != 0 && w.Let.Kind != yaml.MappingNode {
		return w.Let.Line, errors.New("let is no table")
	}
	for i := 0; i+1 < len(w.Let.Content); i += 2 {
		r.let = append(r.let, binding{w.Let.Content[i].Value, expressionOf(*w.Let.Content[i+1])})
	}
	r.each, r.when = expressionOf(w.Each), expressionOf(w.When)
	if r.when.text == "" && r.Native == "" {
		return 1, errors.New("when is missing")
	}
	for _, field := range []struct {
		name string
		node yaml.Node
		into *Template
		must bool
	}{
		{"message", w.Message, &r.Message, r.Native == ""},
		{"symptom", w.Symptom, &r.Symptom, true},
		{"fix", w.Fix, &r.Fix, true},
		{"at", w.At, &r.At, false},
		{"spec", w.Spec, &r.Spec, r.Subject == SpecSubject},
	} {
		t, err := newTemplate(field.node.Value, field.node.Line)
		if err == nil && field.must && t.text == "" {
			err = errors.New("it is missing")
		}
		if err != nil {
			return max(1, field.node.Line), fmt.Errorf("%s: %w", field.name, err)
		}
		*field.into = t
	}
	return 0, nil
}

// expressionOf keeps the line of the text: a block begins below its key.
func expressionOf(node yaml.Node) expression {
	line := node.Line
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		line++
	}
	return expression{text: strings.TrimSpace(node.Value), line: line}
}
