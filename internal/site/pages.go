package site

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"
)

var (
	//go:embed page/style.css
	style string
	//go:embed page/script.js
	script string
	//go:embed page/pages.html
	pagesText string
)

// pages are the templates with what they need.
type pages struct {
	language  *language
	templates *template.Template
	head      template.HTML
	foot      template.HTML
}

// load reads the templates, once.
var load = sync.OnceValues(func() (*pages, error) {
	l, err := english()
	if err != nil {
		return nil, err
	}
	p := &pages{language: l}
	p.templates, err = template.New("").Funcs(template.FuncMap{
		"t": l.text, "h": l.marked,
		"day": func(kind string, at *time.Time) any { return dayView{kind, at} },
	}).Parse(pagesText)
	p.head, p.foot = Head(""), template.HTML("<script>"+script+"</script>") // #nosec: ours
	return p, err
})

type dayView struct {
	Kind string
	At   *time.Time
}

// Head is how a page begins: nothing may be loaded from anywhere, and of styles
// and scripts only those that stand in the page. More is a further style.
func Head(more string) template.HTML {
	l, err := english()
	ways := ""
	if err == nil {
		ways = l.waysStyle()
	}
	css := style + ways + more
	return template.HTML(`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` + // #nosec: ours
		`<meta http-equiv="Content-Security-Policy" content="` + Policy(css, script) + `">` +
		`<meta name="generator" content="hagen"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">` +
		`<style>` + css + `</style>`)
}

// Policy is the Content-Security-Policy of a page with this style and script.
func Policy(style, script string) string {
	policy := "default-src 'none'; style-src " + digest(style) + "; script-src "
	if script == "" {
		policy += "'none'"
	} else {
		policy += digest(script)
	}
	return policy + "; base-uri 'none'; form-action 'none'"
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// waysStyle shows the way that is chosen, without a script.
func (l *language) waysStyle() string {
	var b strings.Builder
	for i := range l.Ways {
		chosen := fmt.Sprintf(".pictures:has(#way%d:checked) ", i)
		fmt.Fprintf(&b, "%s.box:not(.way%d,.place),%spath.line:not(.way%d){opacity:.2}", chosen, i, chosen, i)
		fmt.Fprintf(&b, "%s#way%d-says{display:block}%spath.way%d{stroke-width:3px}\n", chosen, i, chosen, i)
	}
	return b.String()
}

// view is what every page has.
type view struct {
	Name, Environment, Harbor, Hagen, Folder string
	Path, Title, Root, Up                    string
	Spec                                     Source
	Head, Foot                               template.HTML
	Nav                                      []link
}

type link struct {
	Link, Text string
	Here       bool
}

// page is a view to be rendered by a template; size is that of its largest part.
type page struct {
	Path, Template string
	Data           any
	size           int
}

// usualPage is the size of a page without long parts.
const usualPage = 48 << 10

func (p *pages) render(one page) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(one.size + usualPage)
	if err := p.templates.ExecuteTemplate(&b, one.Template, one.Data); err != nil {
		return nil, fmt.Errorf("make the page %s: %w", one.Path, err)
	}
	return visible(b.Bytes()), nil
}

// view begins a page.
func (m *model) view(path, title string) view {
	p, _ := load()
	v := view{
		Name: m.Name, Environment: m.Environment, Harbor: m.Harbor, Hagen: m.Hagen, Folder: m.Folder, Spec: m.Spec,
		Path: path, Head: p.head, Foot: p.foot, Up: strings.Repeat("../", strings.Count(m.Folder, "/")+1),
	}
	v.Title = m.Name
	if m.Environment != "" {
		v.Title += " · " + m.Environment
	}
	v.Title += " · " + title
	if strings.HasPrefix(path, folder) {
		v.Root = "../"
	}
	return v
}

