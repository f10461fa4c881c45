package rule

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var errStored = errors.New("the stored rules are broken")

// encoder writes checked expressions: only what the interpreter needs of them,
// without types and places. That is a tenth of their protocol buffers.
type encoder struct {
	data []byte
	err  error
}

func (e *encoder) uint(n uint64) { e.data = binary.AppendUvarint(e.data, n) }
func (e *encoder) bool(b bool) {
	if b {
		e.uint(1)
		return
	}
	e.uint(0)
}

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.data = append(e.data, s...)
}

// expr writes one node of a checked expression and all below it.
func (e *encoder) expr(checked *ast.AST, x ast.Expr) {
	e.uint(uint64(x.Kind()))
	switch x.Kind() {
	case ast.CallKind:
		call := x.AsCall()
		e.text(call.FunctionName())
		overload := ""
		if ids := checked.GetOverloadIDs(x.ID()); len(ids) == 1 {
			overload = ids[0]
		}
		e.text(overload)
		e.bool(call.IsMemberFunction())
		if call.IsMemberFunction() {
			e.expr(checked, call.Target())
		}
		e.exprs(checked, call.Args())
	case ast.ComprehensionKind:
		c := x.AsComprehension()
		e.text(c.IterVar())
		e.text(c.IterVar2())
		e.text(c.AccuVar())
		e.exprs(checked, []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()})
	case ast.IdentKind:
		e.text(x.AsIdent())
	case ast.ListKind:
		e.exprs(checked, x.AsList().Elements())
	case ast.LiteralKind:
		e.literal(x.AsLiteral())
	case ast.MapKind:
		entries := x.AsMap().Entries()
		e.uint(uint64(len(entries)))
		for _, entry := range entries {
			e.expr(checked, entry.AsMapEntry().Key())
			e.expr(checked, entry.AsMapEntry().Value())
		}
	case ast.SelectKind:
		s := x.AsSelect()
		e.bool(s.IsTestOnly())
		e.text(s.FieldName())
		e.expr(checked, s.Operand())
	default:
		e.err = fmt.Errorf("an expression of kind %v cannot be stored", x.Kind())
	}
}

func (e *encoder) exprs(checked *ast.AST, list []ast.Expr) {
	e.uint(uint64(len(list)))
	for _, x := range list {
		e.expr(checked, x)
	}
}

func (e *encoder) literal(v ref.Val) {
	switch value := v.(type) {
	case types.Null:
		e.uint(0)
	case types.Bool:
		e.uint(1)
		e.bool(bool(value))
	case types.Int:
		e.uint(2)
		e.uint(uint64(value))
	case types.Double:
		e.uint(3)
		e.uint(math.Float64bits(float64(value)))
	case types.String:
		e.uint(4)
		e.text(string(value))
	default:
		e.err = fmt.Errorf("a literal of type %T cannot be stored", v)
	}
}
