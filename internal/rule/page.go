package rule

import (
	"fmt"
	"strings"
)

// Page is what `hagen explain` prints of a rule.
func (r *Rule) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Title)
	for _, line := range []struct{ name, text string }{
		{"severity", r.severity()},
		{"reads", r.reading()},
		{"says", r.Message.text},
		{"at", r.At.text},
		{"in the spec", r.Spec.text},
		{"symptom", r.Symptom.text},
		{"fix", r.Fix.text},
		{"known from", strings.Join(r.Source, ", ")},
		{"written in", r.File},
	} {
		if line.text != "" {
			fmt.Fprintf(&b, "  %-12s %s\n", line.name, line.text)
		}
	}
	if text := r.Expression(); text != "" {
		b.WriteString("\n  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n")
	}
	return b.String()
}

func (r *Rule) severity() string {
	if r.Firm {
		return r.Severity.String() + ", cannot be waived"
	}
	return r.Severity.String()
}

// reading says in words what the rule is evaluated for.
func (r *Rule) reading() string {
	switch {
	case r.Native != "":
		return natives()[r.Native]
	case len(r.Fields()) > 0:
		return "the spec, when it has " + strings.Join(r.Fields(), " or ")
	case r.Subject == SpecSubject:
		return "the spec"
	case len(r.Kinds) == 1 && r.Kinds[0] == "*":
		return "every " + r.Subject
	}
	return "every " + r.Subject + " " + strings.Join(r.Kinds, ", ")
}

// natives says who tells the rules that have no expression.
func natives() map[string]string {
	return map[string]string{
		"schema": "the spec, by its schema",
		"parity": "all targets, against one another",
		"waiver": "the waivers of the spec",

		"certificate": "the certificates that the spec names; hagen validate alone tells it, because a build must not depend on the day",
	}
}

// Expression returns the CEL of a rule, or "".
func (r *Rule) Expression() string {
	var lines []string
	for _, b := range r.let {
		lines = append(lines, b.name+" = "+b.text)
	}
	if r.each.text != "" {
		lines = append(lines, "each it of "+r.each.text)
	}
	if r.when.text != "" {
		lines = append(lines, "when "+r.when.text)
	}
	return strings.Join(lines, "\n")
}

// Reads tells whether the rule reads a field of the spec, given by its path
// with dots.
func (r *Rule) Reads(field string) bool {
	if strings.Contains(r.Spec.text, field) {
		return true
	}
	text := r.Expression() + " " + r.Message.text
	return strings.Contains(text, "spec."+field) || strings.Contains(text, `"`+field+`"`)
}
