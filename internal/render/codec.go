package render

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/go-jsonnet/ast"
)

// codec writes or reads a desugared syntax tree. One description of each node
// serves both directions, so that they cannot drift apart: every method takes
// a pointer, and either writes what is there or fills it in.
type codec struct {
	writing bool
	data    []byte
	at      int
	err     error

	// contexts holds a pointer for each text that is one.
	contexts map[uint64]*string
	texts    table[string]
	idents   table[ast.Identifiers]
	files    []ast.Node
	slabs    slabs
	sources  map[string]*ast.Source
}

var errBaked = errors.New("the baked library cannot be read")

// table numbers values as they first appear.
type table[T any] struct {
	index  map[string]uint64
	values []T
}

func (c *codec) uint(v *uint64) {
	if c.writing {
		c.data = binary.AppendUvarint(c.data, *v)
		return
	}
	n, size := binary.Uvarint(c.data[c.at:])
	if size <= 0 {
		c.err = errBaked
		c.at = len(c.data)
		return
	}
	*v, c.at = n, c.at+size
}

func (c *codec) int(v *int) {
	n := uint64(*v)
	c.uint(&n)
	*v = int(n)
}

func (c *codec) bool(v *bool) {
	n := uint64(0)
	if *v {
		n = 1
	}
	c.uint(&n)
	*v = n == 1
}

// length writes or reads the length of a list; a broken one reads as 0.
func (c *codec) length(n int) int {
	c.int(&n)
	if n < 0 || !c.writing && n > len(c.data) {
		c.err = errBaked
		return 0
	}
	return n
}

// text is a text of the table; a new one follows its number.
func (c *codec) text(v *string) { c.textNumber(v) }

// textNumber is text and returns the number.
func (c *codec) textNumber(v *string) uint64 {
	var n uint64
	if c.writing {
		n, known := c.texts.index[*v]
		if !known {
			n = uint64(len(c.texts.index))
			c.texts.index[*v] = n
		}
		c.uint(&n)
		if !known {
			c.data = binary.AppendUvarint(c.data, uint64(len(*v)))
			c.data = append(c.data, *v...)
		}
		return n
	}
	c.uint(&n)
	if n == uint64(len(c.texts.values)) {
		c.texts.values = append(c.texts.values, c.raw())
	}
	if n >= uint64(len(c.texts.values)) {
		c.err = errBaked
		return 0
	}
	*v = c.texts.values[n]
	return n
}

func (c *codec) raw() string {
	n := c.length(0)
	if c.at+n > len(c.data) {
		c.err = errBaked
		return ""
	}
	c.at += n
	return string(c.data[c.at-n : c.at])
}

func (c *codec) ident(v *ast.Identifier) {
	text := string(*v)
	c.text(&text)
	*v = ast.Identifier(text)
}

// identList is a list of the table: most nodes share theirs with another.
func (c *codec) identList(v *ast.Identifiers) {
	key := ""
	if c.writing {
		key = fmt.Sprint(*v)
	}
	n, known := c.idents.index[key]
	if c.writing && !known {
		n = uint64(len(c.idents.index))
		c.idents.index[key] = n
	}
	c.uint(&n)
	if c.writing && known {
		return
	}
	if c.writing || n == uint64(len(c.idents.values)) {
		list := *v
		count := c.length(len(list))
		if !c.writing {
			list = make(ast.Identifiers, count)
		}
		for i := range list {
			c.ident(&list[i])
		}
		c.idents.values = append(c.idents.values, list)
	}
	if n >= uint64(len(c.idents.values)) {
		c.err = errBaked
		return
	}
	*v = c.idents.values[n]
}

// loc is a place in a file. Only the file's name is kept: traces name places,
// they do not quote the library.
func (c *codec) loc(v *ast.LocationRange) {
	hasFile := v.File != nil
	c.bool(&hasFile)
	if hasFile {
		name := ""
		if c.writing {
			name = string(v.File.DiagnosticFileName)
		}
		c.text(&name)
		v.File = c.source(v.File, name)
	}
	for _, n := range []*int{&v.Begin.Line, &v.Begin.Column, &v.End.Line, &v.End.Column} {
		c.int(n)
	}
	c.text(&v.FileName)
}

func (c *codec) base(v *ast.NodeBase) {
	c.identList(&v.FreeVars)
	c.loc(&v.LocRange)
	c.context(&v.Ctx)
}

// context is what a trace calls the surroundings of a node; most nodes share
// theirs with another.
func (c *codec) context(v *ast.Context) {
	has := *v != nil
	c.bool(&has)
	if !has {
		return
	}
	text := ""
	if c.writing {
		text = **v
	}
	n := c.textNumber(&text)
	if c.writing {
		return
	}
	if c.contexts[n] == nil {
		c.contexts[n] = &text
	}
	*v = c.contexts[n]
}

// source returns the one source of a name when reading.
func (c *codec) source(v *ast.Source, name string) *ast.Source {
	if c.writing {
		return v
	}
	if c.sources == nil {
		c.sources = map[string]*ast.Source{}
	}
	if c.sources[name] == nil {
		c.sources[name] = &ast.Source{DiagnosticFileName: ast.DiagnosticFileName(name)}
	}
	return c.sources[name]
}
