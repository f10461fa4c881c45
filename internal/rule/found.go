package rule

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/common/types/ref"

	"hagen/internal/diag"
)

// found words one finding. Only here the texts of a rule are read.
func (e *Evaluator) found(h head, item Item, variables *scope, it ref.Val) {
	r, err := e.Rule(h.id)
	if err != nil {
		e.fail(h, item, err)
		return
	}
	variables.it = it
	value := func(code string) (any, error) { return e.detail(r, code, variables) }
	f := Finding{Diagnostic: diag.Diagnostic{Severity: h.severity, Rule: h.id, Artifact: item.Artifact}, Reads: item.Reads}
	texts := []struct {
		from Template
		into *string
	}{{r.Message, &f.Message}, {r.Symptom, &f.Reason}, {r.Fix, &f.Fix}}
	for _, text := range texts {
		if *text.into, err = text.from.fill(value); err != nil {
			e.fail(h, item, err)
			return
		}
	}
	below, err := r.At.path(value)
	if err == nil {
		f.SpecPath, err = r.Spec.path(value)
	}
	if err != nil {
		e.fail(h, item, err)
		return
	}
	f.Path = append(slices.Clone(item.Path), below...)
	if item.Artifact == "" {
		f.Path = f.SpecPath
	}
	e.findings = append(e.findings, f)
}

// detail evaluates an expression of a text.
func (e *Evaluator) detail(r *Rule, code string, variables *scope) (any, error) {
	c, err := e.checker()
	if err != nil {
		return nil, err
	}
	checked, err := c.detail(r, code, r.Message.line)
	if err != nil {
		return nil, err
	}
	program, err := e.plan(checked)
	if err != nil {
		return nil, err
	}
	result, err := run(program, variables)
	if err != nil {
		return nil, err
	}
	items, _ := plain(result).([]any)
	if len(items) != 1 {
		return nil, fmt.Errorf("{%s} has no value", code)
	}
	return whole(items[0]), nil
}

// fail says that a rule could not be evaluated: it must not pass in silence,
// and a shipped rule that does not understand an artifact does not make it wrong.
func (e *Evaluator) fail(h head, item Item, err error) {
	severity, place := diag.Warning, h.file
	if h.own {
		severity = h.severity
		if r, err := e.Rule(h.id); err == nil {
			place = diag.Place{File: h.file, Line: r.when.line}.String()
		}
	}
	e.findings = append(e.findings, Finding{Diagnostic: diag.Diagnostic{
		Severity: severity, Rule: h.id, Artifact: item.Artifact, Path: item.Path,
		Message: "the rule " + h.id + " cannot be evaluated here: " + err.Error(),
		Reason:  "what it looks for may be wrong and stay unseen",
		Fix:     "look at " + place,
	}})
}
