package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/ext"

	"hagen/internal/diag"
)

// variables are what expressions may name, beside their subject and `it`.
var variables = []string{"spec", "model", "cluster", "containers", "bundles"}

// checker compiles expressions. Making it costs as much as several rules, so
// one serves all.
type checker struct{ env *cel.Env }

func newChecker() (*checker, error) {
	options := []cel.EnvOption{ext.Bindings(ext.BindingsVersion(0)), cel.ASTValidators(cel.ValidateRegexLiterals())}
	for _, name := range append(slices.Clone(subjects), variables[1:]...) {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	for _, f := range functions() {
		options = append(options, cel.Function(f.name, cel.Overload(overloadOf(f.name), f.params, f.result)))
	}
	env, err := cel.NewEnv(options...)
	return &checker{env}, err
}

func overloadOf(name string) string { return "hagen_" + name }

// check compiles what tells the findings of a rule: a boolean, or with `each`
// the list of the items that are wrong.
func (c *checker) check(r *Rule) (*ast.AST, error) {
	var s source
	s.open(r.let)
	if r.each.text == "" {
		s.add(r.when)
	} else {
		s.raw("(")
		s.add(r.each)
		s.raw(").filter(it, ")
		s.add(r.when)
		s.raw(")")
	}
	s.close(len(r.let))
	return c.compile(r, s)
}

// detail compiles an expression of a text, for one item if the rule has
// several.
func (c *checker) detail(r *Rule, code string, line int) (*ast.AST, error) {
	var s source
	s.open(r.let)
	if r.each.text != "" {
		s.raw("[it_].map(it, ")
	} else {
		s.raw("[")
	}
	s.add(expression{text: code, line: line})
	if r.each.text != "" {
		s.raw(")")
	} else {
		s.raw("]")
	}
	s.close(len(r.let))
	return c.compile(r, s)
}

func (c *checker) compile(r *Rule, s source) (*ast.AST, error) {
	env := c.env
	if strings.Contains(s.text.String(), "it_") {
		var err error
		if env, err = c.env.Extend(cel.Variable("it_", cel.DynType)); err != nil {
			return nil, err
		}
	}
	checked, issues := env.Compile(s.text.String())
	if issues.Err() == nil {
		return checked.NativeRep(), nil
	}
	var list diag.List
	for _, e := range issues.Errors() {
		list.Add(diag.Diagnostic{
			Place: diag.Place{File: r.File, Line: s.lineOf(e.Location.Line())}, Rule: r.ID,
			Message: "the expression is wrong: " + wordsOf(e.Message),
			Fix:     "docs/rules.md lists the variables and functions",
		})
	}
	return nil, list.ErrorOrNil()
}

// wordsOf makes a line of a message of CEL, and says what it says too briefly.
func wordsOf(message string) string {
	if message == "invalid matches argument" {
		return "the pattern of matches() is no regular expression of RE2"
	}
	return strings.ReplaceAll(message, "\n", " ")
}

// source is a program put together from the parts of a rule, each on lines of
// its own so that an error leads back to its line in the file.
type source struct {
	text  strings.Builder
	count int
	lines []int
}

func (s *source) raw(text string) { s.text.WriteString(text) }

func (s *source) open(bindings []binding) {
	for _, b := range bindings {
		s.raw(fmt.Sprintf("cel.bind(%s, ", b.name))
		s.add(b.expression)
		s.raw(", ")
	}
}

func (s *source) close(n int) { s.raw(strings.Repeat(")", n)) }

func (s *source) add(e expression) {
	s.raw("\n")
	s.count++
	for i, line := range strings.Split(e.text, "\n") {
		for len(s.lines) <= s.count {
			s.lines = append(s.lines, e.line)
		}
		s.lines[s.count] = e.line + i
		s.raw(line + "\n")
		s.count++
	}
}

// lineOf leads from a line of the program, counted from 1, to one of the file.
func (s *source) lineOf(line int) int {
	if line-1 >= 0 && line-1 < len(s.lines) {
		return s.lines[line-1]
	}
	if len(s.lines) > 0 {
		return s.lines[len(s.lines)-1]
	}
	return 0
}
