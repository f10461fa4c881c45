package rule

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"hagen/internal/diag"
)

// Evaluate runs every rule that has something to read, of the shipped set and
// of the user's own ones, and returns what it found.
func (e *Evaluator) Evaluate(in Input) []Finding {
	e.site = site{in: in, parsed: map[string]any{}, configured: map[string][]any{}}
	lots := map[string]*lot{}
	for _, h := range e.heads {
		if lots[h.subject] == nil {
			lots[h.subject] = newLot(h.subject, in.Items[h.subject])
		}
		items := lots[h.subject].chosen(h.kinds)
		if len(items) == 0 {
			continue
		}
		if err := e.start(); err != nil {
			return []Finding{{Diagnostic: diag.Diagnostic{Message: "the rules cannot be evaluated: " + err.Error()}}}
		}
		if err := e.rule(h, items); err != nil {
			e.fail(h, Item{}, err)
		}
	}
	found := e.findings
	e.site = site{}
	return found
}

// lot is all that rules of one subject may choose from.
type lot struct {
	subject string
	items   []Item
	// of are the numbers of the items of a kind.
	of map[string][]int
}

func newLot(subject string, items []Item) *lot {
	l := &lot{subject: subject, items: items, of: map[string][]int{}}
	for i, item := range items {
		for _, kind := range item.Kinds {
			l.of[kind] = append(l.of[kind], i)
		}
	}
	return l
}

// chosen returns the items that a rule is evaluated for, in their order.
func (l *lot) chosen(kinds []string) []Item {
	if slices.Contains(kinds, "*") {
		return l.items
	}
	if l.subject == SpecSubject {
		return slices.DeleteFunc(slices.Clone(l.items), func(item Item) bool {
			return !slices.ContainsFunc(kinds, func(path string) bool { return says(item.Value, path) })
		})
	}
	var numbers []int
	for _, pattern := range kinds {
		if !strings.Contains(pattern, "*") {
			numbers = append(numbers, l.of[pattern]...)
			continue
		}
		for kind, those := range l.of {
			if alike(pattern, kind) {
				numbers = append(numbers, those...)
			}
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	items := make([]Item, len(numbers))
	for i, number := range numbers {
		items[i] = l.items[number]
	}
	return items
}

// says tells whether a spec has something at a dotted path: neither nothing nor
// an empty table or list.
func says(spec map[string]any, path string) bool {
	name, rest, below := strings.Cut(path, ".")
	switch value := spec[name].(type) {
	case nil:
		return false
	case map[string]any:
		if below {
			return says(value, rest)
		}
		return len(value) > 0
	case []any:
		return !below && len(value) > 0
	}
	return !below
}

// alike tells whether a name has the form of a pattern with stars. What stands
// before the first and behind the last one rules most names out at once.
func alike(pattern, name string) bool {
	first, last := strings.IndexByte(pattern, '*'), strings.LastIndexByte(pattern, '*')
	if first < 0 || !strings.HasPrefix(name, pattern[:first]) || !strings.HasSuffix(name, pattern[last+1:]) {
		return false
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

func values(items []Item) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = item.Value
	}
	return out
}

func (e *Evaluator) rule(h head, items []Item) error {
	program, err := e.planned(h)
	if err != nil {
		return err
	}
	variables := &scope{shared: e.shared, name: h.subject}
	var done []outcome
	for _, item := range items {
		variables.value, variables.it = item.Value, nil
		// What is the same on several nodes has one value, which is judged once.
		twin := reflect.ValueOf(item.Value).Pointer()
		at := slices.IndexFunc(done, func(o outcome) bool { return o.of == twin })
		if at < 0 {
			o := outcome{of: twin}
			o.result, o.err = run(program, variables)
			at, done = len(done), append(done, o)
		}
		o := done[at]
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
	of     uintptr
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

func (e *Evaluator) plan(checked *ast.AST) (interpreter.Interpretable, error) {
	return e.interpreter.NewInterpretable(checked, interpreter.Optimize(), interpreter.CompileRegexConstants(interpreter.MatchesRegexOptimization))
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
