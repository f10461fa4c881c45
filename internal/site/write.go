package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// writer writes HTML: what is not written by raw is escaped. Pictures and the
// texts of files are most of a page and always of one form; a template takes
// several times as long for them.
type writer struct{ strings.Builder }

func (w *writer) raw(markup string) *writer {
	w.WriteString(markup)
	return w
}

func (w *writer) text(text string) *writer {
	if !strings.ContainsAny(text, "\x00\"'&<>") {
		w.WriteString(text)
		return w
	}
	for start := 0; start < len(text); {
		at := strings.IndexAny(text[start:], "\x00\"'&<>")
		if at < 0 {
			w.WriteString(text[start:])
			break
		}
		w.WriteString(text[start : start+at])
		w.WriteString(escaped[text[start+at]])
		start += at + 1
	}
	return w
}

func (w *writer) html() template.HTML { return template.HTML(w.String()) } // #nosec: escaped above

// escaped are the characters that mean something in HTML, as text.
var escaped = map[byte]string{0: "\uFFFD", '"': "&#34;", '\'': "&#39;", '&': "&amp;", '<': "&lt;", '>': "&gt;"}

// attribute writes one, escaped.
func (w *writer) attribute(name, value string) *writer {
	if value == "" {
		return w
	}
	return w.raw(" " + name + `="`).text(value).raw(`"`)
}

// svg writes a picture.
func (p picture) svg(note string) template.HTML {
	w := &writer{}
	w.raw(`<figure><figcaption>`).text(p.Title)
	if note != "" {
		w.raw(`<small>`).text(note).raw(`</small>`)
	}
	w.raw(`</figcaption><div class="scroll" role="region" tabindex="0"`).attribute("aria-label", p.Title)
	fmt.Fprintf(w, `><svg class="picture" id="picture-%s" role="group" width="%d" height="%d" viewBox="0 0 %d %d" aria-labelledby="%s-title %s-says">`, p.ID, p.W, p.H, p.W, p.H, p.ID, p.ID)
	w.raw(`<title id="` + p.ID + `-title">`).text(p.Title).raw(`</title><desc id="` + p.ID + `-says">`).text(p.Says).raw(`</desc>`)
	fmt.Fprintf(w, `<defs><marker id="%s-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>`, p.ID)
	for _, b := range p.Boxes {
		if strings.HasPrefix(b.Class, "place") {
			b.write(w)
		}
	}
	for _, z := range p.Zones {
		z.write(w)
	}
	for _, l := range p.Lines {
		w.raw(`<path`).attribute("class", "line "+l.Class).attribute("d", l.D).attribute("data-from", l.From).attribute("data-to", l.To)
		if strings.HasPrefix(l.Class, "join") {
			w.raw(`/>`)
			continue
		}
		fmt.Fprintf(w, ` marker-end="url(#%s-end)"/>`, p.ID)
	}
	for _, b := range p.Boxes {
		if !strings.HasPrefix(b.Class, "place") {
			b.write(w)
		}
	}
	for _, l := range p.Labels {
		l.write(w)
	}
	return w.raw(`</svg></div></figure>`).html()
}

func (b box) write(w *writer) {
	class := "box " + b.Class
	if b.Point {
		class += " point"
	}
	if b.Mark != "" {
		class += " " + b.Mark
	}
	element := "g"
	switch {
	case b.Href != "":
		element = "a"
		w.raw(`<a`).attribute("href", b.Href)
	case b.Of != "":
		w.raw(`<g tabindex="0" role="img"`).attribute("aria-label", b.Tip)
	default:
		w.raw(`<g aria-hidden="true"`)
	}
	w.attribute("class", strings.TrimSpace(class)).attribute("data-of", b.Of).raw(`>`)
	if b.Tip != "" {
		w.raw(`<title>`).text(b.Tip).raw(`</title>`)
	}
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d"/>`, b.X, b.Y, b.W, b.H)
	for _, l := range b.Text {
		l.write(w)
	}
	if b.Point {
		fmt.Fprintf(w, `<circle class="mark" cx="%d" cy="%d" r="9"/><text class="bang" x="%d" y="%d">!</text>`, b.PadX-6, b.PadY+2, b.PadX-6, b.PadY+6)
	}
	if sign := signs[b.Mark]; sign != "" {
		fmt.Fprintf(w, `<circle class="sign" cx="%d" cy="%d" r="8"/><text class="bang" x="%d" y="%d">%s</text>`, b.X+2, b.Y+2, b.X+2, b.Y+6, sign)
	}
	w.raw(`</` + element + `>`)
}

// signs say without colour what a mark says.
var signs = map[string]string{markChanged: "≠", markAdded: "+", markRemoved: "−"}

func (l label) write(w *writer) {
	if l.Text == "" {
		return
	}
	fmt.Fprintf(w, `<text x="%d" y="%d"`, l.X, l.Y)
	w.attribute("class", l.Class).raw(`>`).text(l.Text).raw(`</text>`)
}

