package render

import "github.com/google/go-jsonnet/ast"

// below returns the places of the nodes that stand right below one in a
// desugared tree.
func below(v ast.Node) []*ast.Node {
	var places []*ast.Node
	add := func(place *ast.Node) {
		if *place != nil {
			places = append(places, place)
		}
	}
	switch n := v.(type) {
	case *ast.Apply:
		add(&n.Target)
		for i := range n.Arguments.Positional {
			add(&n.Arguments.Positional[i].Expr)
		}
		for i := range n.Arguments.Named {
			add(&n.Arguments.Named[i].Arg)
		}
	case *ast.Array:
		for i := range n.Elements {
			add(&n.Elements[i].Expr)
		}
	case *ast.Binary:
		add(&n.Left)
		add(&n.Right)
	case *ast.Conditional:
		add(&n.Cond)
		add(&n.BranchTrue)
		add(&n.BranchFalse)
	case *ast.DesugaredObject:
		for i := range n.Asserts {
			add(&n.Asserts[i])
		}
		for i := range n.Fields {
			add(&n.Fields[i].Name)
			add(&n.Fields[i].Body)
		}
		for i := range n.Locals {
			add(&n.Locals[i].Body)
		}
	case *ast.Error:
		add(&n.Expr)
	case *ast.Function:
		for i := range n.Parameters {
			add(&n.Parameters[i].DefaultArg)
		}
		add(&n.Body)
	case *ast.Index:
		add(&n.Target)
		add(&n.Index)
	case *ast.InSuper:
		add(&n.Index)
	case *ast.Local:
		for i := range n.Binds {
			add(&n.Binds[i].Body)
		}
		add(&n.Body)
	case *ast.SuperIndex:
		add(&n.Index)
	case *ast.Unary:
		add(&n.Expr)
	}
	return places
}

// bound returns the names that a node binds for the nodes below it.
func bound(v ast.Node) ast.Identifiers {
	var names ast.Identifiers
	switch n := v.(type) {
	case *ast.DesugaredObject:
		for _, local := range n.Locals {
			names = append(names, local.Variable)
		}
	case *ast.Function:
		for _, parameter := range n.Parameters {
			names = append(names, parameter.Name)
		}
	case *ast.Local:
		for _, bind := range n.Binds {
			names = append(names, bind.Variable)
		}
	}
	return names
}

// bindFree notes in every node of a tree which names it takes from its
// surroundings: those that the evaluator hands down to it.
func bindFree(v ast.Node) {
	inside, outside := ast.NewIdentifierSet(), ast.NewIdentifierSet()
	if variable, ok := v.(*ast.Var); ok {
		outside.Add(variable.Id)
	}
	names := fieldNames(v)
	for _, place := range below(v) {
		bindFree(*place)
		if names[place] {
			// The names of fields do not see what the object binds.
			outside.AddIdentifiers((*place).FreeVariables())
		} else {
			inside.AddIdentifiers((*place).FreeVariables())
		}
	}
	for _, name := range bound(v) {
		inside.Remove(name)
	}
	outside.AddIdentifiers(inside.ToSlice())
	v.SetFreeVariables(outside.ToOrderedSlice())
}

// fieldNames returns the places of the names of an object's fields.
func fieldNames(v ast.Node) map[*ast.Node]bool {
	object, ok := v.(*ast.DesugaredObject)
	if !ok {
		return nil
	}
	names := map[*ast.Node]bool{}
	for i := range object.Fields {
		names[&object.Fields[i].Name] = true
	}
	return names
}
