package view

import (
	"html/template"
	"io"
	"strings"

	"hagen/internal/diff"
)

// Frame is what a page has of those that show renderings.
type Frame struct {
	// Head holds the style and the policy, to which Style was added.
	Head template.HTML
	// Pictures are shown with the reports of their names.
	Pictures map[string]template.HTML
}

// Style is that of the changes on a page.
const Style = `.change{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:0 0 1.1rem}.change ul{margin:.4rem 0;padding-left:1.2rem}` +
	`.change code{white-space:pre-wrap}.change p{margin:.3rem 0}.data,.outage,.refused{border-color:var(--bad)}.recreate,.restart{border-color:var(--warn)}` +
	`.manual{border-color:var(--accent)}.live{border-color:var(--good)}.change small{color:var(--soft)}`

// HTML writes one page that needs nothing else: no script, no address.
func HTML(w io.Writer, frame Frame, reports []diff.Report) error {
	t, err := template.New("page").Funcs(template.FuncMap{"tone": tone}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, struct {
		Head       template.HTML
		Registries []htmlRegistry
	}{frame.Head, htmlPage(frame, reports)})
}

// tone is how bad an impact is, as a class of the style.
func tone(impact string) string {
	switch impact {
	case diff.Data.String(), diff.Outage.String(), diff.Refused.String():
		return "bad"
	case diff.Recreate.String(), diff.Restart.String():
		return "warn"
	case diff.Live.String(), diff.None.String():
		return "good"
	}
	return ""
}

type htmlRegistry struct {
	Name, Headline, From, To string
	Pictures                 template.HTML
	Notes, Plan, Hidden      []string
	Groups                   []htmlGroup
	Follows                  string
}

type htmlGroup struct {
	Impact, Name, Reason, Concerns, Source string
	Lines, Also                            []string
}

func htmlPage(frame Frame, reports []diff.Report) []htmlRegistry {
	var page []htmlRegistry
	for _, r := range reports {
		one := htmlRegistry{
			Name: visible(r.Name()), Headline: headline(r), From: visible(r.Old), To: visible(r.New), Notes: all(r.Notes), Plan: all(r.Plan),
			Pictures: frame.Pictures[r.Name()],
		}
		for _, h := range r.Hidden {
			one.Hidden = append(one.Hidden, count(h.Count, "change")+" hidden by "+visible(h.By))
		}
		shown, follows := groups(r.Changes)
		if follows > 0 {
			one.Follows = following(follows) + " from these"
		}
		for _, g := range shown {
			one.Groups = append(one.Groups, htmlGroup{
				Impact: g.first.Impact.String(), Name: g.name(), Reason: visible(g.first.Reason), Source: visible(g.first.Source),
				Concerns: visible(strings.Join(g.concerns, ", ")), Lines: g.lines(0, 0), Also: all(g.first.Also),
			})
		}
		page = append(page, one)
	}
	return page
}

// all makes every text of a list visible.
func all(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = visible(text)
	}
	return out
}

const pageTemplate = `<!doctype html>
<html lang="en"><head>{{.Head}}<title>hagen diff</title></head><body><a class="skip" href="#content">to the changes</a>
<header class="top"><div><span class="brand">hagen diff</span><nav aria-label="Registries">{{range .Registries}}<a href="#{{.Name}}">{{.Name}}</a>{{end}}</nav></div></header>
<main id="content"><h1>What this change does</h1>
{{range .Registries}}<section class="card" aria-labelledby="{{.Name}}"><h2 id="{{.Name}}">{{.Name}}: {{.Headline}}</h2>
{{if .From}}<p class="lead">from {{.From}} to {{.To}}</p>{{end}}
{{range .Notes}}<p>{{.}}</p>{{end}}
{{if .Plan}}<h3>Plan</h3><ol>{{range .Plan}}<li>{{.}}</li>{{end}}</ol>{{end}}
{{if .Groups}}<h3>Changes</h3>{{end}}
{{range .Groups}}<div class="change {{.Impact}}"><span class="tag {{tone .Impact}}">{{.Impact}}</span> <code>{{.Name}}</code>
<ul>{{range .Lines}}<li><code>{{.}}</code></li>{{end}}</ul>
<p>{{.Reason}}{{range .Also}}<br>also {{.}}{{end}}{{if .Concerns}}<br>concerns {{.Concerns}}{{end}}{{if .Source}}<br><small>{{.Source}}</small>{{end}}</p></div>
{{end}}{{if .Follows}}<p class="lead">{{.Follows}}</p>{{end}}{{range .Hidden}}<p>{{.}}</p>{{end}}
{{if .Pictures}}<h3>Before and after</h3><p class="lead">≠ is something that changes, + something new, − something that goes.</p>{{.Pictures}}{{end}}</section>
{{else}}<p class="card">nothing was compared</p>{{end}}</main></body></html>
`
