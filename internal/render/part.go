package render

import (
	"io/fs"
	"sync"

	"github.com/google/go-jsonnet/ast"
)

// bakedParts is how many parts the baked library has: it is read on that many
// cores.
const bakedParts = 2

// halves splits the files, in their order, into parts of about the same size.
func (b *baker) halves() [bakedParts][]string {
	size := func(name string) int {
		data, _ := fs.ReadFile(b.library, name)
		return len(data)
	}
	all := 0
	for _, name := range b.names {
		all += size(name)
	}
	var parts [bakedParts][]string
	done := 0
	for _, name := range b.names {
		at := done * bakedParts / all
		parts[at] = append(parts[at], name)
		done += size(name)
	}
	return parts
}

// encode writes the trees of some files.
func (b *baker) encode(names []string) ([]byte, error) {
	c := &codec{writing: true}
	c.texts.index, c.idents.index = map[string]uint64{}, map[string]uint64{}
	for _, name := range names {
		node := b.nodes[name]
		c.node(&node)
	}
	return c.data, c.err
}

// readParts reads all parts at once. Nil means that they are broken.
func readParts(data []byte) []ast.Node {
	head := &codec{data: data}
	var counts, sizes [bakedParts]int
	for i := range bakedParts {
		counts[i], sizes[i] = head.length(0), head.length(0)
	}
	parts := make([]*codec, bakedParts)
	var group sync.WaitGroup
	for i := range parts {
		if head.err != nil || sizes[i] > len(data)-head.at {
			return nil
		}
		parts[i] = &codec{data: data[head.at : head.at+sizes[i]], contexts: map[uint64]*string{}}
		head.at += sizes[i]
		group.Go(func() { parts[i].readFiles(counts[i]) })
	}
	group.Wait()
	var files []ast.Node
	for _, part := range parts {
		if part.err != nil {
			return nil
		}
		files = append(files, part.files...)
	}
	return files
}

func (c *codec) readFiles(count int) {
	for range count {
		if c.err != nil {
			return
		}
		var node ast.Node
		c.node(&node)
		c.files = append(c.files, node)
	}
}