func (m *model) pages() []page {
	l := m.language
	runbooks, secrets := m.documents()
	nav := []link{{Link: Overview, Text: l.text("nav.overview")}}
	for _, d := range runbooks {
		text := l.text("nav.runbook", d.Name)
		if d.Name == "kubernetes" {
			text = l.text("nav.runbook", l.text("cluster"))
		}
		nav = append(nav, link{Link: folder + "runbook-" + d.Name + ".html", Text: text})
	}
	if secrets != nil {
		nav = append(nav, link{Link: folder + "secrets.html", Text: l.text("nav.secrets")})
	}
	nav = append(nav, link{Link: Files, Text: l.text("nav.files")})
	here := func(v view) view {
		for _, one := range nav {
			one.Here = one.Link == v.Path
			v.Nav = append(v.Nav, one)
		}
		return v
	}
	list := []page{{Overview, "overview", m.overview(here(m.view(Overview, l.text("title.overview"))), runbooks), usualPage}}
	files := m.filesView(here(m.view(Files, l.text("title.files"))))
	list = append(list, page{Files, "files", files, len(files.Articles)})
	if secrets != nil {
		runbooks = append(runbooks, *secrets)
	}
	for _, d := range runbooks {
		path := folder + "runbook-" + d.Name + ".html"
		if secrets != nil && d.Path == secrets.Path {
			path = folder + "secrets.html"
		}
		v := documentView{view: here(m.view(path, d.Title)), Document: d}
		for _, s := range d.Sections {
			v.Steps = v.Steps || s.Number != ""
		}
		list = append(list, page{path, "document", v, 0})
	}
	return list
}

type documentView struct {
	view
	Document document
	Steps    bool
}

// overviewView is the page that says all of a registry.
type overviewView struct {
	view
	*model
	Pods                       string
	Workloads, Points          int
	FirstMachine, FirstCluster string
	Ways                       []wayView
	Deployments                []template.HTML
	Inside                     template.HTML
	Places                     []string
	Where                      []whereRow
	Failures                   []failure
	Findings                   []findingView
	Certificates               []certificate
	Images                     []image
	Openings                   []opening
}

type wayView struct{ ID, Name, Says string }

// findingView is a diagnostic as a page tells it.
type findingView struct {
	Rule, Text, Reason, Place, Link string
	Line                            int
}

func (m *model) overview(v view, runbooks []document) overviewView {
	o := overviewView{
		view: v, model: m,
		Where: m.where(), Failures: m.failures(), Certificates: m.certificates(), Images: m.images(), Openings: m.openings(),
	}
	for _, f := range o.Failures {
		if f.Point {
			o.Points++
		}
	}
	for i, w := range m.language.Ways {
		o.Ways = append(o.Ways, wayView{fmt.Sprintf("way%d", i), w.Name, w.Says})
	}
	for i, d := range runbooks {
		if d.Name == "kubernetes" {
			o.FirstCluster = d.First
		} else if i == 0 {
			o.FirstMachine = d.First
		}
	}
	if m.Cluster != nil {
		o.Workloads, o.Pods = m.pods()
	}
	for _, p := range m.deployments() {
		o.Deployments = append(o.Deployments, p.svg(""))
	}
	inside, beside := m.inside()
	note := m.language.text("picture.inside.says")
	if len(beside) > 0 {
		note += " " + m.language.text("picture.beside")
		for i, name := range beside {
			if i > 0 {
				note += ";"
			}
			note += " " + name + " (" + m.language.Components[name].Does + ")"
		}
		note += "."
	}
	if len(inside.Boxes) > 0 {
		o.Inside = inside.svg(note)
	}
	for _, p := range m.places() {
		o.Places = append(o.Places, p.Title)
	}
	o.Findings = m.Findings()
	return o
}

// SpecLine leads to a line of the spec.
func (m *model) SpecLine(n int) string { return specLine(n) }

func specLine(n int) string { return fmt.Sprintf("%s#spec.%d", Files, n) }

// Findings are what the last validation told.
func (m *model) Findings() []findingView {
	var list []findingView
	for _, d := range m.Input.Findings {
		f := findingView{Rule: d.Rule, Text: d.Error(), Reason: d.Reason, Place: d.Place.String(), Line: d.Place.Line}
		if d.Place.File == m.Spec.File {
			f.Link = specLine(d.Place.Line)
		} else {
			f.Link = Files
		}
		list = append(list, f)
	}
	return list
}

// filesView is the page of all files.
type filesView struct {
	view
	Tree     *folderOf
	Articles template.HTML
}

func (m *model) filesView(v view) filesView {
	tree := m.tree()
	if m.Spec.Text != "" {
		tree.Files = append([]leaf{{m.Spec.File, "#spec", m.Spec.File}}, tree.Files...)
	}
	return filesView{v, tree, m.articles()}
}
