package site

import (
	"bytes"
	"html/template"
	"regexp"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// document is a text of Markdown in its sections.
type document struct {
	// Name leads to it, Title is its first heading, Path the artifact.
	Name, Title, Path string
	Lead              template.HTML
	Sections          []section
	// First is the first block of commands.
	First string
}

type section struct {
	// Number is that of a step, or "".
	Number, Title, ID string
	Body              template.HTML
}

// markdown makes HTML; what is HTML already is shown as text.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(
		// an attribute style is none that the policy of a page allows
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
	), goldmark.WithRendererOptions(
		renderer.WithNodeRenderers(util.Prioritized(asText{}, 1)),
	))
})

// asText shows HTML as the text that it is, and code in a frame with a place for
// its button.
type asText struct{}

// RegisterFuncs says what is shown so.
func (t asText) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			segments := node.(*ast.RawHTML).Segments
			for i := range segments.Len() {
				at := segments.At(i)
				template.HTMLEscape(w, at.Value(source))
			}
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			block := node.(*ast.HTMLBlock)
			w.WriteString("<p>")
			for i := range block.Lines().Len() {
				at := block.Lines().At(i)
				template.HTMLEscape(w, at.Value(source))
			}
			if block.HasClosure() {
				template.HTMLEscape(w, block.ClosureLine.Value(source))
			}
			w.WriteString("</p>\n")
		}
		return ast.WalkSkipChildren, nil
	})
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(`<div class="code"><pre tabindex="0"><code class="sh">`)
			for i := range node.Lines().Len() {
				at := node.Lines().At(i)
				template.HTMLEscape(w, at.Value(source))
			}
			w.WriteString("</code></pre></div>\n")
		}
		return ast.WalkSkipChildren, nil
	})
}

func render(text string) template.HTML {
	var b bytes.Buffer
	if err := markdown().Convert([]byte(text), &b); err != nil {
		return template.HTML("<pre>" + template.HTMLEscapeString(text) + "</pre>") // #nosec: escaped
	}
	return template.HTML(strings.ReplaceAll(b.String(), "<th>", `<th scope="col">`)) // #nosec: made by goldmark without raw HTML
}

var (
	step      = regexp.MustCompile(`^(\d+)\. (.*)$`)
	notInName = regexp.MustCompile(`[^a-z0-9]+`)
)

// documentOf reads a text of Markdown.
func documentOf(name, path, text string) document {
	d := document{Name: name, Path: path}
	var lead strings.Builder
	var body *strings.Builder = &lead
	var bodies []*strings.Builder
	fenced, first := false, false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			if fenced = !fenced; !fenced {
				first = first || d.First != ""
			}
		} else if fenced && !first {
			d.First += line
		}
		title, isSection := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "## ")
		switch {
		case !fenced && isSection:
			s := section{Title: title, ID: strings.Trim(notInName.ReplaceAllString(strings.ToLower(title), "-"), "-")}
			if found := step.FindStringSubmatch(title); found != nil {
				s.Number, s.Title = found[1], found[2]
			}
			d.Sections = append(d.Sections, s)
			body = &strings.Builder{}
			bodies = append(bodies, body)
		case !fenced && d.Title == "" && strings.HasPrefix(line, "# "):
			d.Title = strings.TrimSpace(line[2:])
		default:
			body.WriteString(line)
		}
	}
	d.Lead = render(lead.String())
	for i := range d.Sections {
		d.Sections[i].Body = render(bodies[i].String())
	}
	return d
}

// runbooks are the documents of all places, in their order, then SECRETS.md.
func (m *model) documents() (runbooks []document, secrets *document) {
	for _, p := range m.places() {
		if file, ok := m.byPath[p.Runbook]; ok {
			runbooks = append(runbooks, documentOf(base(p.ID), p.Runbook, file.Text()))
		}
	}
	if file, ok := m.byPath["SECRETS.md"]; ok {
		d := documentOf("secrets", file.Path, file.Text())
		secrets = &d
	}
	return runbooks, secrets
}
