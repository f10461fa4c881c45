package render

import (
	"slices"

	"github.com/google/go-jsonnet/ast"
)

// The evaluator runs much of the standard library, and the operator in, as
// Jsonnet, and hands every name that an expression takes from its surroundings
// down to it, one by one. So the baked trees are simplified: they mean the same
// and take fewer steps. The parsed library is left as it is written, and a test
// holds the two against each other.

// standard is the name under which a tree finds the standard library; std is
// another name of the same.
const standard = "$std"

// simplify rewrites a tree, from its leaves up.
func simplify(place *ast.Node) {
	for _, inner := range below(*place) {
		simplify(inner)
	}
	switch n := (*place).(type) {
	case *ast.Var:
		if n.Id == "std" {
			n.Id = standard
		}
	case *ast.Apply:
		*place = application{n}.simpler()
	case *ast.DesugaredObject:
		dropRoot(n)
	}
}

// bindsStandard tells whether a tree gives std another meaning.
func bindsStandard(v ast.Node) bool {
	return slices.Contains(bound(v), "std") || slices.ContainsFunc(below(v), func(place *ast.Node) bool {
		return bindsStandard(*place)
	})
}

// dropRoot takes the name $ out of an object in which nobody uses it: the
// evaluator would bind it anew for each field.
func dropRoot(object *ast.DesugaredObject) {
	names := fieldNames(object)
	for _, place := range below(object) {
		if !names[place] && uses(*place, "$") {
			return
		}
	}
	object.Locals = slices.DeleteFunc(object.Locals, func(local ast.LocalBind) bool { return local.Variable == "$" })
}

// uses tells whether a name stands in a tree and is not bound there.
func uses(v ast.Node, name ast.Identifier) bool {
	if variable, ok := v.(*ast.Var); ok {
		return variable.Id == name
	}
	if slices.Contains(bound(v), name) {
		return false
	}
	return slices.ContainsFunc(below(v), func(place *ast.Node) bool { return uses(*place, name) })
}

// application is the call of a function.
type application struct{ *ast.Apply }

// simpler returns what a call of the standard library comes down to.
func (a application) simpler() ast.Node {
	args := a.Arguments.Positional
	if len(a.Arguments.Named) > 0 {
		return a.Apply
	}
	switch name := a.standardName(); {
	case name == "objectHasAll" && len(args) == 2:
		return a.to("objectHasEx", args[0].Expr, args[1].Expr, truth(true))
	case name == "objectHas" && len(args) == 2:
		return a.to("objectHasEx", args[0].Expr, args[1].Expr, truth(false))
	case name == "objectFields" && len(args) == 1:
		return a.to("objectFieldsEx", args[0].Expr, truth(false))
	case name == "get" && (len(args) == 2 || len(args) == 3):
		return a.get()
	}
	return a.Apply
}

// standardName is the name of the function of the standard library that is
// called, or empty.
func (a application) standardName() string {
	index, ok := a.Target.(*ast.Index)
	if !ok {
		return ""
	}
	target, ok := index.Target.(*ast.Var)
	name, isText := index.Index.(*ast.LiteralString)
	if !ok || !isText || target.Id != standard {
		return ""
	}
	return name.Value
}

// to calls another function of the standard library at the same place.
func (a application) to(name string, args ...ast.Node) *ast.Apply {
	out := &ast.Apply{NodeBase: a.NodeBase, TailStrict: a.TailStrict, Target: &ast.Index{
		NodeBase: a.NodeBase,
		Target:   &ast.Var{NodeBase: a.NodeBase, Id: standard},
		Index:    &ast.LiteralString{NodeBase: a.NodeBase, Value: name, Kind: ast.StringDouble},
	}}
	for _, arg := range args {
		out.Arguments.Positional = append(out.Arguments.Positional, ast.CommaSeparatedExpr{Expr: arg})
	}
	return out
}

// get is std.get(object, field, default) as a condition. What it reads twice
// gets a name, unless it has one.
func (a application) get() ast.Node {
	args := a.Arguments.Positional
	var binds ast.LocalBinds
	named := func(i int, name ast.Identifier) func() ast.Node {
		switch arg := args[i].Expr.(type) {
		case *ast.Var:
			return func() ast.Node { v := *arg; return &v }
		case *ast.LiteralString:
			return func() ast.Node { v := *arg; return &v }
		case *ast.Self:
			return func() ast.Node { v := *arg; return &v }
		}
		binds = append(binds, ast.LocalBind{Variable: name, Body: args[i].Expr})
		return func() ast.Node { return &ast.Var{NodeBase: a.NodeBase, Id: name} }
	}
	// No source can hold such names.
	object, field := named(0, "$object"), named(1, "$field")
	var otherwise ast.Node = &ast.LiteralNull{NodeBase: a.NodeBase}
	if len(args) == 3 {
		otherwise = args[2].Expr
	}
	choice := &ast.Conditional{
		NodeBase:    a.NodeBase,
		Cond:        a.to("objectHasEx", object(), field(), truth(true)),
		BranchTrue:  &ast.Index{NodeBase: a.NodeBase, Target: object(), Index: field()},
		BranchFalse: otherwise,
	}
	if len(binds) == 0 {
		return choice
	}
	return &ast.Local{NodeBase: a.NodeBase, Binds: binds, Body: choice}
}

func truth(value bool) ast.Node { return &ast.LiteralBoolean{Value: value} }
