// Package rule evaluates the rules of validity. Rules, as YAML files with CEL
// expressions, and what they read, as plain maps, go in; findings come out.
//
// Rules are parsed and checked when hagen is built; a binary without that
// checks them when it runs and finds the same. Nothing here knows Harbor:
// that is in the rules.
package rule

import (
	"slices"

	"hagen/internal/diag"
)

// Rule is one known way to get it wrong.
type Rule struct {
	// ID is what people call it by, such as HG012.
	ID, Title string
	Severity  diag.Severity
	// Subject is what the rule is evaluated for each of, such as "object", and
	// the name of the variable that holds it.
	Subject string
	// Kinds are patterns, one of which a subject must match.
	Kinds []string
	// With lists kinds of objects that the expression looks up in the cluster.
	With []string
	// Firm rules cannot be waived: without them nothing whole could be made.
	Firm bool

	// At is where in the artifact, Spec where in the spec the problem stands.
	At, Spec Template
	Message  Template
	Symptom  Template
	Fix      Template
	// Source says where the failure is known from.
	Source []string
	// Native rules are told by a stage in Go or by the library; they have a
	// page and no expression.
	Native string

	// File is where the rule is written.
	File string
	let  []binding
	each expression
	when expression
}

// Fields are the fields of the spec without which the rule is not evaluated.
func (r *Rule) Fields() []string {
	if r.Subject != SpecSubject || slices.Contains(r.Kinds, "*") {
		return nil
	}
	return r.Kinds
}

// Item is one thing that rules read.
type Item struct {
	// Kinds are the words by which rules select it.
	Kinds []string
	// Artifact is the file that it comes from, empty for the spec; Path is
	// where in that file.
	Artifact string
	Path     []any
	// Reads are other files that the value was put together from.
	Reads []string
	// Value is judged once, however many items share it.
	Value map[string]any
}

// Input is what the rules of one site read.
type Input struct {
	Spec, Model map[string]any
	// Items are the subjects by their names.
	Items map[string][]Item
}

// Finding is a diagnostic, with the field of the spec that it follows from.
type Finding struct {
	diag.Diagnostic
	SpecPath []any
	// Reads are other files that what was found may stand in.
	Reads []string
}

type binding struct {
	name string
	expression
}

// expression is CEL text and the line where it stands.
type expression struct {
	text string
	line int
}

// subjects are the things that a rule may be evaluated for.
var subjects = []string{"spec", "object", "container", "bundle", "service", "file", "target"}

// SpecSubject is the subject of rules that read the spec alone.
const SpecSubject = "spec"