// articles writes all texts.
func (m *model) articles() template.HTML {
	w := &writer{}
	size := len(m.Spec.Text) * 3
	for _, t := range m.texts.list {
		size += len(t.Body) + 2000
	}
	w.Grow(size)
	m.writeSpec(w)
	for _, t := range m.texts.list {
		m.writeText(w, t)
	}
	return w.html()
}

func (m *model) writeText(w *writer, t *text) {
	l := m.language
	w.raw(`<article class="card file"`).attribute("id", t.Path).raw(`><h2>`).text(t.Path).raw("</h2>\n<dl class=\"facts\">")
	row := func(key string) *writer { return w.raw(`<dt>`).text(l.text(key)).raw(`</dt><dd>`) }
	row("files.kind").text(t.Kind).raw(` · `).text(l.text("files.bytes", t.Size)).raw(` · <a`).attribute("href", "../"+escapePath(t.Path)).raw(`>`).text(l.text("files.raw")).raw(`</a></dd>`)
	row("files.digest").raw(`<code>`).text(t.Digest).raw(`</code></dd>`)
	if t.Maker != "" {
		row("files.made").text(t.Maker)
		for _, overlay := range t.Overlays {
			w.raw(`, `).text(l.text("files.changed") + " " + overlay)
		}
		w.raw(`</dd>`)
	}
	m.writeRefs(w, "files.reads", t.Reads)
	m.writeRefs(w, "files.read", t.Readers)
	if len(t.Also) > 0 {
		row("files.also").text(strings.Join(machinesOf(t.Also), ", ")).raw(`</dd>`)
	}
	row("files.spec").raw(`<ul>`)
	for _, value := range t.Values {
		fmt.Fprintf(w, `<li><a href="#spec.%d">`, value.Line)
		w.text(fmt.Sprintf("%s:%d", m.Spec.File, value.Line)).raw(`</a> <code>`).text(value.Field).raw(`</code></li>`)
	}
	w.raw(`</ul><small>`).text(l.text("files.spec.says", "out/"+m.Folder+"/"+t.Path)).raw("</small></dd></dl>\n")
	switch {
	case t.Encrypted:
		w.raw(`<p>`).text(l.text("files.encrypted")).raw("</p>")
	default:
		if t.Cut {
			w.raw(`<p>`).text(l.text("files.cut", mostShown)).raw("</p>")
		}
		w.raw(`<div class="code"><pre tabindex="0"><code class="` + t.Language + `">`).text(t.Body).raw("</code></pre></div>")
	}
	w.raw("</article>\n")
}

func (m *model) writeRefs(w *writer, key string, refs []fileRef) {
	if len(refs) == 0 {
		return
	}
	w.raw(`<dt>`).text(m.language.text(key)).raw(`</dt><dd><ul>`)
	for _, ref := range refs {
		w.raw(`<li><a`).attribute("href", "#"+ref.Path).raw(`>`).text(ref.Path).raw(`</a> <small>`).text(ref.By).raw(`</small></li>`)
	}
	w.raw(`</ul></dd>`)
}

// machinesOf names the machines of files below compose/.
func machinesOf(paths []string) []string {
	var names []string
	for _, name := range paths {
		names = with(names, strings.Split(name, "/")[1])
	}
	return names
}

// escapePath makes a path part of a link.
func escapePath(name string) string {
	if !strings.ContainsAny(name, "%?# ") {
		return name
	}
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", " ", "%20").Replace(name)
}

// writeSpec writes the spec with a name for each line, and which files hold a
// value of it.
func (m *model) writeSpec(w *writer) {
	if m.Spec.Text == "" {
		return
	}
	holders := map[int][]string{}
	for _, t := range m.texts.list {
		for _, value := range t.Values {
			if !slices.Contains(holders[value.Line], t.Path) {
				holders[value.Line] = append(holders[value.Line], t.Path)
			}
		}
	}
	w.raw(`<article class="card file" id="spec"><h2>`).text(m.Spec.File).raw(`</h2><div class="code src"><pre tabindex="0"><code class="toml">`)
	n := 0
	for line := range strings.Lines(m.Spec.Text) {
		n++
		fmt.Fprintf(w, `<span class="l" id="spec.%d"><a class="n" href="#spec.%d">%d</a>`, n, n, n)
		w.text(strings.TrimRight(line, "\r\n")).raw("\n</span>")
	}
	w.raw(`</code></pre></div>`)
	m.writeHolders(w, holders)
	w.raw("</article>\n")
}

// writeHolders lists, for each value of the spec, the files that hold it.
func (m *model) writeHolders(w *writer, holders map[int][]string) {
	for _, value := range m.Values {
		files := holders[value.Line]
		if len(files) == 0 {
			continue
		}
		delete(holders, value.Line)
		fmt.Fprintf(w, `<details><summary><a href="#spec.%d">%d</a> <code>`, value.Line, value.Line)
		w.text(value.Field).raw(`</code>: `).text(m.language.text("files.holds", len(files))).raw(`</summary><ul>`)
		for _, name := range files {
			w.raw(`<li><a`).attribute("href", "#"+name).raw(`>`).text(name).raw(`</a></li>`)
		}
		w.raw("</ul></details>\n")
	}
}
