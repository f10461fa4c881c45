package rule

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/containers"
	celfunctions "github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/stdlib"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"hagen/internal/diag"
)

// evaluator runs the rules over one site.
type evaluator struct {
	set         *Set
	in          Input
	adapter     types.Adapter
	interpreter interpreter.Interpreter
	shared      map[string]any
	// parsed and configured hold texts that were read already.
	parsed     map[string]any
	configured map[string][]any
	findings   []Finding
}

// Evaluate runs every rule that has something to read, of the shipped set and
// of the user's own ones, and returns what it found.
func (s *Set) Evaluate(in Input) []Finding {
	e := &evaluator{set: s, in: in, parsed: map[string]any{}, configured: map[string][]any{}}
	for _, h := range s.heads {
		items := e.selected(h)
		if h.subject == "" || len(items) == 0 {
			continue
		}
		if e.interpreter == nil {
			if err := e.start(); err != nil {
				return []Finding{{Diagnostic: diag.Diagnostic{Message: "the rules cannot be evaluated: " + err.Error()}}}
			}
		}
		if err := e.rule(h, items); err != nil {
			e.fail(h, Item{}, err)
		}
	}
	return e.findings
}

func (e *evaluator) selected(h head) []Item {
	all := e.in.Items[h.subject]
	if len(h.kinds) == 1 && h.kinds[0] == "*" {
		return all
	}
	var out []Item
	for _, item := range all {
		if matches(item.Kinds, h.kinds) {
			out = append(out, item)
		}
	}
	return out
}

func matches(kinds, patterns []string) bool {
	for _, pattern := range patterns {
		for _, kind := range kinds {
			if pattern == kind {
				return true
			}
			if strings.Contains(pattern, "*") {
				if ok, _ := path.Match(pattern, kind); ok {
					return true
				}
			}
		}
	}
	return false
}

// start makes the interpreter without an environment for checking, which is
// most of the cost of CEL's usual way.
func (e *evaluator) start() error {
	dispatcher := interpreter.NewDispatcher()
	for _, f := range stdlib.Functions() {
		overloads, err := f.Bindings()
		if err != nil {
			return err
		}
		if err := dispatcher.Add(overloads...); err != nil {
			return err
		}
	}
	registry := types.NewEmptyRegistry()
	e.adapter = registry
	for _, f := range functions() {
		run := f.bind(e)
		for _, name := range []string{f.name, overloadOf(f.name)} {
			if err := dispatcher.Add(&celfunctions.Overload{Operator: name, Function: run}); err != nil {
				return err
			}
		}
	}
	attributes := interpreter.NewAttributeFactory(containers.DefaultContainer, registry, registry)
	e.interpreter = interpreter.NewInterpreter(dispatcher, containers.DefaultContainer, registry, registry, attributes)
	e.shared = map[string]any{
		"spec": e.in.Spec, "model": e.in.Model, "cluster": e.cluster(),
		"containers": values(e.in.Items["container"]), "bundles": values(e.in.Items["bundle"]),
	}
	for name, value := range e.shared {
		e.shared[name] = registry.NativeToValue(value)
	}
	return nil
}

// cluster groups the objects by kind; a kind that any rule looks up is there,
// if only as an empty list.
func (e *evaluator) cluster() map[string]any {
	groups := map[string][]any{}
	for _, h := range e.set.heads {
		for _, kind := range h.with {
			groups[kind] = []any{}
		}
	}
	for _, item := range e.in.Items["object"] {
		for _, kind := range item.Kinds {
			groups[kind] = append(groups[kind], item.Value)
		}
	}
	out := make(map[string]any, len(groups))
	for kind, list := range groups {
		out[kind] = list
	}
	return out
}

func values(items []Item) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = item.Value
	}
	return out
}

func (e *evaluator) rule(h head, items []Item) error {
	checked, err := e.set.program(h)
	if err != nil {
		return err
	}
	program, err := e.plan(checked)
	if err != nil {
		return err
	}
	done := map[uintptr]outcome{}
	for _, item := range items {
		variables := &scope{shared: e.shared, name: h.subject, value: item.Value}
		// What is the same on several nodes has one value, which is judged once.
		twin := reflect.ValueOf(item.Value).Pointer()
		o, known := done[twin]
		if !known {
			o.result, o.err = run(program, variables)
			done[twin] = o
		}
		if o.err != nil {
			e.fail(h, item, o.err)
			continue
		}
		switch found := o.result.(type) {
		case types.Bool:
			if found {
				e.found(h, item, variables, nil)
			}
		case traits.Lister:
			for it := found.Iterator(); it.HasNext() == types.True; {
				e.found(h, item, variables, it.Next())
			}
		default:
			e.fail(h, item, fmt.Errorf("it gives %s, not true or false", o.result.Type().TypeName()))
		}
	}
	return nil
}

// outcome is what the expression of a rule gave for one value.
type outcome struct {
	result ref.Val
	err    error
}

// scope holds the variables of one evaluation.
type scope struct {
	shared map[string]any
	name   string
	value  any
	it     ref.Val
}

// ResolveName returns the value of a variable.
func (s *scope) ResolveName(name string) (any, bool) {
	switch name {
	case s.name:
		return s.value, true
	case "it_":
		return s.it, s.it != nil
	}
	value, ok := s.shared[name]
	return value, ok
}

// Parent returns nothing: there is no scope around this one.
func (s *scope) Parent() interpreter.Activation { return nil }

func (e *evaluator) plan(checked *ast.AST) (interpreter.Interpretable, error) {
	return e.interpreter.NewInterpretable(checked, interpreter.CompileRegexConstants(interpreter.MatchesRegexOptimization))
}

// run evaluates a program; a panic of a function is an error of the rule.
func run(program interpreter.Interpretable, variables *scope) (result ref.Val, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	result = program.Eval(variables)
	if types.IsUnknownOrError(result) {
		return nil, fmt.Errorf("%v", result)
	}
	return result, nil
}

// found words one finding. Only here the texts of a rule are read.
func (e *evaluator) found(h head, item Item, variables *scope, it ref.Val) {
	r, err := e.set.Rule(h.id)
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
func (e *evaluator) detail(r *Rule, code string, variables *scope) (any, error) {
	c, err := e.set.checker()
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
// and a rule that does not understand an artifact does not make it wrong.
func (e *evaluator) fail(h head, item Item, err error) {
	e.findings = append(e.findings, Finding{Diagnostic: diag.Diagnostic{
		Severity: diag.Warning, Rule: h.id, Artifact: item.Artifact, Path: item.Path,
		Message: "the rule " + h.id + " cannot be evaluated here: " + err.Error(),
		Reason:  "what it looks for may be wrong and stay unseen",
		Fix:     "look at " + h.file,
	}})
}
