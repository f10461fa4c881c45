package render

import "github.com/google/go-jsonnet/ast"

// The kinds of nodes that are left after desugaring. Their numbers are part
// of the baked form.
const (
	tagNil = iota
	tagApply
	tagArray
	tagBinary
	tagConditional
	tagObject
	tagError
	tagFunction
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
		// A page of fresh memory that is read before it is written costs two
		// page faults instead of one, and reading nodes does that.
		clear(*s)
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
