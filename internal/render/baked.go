package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"hagen/internal/artifact"
)

// BakedName is where the library's folder may hold its baked form.
const BakedName = "baked/library.ast"

// bakedFormat names the shape of the baked form and the parser it came from;
// another one is ignored, and the sources are parsed instead.
const bakedFormat = "hagen baked 3, go-jsonnet v0.22.0\n"

// Baking parses the library when hagen is built instead of when it runs:
// parsing took a third of a build. The baked form carries the digest of the
// sources, so a stale one is never used.

// Library is a library with its baked form, if it carries one that fits. It is
// safe for concurrent use.
type Library struct {
	files fs.FS
	baked ast.Node
}

// NewLibrary reads what the files hold.
func NewLibrary(files fs.FS) *Library {
	return &Library{files: files, baked: unbake(files)}
}

// IsBaked tells whether VMs are spared parsing the library.
func (l *Library) IsBaked() bool { return l.baked != nil }

// VM makes a VM for the specs of the folder dir; the user's own Jsonnet is read
// by read.
func (l *Library) VM(dir string, read func(path string) ([]byte, error)) *VM {
	v := New(NewImporter(l.files, dir, read))
	v.baked = l.baked
	return v
}

// Bake returns the baked form of a library.
func Bake(library fs.FS) ([]byte, error) {
	digest, err := sourceDigest(library)
	if err != nil {
		return nil, err
	}
	b := &baker{library: library, order: map[string]int{}, nodes: map[string]ast.Node{}}
	if err := b.visit("main.libsonnet"); err != nil {
		return nil, err
	}
	parts := b.halves()
	data := append([]byte(bakedFormat), digest...)
	var bodies []byte
	for _, names := range parts {
		body, err := b.encode(names)
		if err != nil {
			return nil, err
		}
		data = binary.AppendUvarint(data, uint64(len(names)))
		data = binary.AppendUvarint(data, uint64(len(body)))
		bodies = append(bodies, body...)
	}
	return append(data, bodies...), nil
}

// sourceDigest hashes the names and texts of the library's sources.
func sourceDigest(library fs.FS) ([]byte, error) {
	hash := sha256.New()
	err := artifact.Hash(hash, library, func(name string) bool {
		return path.Ext(name) == ".libsonnet" || path.Ext(name) == ".json"
	})
	return hash.Sum(nil), err
}

// baker parses files in the order in which they need one another.
type baker struct {
	library fs.FS
	order   map[string]int
	nodes   map[string]ast.Node
	names   []string
	open    []string
}

func (b *baker) visit(name string) error {
	if _, done := b.order[name]; done {
		return nil
	}
	for _, open := range b.open {
		if open == name {
			return fmt.Errorf("bake: %s imports itself by way of others", name)
		}
	}
	data, err := fs.ReadFile(b.library, name)
	if err != nil {
		return fmt.Errorf("bake: %w", err)
	}
	node, err := jsonnet.SnippetToAST(libraryRoot+name, string(data))
	if err != nil {
		return fmt.Errorf("bake: %w", err)
	}
	if bindsStandard(node) {
		return fmt.Errorf("bake: %s gives std another meaning", name)
	}
	b.open = append(b.open, name)
	if err := b.link(name, &node); err != nil {
		return err
	}
	b.open = b.open[:len(b.open)-1]
	simplify(&node)
	bindFree(node)
	b.order[name], b.nodes[name] = len(b.names), node
	b.names = append(b.names, name)
	return nil
}

// link visits what a tree imports, and puts a name in the place of each import.
func (b *baker) link(name string, place *ast.Node) error {
	if i, ok := (*place).(*ast.Import); ok {
		found, ok := b.find(name, i.File.Value)
		if !ok {
			return fmt.Errorf("bake: %s imports %s, which is not in the library", name, i.File.Value)
		}
		if err := b.visit(found); err != nil {
			return err
		}
		*place = &ast.Var{NodeBase: i.NodeBase, Id: fileName(b.order[found])}
		return nil
	}
	for _, inner := range below(*place) {
		if err := b.link(name, inner); err != nil {
			return err
		}
	}
	return nil
}

// fileName is what the value of a file is called in the baked library.
func fileName(number int) ast.Identifier {
	return ast.Identifier("$" + strconv.Itoa(number))
}

// find resolves an import as the importer does.
func (b *baker) find(from, name string) (string, bool) {
	for _, candidate := range []string{path.Join(path.Dir(from), name), path.Clean(name)} {
		if _, err := fs.Stat(b.library, candidate); err == nil {
			return candidate, true
		}
	}
	return "", false
}

// unbake reads the baked form that a library carries and returns the tree of
// its entry, or nil when there is none that fits the sources.
func unbake(library fs.FS) ast.Node {
	data, err := fs.ReadFile(library, BakedName)
	if err != nil {
		return nil
	}
	digest, err := sourceDigest(library)
	body, ok := bytes.CutPrefix(data, append([]byte(bakedFormat), digest...))
	if err != nil || !ok {
		return nil
	}
	files := readParts(body)
	if len(files) == 0 {
		return nil
	}
	return assemble(files)
}

// assemble makes one tree of the trees of all files, the last of which is the
// entry. Each is evaluated at most once, as an import is.
func assemble(files []ast.Node) ast.Node {
	binds := make(ast.LocalBinds, len(files))
	for i, file := range files {
		binds[i] = ast.LocalBind{Variable: fileName(i), Body: file}
	}
	entry := fileName(len(files) - 1)
	whole := &ast.Local{Binds: binds, Body: &ast.Var{Id: entry}}
	whole.Body.SetFreeVariables(ast.Identifiers{entry})
	whole.SetFreeVariables(ast.Identifiers{standard})
	return whole
}

// link puts the baked library in the place of the import in a program.
func link(source string, library ast.Node) (ast.Node, error) {
	node, err := jsonnet.SnippetToAST("hagen", source)
	if err != nil {
		return nil, err
	}
	if !replaceImport(node, library) {
		return nil, errors.New("the program has no place for the library")
	}
	return node, nil
}

// replaceImport looks for main.libsonnet where the program has it: as the
// target of an index. All nodes around it must let std through.
func replaceImport(node, library ast.Node) bool {
	found := false
	if index, ok := node.(*ast.Index); ok {
		if i, ok := index.Target.(*ast.Import); ok && strings.HasSuffix(i.File.Value, "main.libsonnet") {
			index.Target, found = library, true
		}
	}
	for _, place := range below(node) {
		found = found || replaceImport(*place, library)
	}
	if found {
		free := ast.NewIdentifierSet(node.FreeVariables()...)
		free.Add(standard)
		node.SetFreeVariables(free.ToOrderedSlice())
	}
	return found
}
