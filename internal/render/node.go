package render

import "github.com/google/go-jsonnet/ast"

// The kinds of nodes that are left after desugaring. Their numbers are part
// of the baked form.
const (
	tagNil = iota
	tagFile
	tagApply
	tagArray
	tagBinary
	tagConditional
	tagObject
	tagError
	tagFunction
	tagImport
	tagImportStr
	tagIndex
	tagInSuper
	tagBoolean
	tagNull
	tagNumber
	tagString
	tagLocal
	tagSelf
	tagSuperIndex
	tagUnary
	tagVar
)

// slab hands out nodes from larger pieces: one allocation for many.
type slab[T any] []T

func (s *slab[T]) next() *T {
	if len(*s) == 0 {
		*s = make([]T, 128)
	}
	v := &(*s)[0]
	*s = (*s)[1:]
	return v
}

type slabs struct {
	apply       slab[ast.Apply]
	array       slab[ast.Array]
	binary      slab[ast.Binary]
	conditional slab[ast.Conditional]
	object      slab[ast.DesugaredObject]
	function    slab[ast.Function]
	index       slab[ast.Index]
	boolean     slab[ast.LiteralBoolean]
	text        slab[ast.LiteralString]
	local       slab[ast.Local]
	variable    slab[ast.Var]
}

// create makes the empty node of a kind.
func (s *slabs) create(tag int) ast.Node {
	switch tag {
	case tagApply:
		return s.apply.next()
	case tagArray:
		return s.array.next()
	case tagBinary:
		return s.binary.next()
	case tagConditional:
		return s.conditional.next()
	case tagObject:
		return s.object.next()
	case tagError:
		return &ast.Error{}
	case tagFunction:
		return s.function.next()
	case tagImport:
		return &ast.Import{File: &ast.LiteralString{}}
	case tagImportStr:
		return &ast.ImportStr{File: &ast.LiteralString{}}
	case tagIndex:
		return s.index.next()
	case tagInSuper:
		return &ast.InSuper{}
	case tagBoolean:
		return s.boolean.next()
	case tagNull:
		return &ast.LiteralNull{}
	case tagNumber:
		return &ast.LiteralNumber{}
	case tagString:
		return s.text.next()
	case tagLocal:
		return s.local.next()
	case tagSelf:
		return &ast.Self{}
	case tagSuperIndex:
		return &ast.SuperIndex{}
	case tagUnary:
		return &ast.Unary{}
	case tagVar:
		return s.variable.next()
	}
	return nil
}

func tagOf(node ast.Node) int {
	switch node.(type) {
	case nil:
		return tagNil
	case *ast.Apply:
		return tagApply
	case *ast.Array:
		return tagArray
	case *ast.Binary:
		return tagBinary
	case *ast.Conditional:
		return tagConditional
	case *ast.DesugaredObject:
		return tagObject
	case *ast.Error:
		return tagError
	case *ast.Function:
		return tagFunction
	case *ast.Import:
		return tagImport
	case *ast.ImportStr:
		return tagImportStr
	case *ast.Index:
		return tagIndex
	case *ast.InSuper:
		return tagInSuper
	case *ast.LiteralBoolean:
		return tagBoolean
	case *ast.LiteralNull:
		return tagNull
	case *ast.LiteralNumber:
		return tagNumber
	case *ast.LiteralString:
		return tagString
	case *ast.Local:
		return tagLocal
	case *ast.Self:
		return tagSelf
	case *ast.SuperIndex:
		return tagSuperIndex
	case *ast.Unary:
		return tagUnary
	case *ast.Var:
		return tagVar
	}
	return -1
}

// node writes or reads one node and all below it.
func (c *codec) node(v *ast.Node) {
	if c.err != nil {
		return
	}
	tag := 0
	file := 0
	if c.writing {
		tag, file = c.writingTag(*v)
	}
	c.int(&tag)
	switch {
	case tag == tagNil:
		return
	case tag == tagFile:
		c.int(&file)
		if !c.writing && file < len(c.files) {
			*v = c.files[file]
		}
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

// writingTag also finds the imports that a file of the library replaces.
func (c *codec) writingTag(v ast.Node) (tag, file int) {
	tag = tagOf(v)
	if tag < 0 {
		c.err = errBaked
	}
	if i, ok := v.(*ast.Import); ok {
		if file, ok = c.imports(c.name, i.File.Value); ok {
			return tagFile, file
		}
	}
	return tag, 0
}

func (c *codec) fields(v ast.Node) {
	switch n := v.(type) {
	case *ast.Apply:
		c.node(&n.Target)
		c.elements(&n.Arguments.Positional)
		c.named(&n.Arguments.Named)
		c.bool(&n.TailStrict)
		c.base(&n.NodeBase, v)
	case *ast.Array:
		c.elements(&n.Elements)
		c.base(&n.NodeBase, v)
	case *ast.Binary:
		c.node(&n.Left)
		c.node(&n.Right)
		c.int((*int)(&n.Op))
		c.base(&n.NodeBase, v)
	case *ast.Conditional:
		c.node(&n.Cond)
		c.node(&n.BranchTrue)
		c.node(&n.BranchFalse)
		c.base(&n.NodeBase, v)
	case *ast.DesugaredObject:
		c.nodes(&n.Asserts)
		c.objectFields(&n.Fields)
		c.binds(&n.Locals)
		c.base(&n.NodeBase, v)
	case *ast.Error:
		c.node(&n.Expr)
		c.base(&n.NodeBase, v)
	case *ast.Function:
		c.parameters(&n.Parameters)
		c.node(&n.Body)
		c.base(&n.NodeBase, v)
	case *ast.Import:
		c.text(&n.File.Value)
		c.base(&n.NodeBase, v)
	case *ast.ImportStr:
		c.text(&n.File.Value)
		c.base(&n.NodeBase, v)
	case *ast.Index:
		c.node(&n.Target)
		c.node(&n.Index)
		c.base(&n.NodeBase, v)
	case *ast.InSuper:
		c.node(&n.Index)
		c.base(&n.NodeBase, v)
	case *ast.Local:
		c.binds(&n.Binds)
		c.node(&n.Body)
		c.base(&n.NodeBase, v)
	case *ast.SuperIndex:
		c.node(&n.Index)
		c.base(&n.NodeBase, v)
	case *ast.Unary:
		c.node(&n.Expr)
		c.int((*int)(&n.Op))
		c.base(&n.NodeBase, v)
	default:
		c.leaf(v)
	}
}

func (c *codec) leaf(v ast.Node) {
	switch n := v.(type) {
	case *ast.LiteralBoolean:
		c.bool(&n.Value)
		c.base(&n.NodeBase, v)
	case *ast.LiteralNull:
		c.base(&n.NodeBase, v)
	case *ast.LiteralNumber:
		c.text(&n.OriginalString)
		c.base(&n.NodeBase, v)
	case *ast.LiteralString:
		c.text(&n.Value)
		c.int((*int)(&n.Kind))
		c.base(&n.NodeBase, v)
	case *ast.Self:
		c.base(&n.NodeBase, v)
	case *ast.Var:
		c.ident(&n.Id)
		c.base(&n.NodeBase, v)
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
