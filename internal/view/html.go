package view

import (
	"html/template"
	"io"
	"strings"

	"hagen/internal/diff"
)

// HTML writes one page that needs nothing else: no script, no address.
func HTML(w io.Writer, reports []diff.Report) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, htmlPage(reports))
}

type htmlRegistry struct {
	Name, Headline, From, To string
	Notes, Plan, Hidden      []string
	Groups                   []htmlGroup
	Follows                  string
}

type htmlGroup struct {
	Impact, Name, Reason, Concerns, Source string
	Lines, Also                            []string
}

func htmlPage(reports []diff.Report) []htmlRegistry {
	var page []htmlRegistry
	for _, r := range reports {
		one := htmlRegistry{
			Name: visible(r.Name()), Headline: headline(r), From: visible(r.Old), To: visible(r.New), Notes: all(r.Notes), Plan: all(r.Plan),
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
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>hagen diff</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
code{font:13px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.change{border-left:.4em solid #888;padding:.2em .8em;margin:.8em 0}
.data,.outage{border-color:#b00}.refused{border-color:#a0a}.recreate,.restart{border-color:#c80}.manual{border-color:#08a}.live{border-color:#080}
.word{font-weight:bold}small{color:#666}ul{margin:.3em 0}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}small{color:#999}}
</style></head><body><h1>hagen diff</h1>
{{range .}}<section><h2>{{.Name}}: {{.Headline}}</h2>
{{if .From}}<p><small>from {{.From}} to {{.To}}</small></p>{{end}}
{{range .Notes}}<p>{{.}}</p>{{end}}
{{if .Plan}}<h3>Plan</h3><ol>{{range .Plan}}<li>{{.}}</li>{{end}}</ol>{{end}}
{{range .Groups}}<div class="change {{.Impact}}"><span class="word">{{.Impact}}</span> <code>{{.Name}}</code>
<ul>{{range .Lines}}<li><code>{{.}}</code></li>{{end}}</ul>
{{.Reason}}{{range .Also}}<br>also {{.}}{{end}}{{if .Concerns}}<br>concerns {{.Concerns}}{{end}}{{if .Source}}<br><small>{{.Source}}</small>{{end}}</div>
{{end}}{{if .Follows}}<p><small>{{.Follows}}</small></p>{{end}}{{range .Hidden}}<p>{{.}}</p>{{end}}</section>
{{else}}<p>nothing was compared</p>{{end}}</body></html>
`
