package rule

import (
	"github.com/google/cel-go/common/containers"
	celfunctions "github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/stdlib"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
)

// Evaluator runs the rules of a set over one site after the other, one at a
// time. It keeps what it made of the rules.
type Evaluator struct {
	*Set
	adapter     types.Adapter
	interpreter interpreter.Interpreter
	decoder     *decoder
	programs    map[string]interpreter.Interpretable
	site
}

// site is what belongs to one evaluation.
type site struct {
	in     Input
	shared map[string]any
	// parsed and configured hold texts that were read already.
	parsed     map[string]any
	configured map[string][]any
	findings   []Finding
}

// Evaluator returns a new evaluator of the set.
func (s *Set) Evaluator() *Evaluator {
	return &Evaluator{Set: s, decoder: newDecoder(), programs: map[string]interpreter.Interpretable{}}
}

// start makes what the first rule of a site needs.
func (e *Evaluator) start() error {
	if e.interpreter == nil {
		if err := e.makeInterpreter(); err != nil {
			return err
		}
	}
	if e.shared != nil {
		return nil
	}
	e.shared = map[string]any{}
	for name, value := range map[string]any{
		"spec": e.in.Spec, "model": e.in.Model, "cluster": e.cluster(),
		"containers": values(e.in.Items["container"]), "bundles": values(e.in.Items["bundle"]),
	} {
		e.shared[name] = e.adapter.NativeToValue(value)
	}
	return nil
}

// makeInterpreter does without an environment for checking, which is most of
// the cost of CEL's usual way.
func (e *Evaluator) makeInterpreter() error {
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
	return nil
}

// planned returns the program of a rule, made once.
func (e *Evaluator) planned(h head) (interpreter.Interpretable, error) {
	if program, ok := e.programs[h.id]; ok {
		return program, nil
	}
	checked, err := e.program(e.decoder, h)
	if err != nil {
		return nil, err
	}
	program, err := e.plan(checked)
	if err == nil {
		e.programs[h.id] = program
	}
	return program, err
}

// cluster groups the objects by kind; a kind that any rule looks up is there,
// if only as an empty list.
func (e *Evaluator) cluster() map[string]any {
	groups := map[string][]any{}
	for _, h := range e.heads {
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
