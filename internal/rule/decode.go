package rule

import (
	"encoding/binary"
	"math"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// decoder reads what an encoder wrote.
type decoder struct {
	data    string
	factory ast.ExprFactory
	refs    map[int64]*ast.ReferenceInfo
	// idents and functions are references that were made already, by name.
	idents, functions map[string]*ast.ReferenceInfo
	id                int64
	failed            bool
}

// nodeSize is about the bytes that a node with a reference takes, so that their
// table need not grow.
const nodeSize = 16

func newDecoder() *decoder {
	return &decoder{
		factory: ast.NewExprFactory(),
		idents:  map[string]*ast.ReferenceInfo{}, functions: map[string]*ast.ReferenceInfo{},
	}
}

// decode reads one expression.
func (d *decoder) decode(code string) (*ast.AST, error) {
	d.data, d.id, d.failed = code, 0, false
	d.refs = make(map[int64]*ast.ReferenceInfo, len(code)/nodeSize)
	x := d.expr()
	if d.failed || len(d.data) > 0 {
		return nil, errStored
	}
	return ast.NewCheckedAST(ast.NewAST(x, nil), nil, d.refs), nil
}

func (d *decoder) uint() uint64 {
	var n uint64
	for i := 0; i < len(d.data) && i < binary.MaxVarintLen64; i++ {
		n |= uint64(d.data[i]&0x7f) << (7 * i)
		if d.data[i] < 0x80 {
			d.data = d.data[i+1:]
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) fail() { d.failed, d.data = true, "" }

// length reads the length of a list or text, which cannot be longer than what
// is left.
func (d *decoder) length() int {
	n := d.uint()
	if n > uint64(len(d.data)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.length()
	s := d.data[:n]
	d.data = d.data[n:]
	return s
}

func (d *decoder) expr() ast.Expr {
	d.id++
	id := d.id
	switch ast.ExprKind(d.uint()) {
	case ast.CallKind:
		return d.call(id)
	case ast.ComprehensionKind:
		iter, iter2, accu := d.text(), d.text(), d.text()
		if x := d.exprs(); len(x) == 5 {
			return d.factory.NewComprehensionTwoVar(id, x[0], iter, iter2, accu, x[1], x[2], x[3], x[4])
		}
	case ast.IdentKind:
		name := d.text()
		if d.idents[name] == nil {
			d.idents[name] = ast.NewIdentReference(name, nil)
		}
		d.refs[id] = d.idents[name]
		return d.factory.NewIdent(id, name)
	case ast.ListKind:
		return d.factory.NewList(id, d.exprs(), nil)
	case ast.LiteralKind:
		return d.factory.NewLiteral(id, d.literal())
	case ast.MapKind:
		var entries []ast.EntryExpr
		for range d.length() {
			d.id++
			entry := d.id
			key := d.expr()
			entries = append(entries, d.factory.NewMapEntry(entry, key, d.expr(), false))
		}
		return d.factory.NewMap(id, entries)
	case ast.SelectKind:
		test, field := d.uint() == 1, d.text()
		if operand := d.expr(); test {
			return d.factory.NewPresenceTest(id, operand, field)
		} else {
			return d.factory.NewSelect(id, operand, field)
		}
	}
	d.fail()
	return d.factory.NewUnspecifiedExpr(id)
}

func (d *decoder) call(id int64) ast.Expr {
	name, overload, member := d.text(), d.text(), d.uint() == 1
	d.refs[id] = d.function(overload)
	if member {
		target := d.expr()
		return d.factory.NewMemberCall(id, name, target, d.exprs()...)
	}
	return d.factory.NewCall(id, name, d.exprs()...)
}

func (d *decoder) function(overload string) *ast.ReferenceInfo {
	if known := d.functions[overload]; known != nil {
		return known
	}
	made := ast.NewFunctionReference()
	if overload != "" {
		made = ast.NewFunctionReference(overload)
	}
	d.functions[overload] = made
	return made
}

func (d *decoder) exprs() []ast.Expr {
	list := make([]ast.Expr, d.length())
	for i := range list {
		if list[i] = d.expr(); d.failed {
			return nil
		}
	}
	return list
}

func (d *decoder) literal() ref.Val {
	switch d.uint() {
	case 0:
		return types.NullValue
	case 1:
		return types.Bool(d.uint() == 1)
	case 2:
		return types.Int(d.uint())
	case 3:
		return types.Double(math.Float64frombits(d.uint()))
	case 4:
		return types.String(d.text())
	}
	d.failed = true
	return types.NullValue
}
