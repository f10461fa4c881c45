package site

import (
	"fmt"
	"strings"
)

// Entry is a registry on the page of all of them.
type Entry struct {
	Summary
	Name, Environment, Harbor, Folder string
}

// Where says what it runs on.
func (e Entry) Where() string {
	l, err := english()
	if err != nil {
		return ""
	}
	var words []string
	switch {
	case e.Nodes == 1:
		words = append(words, "1 "+l.text("machine"))
	case e.Nodes > 1:
		words = append(words, fmt.Sprint(e.Nodes)+" "+l.text("machines"))
	}
	if e.Kubernetes {
		words = append(words, l.text("cluster"))
	}
	return strings.Join(words, ", ")
}

type allView struct {
	view
	Sites []Entry
}

// All makes the page of all registries of an output folder, from its entries in
// the order of their folders.
func All(entries []Entry) ([]byte, error) {
	p, err := load()
	if err != nil {
		return nil, err
	}
	v := view{Path: Overview, Title: p.language.text("index.title"), Head: p.head, Foot: p.foot}
	return p.render(page{Overview, "all", allView{v, entries}, 0})
}

// IsOurs tells whether a page was made by this package.
func IsOurs(data []byte) bool {
	return strings.Contains(string(data[:min(len(data), 64<<10)]), `<meta name="generator" content="hagen">`)
}
