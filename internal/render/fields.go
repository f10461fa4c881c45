package render

import "github.com/google/go-jsonnet/ast"

// node writes or reads one node and all below it.
func (c *codec) node(v *ast.Node) {
	if c.err != nil {
		return
	}
	tag := tagOf(*v)
	if tag < 0 {
		c.err = errBaked
		return
	}
	c.int(&tag)
	if tag == tagNil {
		return
	}
	if !c.writing {
		*v = c.slabs.create(tag)
	}
	if *v == nil {
		c.err = errBaked
		return
	}
	c.fields(*v)
}

func (c *codec) fields(v ast.Node) {
	switch n := v.(type) {
	case *ast.Apply:
		c.node(&n.Target)
		c.elements(&n.Arguments.Positional)
		c.named(&n.Arguments.Named)
		c.bool(&n.TailStrict)
		c.base(&n.NodeBase)
	case *ast.Array:
		c.elements(&n.Elements)
		c.base(&n.NodeBase)
	case *ast.Binary:
		c.node(&n.Left)
		c.node(&n.Right)
		c.int((*int)(&n.Op))
		c.base(&n.NodeBase)
	case *ast.Conditional:
		c.node(&n.Cond)
		c.node(&n.BranchTrue)
		c.node(&n.BranchFalse)
		c.base(&n.NodeBase)
	case *ast.DesugaredObject:
		c.nodes(&n.Asserts)
		c.objectFields(&n.Fields)
		c.binds(&n.Locals)
		c.base(&n.NodeBase)
	case *ast.Error:
		c.node(&n.Expr)
		c.base(&n.NodeBase)
	case *ast.Function:
		c.parameters(&n.Parameters)
		c.node(&n.Body)
		c.base(&n.NodeBase)
	case *ast.ImportStr:
		c.text(&n.File.Value)
		c.base(&n.NodeBase)
	case *ast.Index:
		c.node(&n.Target)
		c.node(&n.Index)
		c.base(&n.NodeBase)
	case *ast.InSuper:
		c.node(&n.Index)
		c.base(&n.NodeBase)
	case *ast.Local:
		c.binds(&n.Binds)
		c.node(&n.Body)
		c.base(&n.NodeBase)
	case *ast.SuperIndex:
		c.node(&n.Index)
		c.base(&n.NodeBase)
	case *ast.Unary:
		c.node(&n.Expr)
		c.int((*int)(&n.Op))
		c.base(&n.NodeBase)
	default:
		c.leaf(v)
	}
}

func (c *codec) leaf(v ast.Node) {
	switch n := v.(type) {
	case *ast.LiteralBoolean:
		c.bool(&n.Value)
		c.base(&n.NodeBase)
	case *ast.LiteralNull:
		c.base(&n.NodeBase)
	case *ast.LiteralNumber:
		c.text(&n.OriginalString)
		c.base(&n.NodeBase)
	case *ast.LiteralString:
		c.text(&n.Value)
		c.int((*int)(&n.Kind))
		c.base(&n.NodeBase)
	case *ast.Self:
		c.base(&n.NodeBase)
	case *ast.Var:
		c.ident(&n.Id)
		c.base(&n.NodeBase)
	}
}

// list sizes a list when it is read.
func list[T any](c *codec, v *[]T) {
	n := c.length(len(*v))
	if !c.writing && n > 0 {
		*v = make([]T, n)
	}
}

func (c *codec) nodes(v *ast.Nodes) {
	list(c, (*[]ast.Node)(v))
	for i := range *v {
		c.node(&(*v)[i])
	}
}

func (c *codec) elements(v *[]ast.CommaSeparatedExpr) {
	list(c, v)
	for i := range *v {
		c.node(&(*v)[i].Expr)
	}
}

func (c *codec) named(v *[]ast.NamedArgument) {
	list(c, v)
	for i := range *v {
		c.ident(&(*v)[i].Name)
		c.node(&(*v)[i].Arg)
	}
}

func (c *codec) objectFields(v *ast.DesugaredObjectFields) {
	list(c, (*[]ast.DesugaredObjectField)(v))
	for i := range *v {
		field := &(*v)[i]
		c.node(&field.Name)
		c.node(&field.Body)
		c.loc(&field.LocRange)
		c.int((*int)(&field.Hide))
		c.bool(&field.PlusSuper)
	}
}

func (c *codec) binds(v *ast.LocalBinds) {
	list(c, (*[]ast.LocalBind)(v))
	for i := range *v {
		c.ident(&(*v)[i].Variable)
		c.node(&(*v)[i].Body)
		c.loc(&(*v)[i].LocRange)
	}
}

func (c *codec) parameters(v *[]ast.Parameter) {
	list(c, v)
	for i := range *v {
		c.ident(&(*v)[i].Name)
		c.node(&(*v)[i].DefaultArg)
		c.loc(&(*v)[i].LocRange)
	}
}
