package main

import (
	"html/template"
	"strconv"

	"hagen/internal/diff"
	"hagen/internal/site"
	"hagen/internal/view"
)

// draw keeps the pictures of two states of a registry. Each registry has its own
// ids on the page, by how many there are already.
func (c *collector) draw(report diff.Report, old, new diff.Side) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	pairs, err := site.Compare("r"+strconv.Itoa(len(c.pictures)), old.Files, new.Files)
	if err != nil {
		return err
	}
	var html template.HTML
	for _, pair := range pairs {
		html += `<div class="pair">` + pair.Before + pair.After + `</div>`
	}
	c.pictures[report.Name()] = html
	return nil
}

// frame is what the page of changes has of the pages of renderings.
func (c *collector) frame() view.Frame {
	return view.Frame{Head: site.Head(view.Style + site.CompareStyle), Pictures: c.pictures}
}

// illustrated tells whether both states are whole, so that pictures show them: a
// cluster and a node have a part each.
func (o diffOptions) illustrated() bool {
	return o.show.format == "html" && !o.live && o.bundle == ""
}
