package probe

import (
	"context"
	"net/http"
	"net/url"
)

// csrf is what a form of the web interface needs: a token and its cookie.
type csrf struct {
	token   string
	cookies []*http.Cookie
}

func (p *probe) csrf(ctx context.Context, door *point) (csrf, error) {
	answer, err := door.do(ctx, call{method: http.MethodGet, path: p.api.info})
	if err != nil {
		return csrf{}, err
	}
	return csrf{answer.header.Get("X-Harbor-Csrf-Token"), answer.cookies}, nil
}

// login sends the form of one node to another.
func (p *probe) login(ctx context.Context, door *point, form csrf) (*reply, error) {
	values := url.Values{"principal": {p.options.User}, "password": {p.options.Password}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if form.token != "" {
		header.Set("X-Harbor-CSRF-Token", form.token)
	}
	return door.do(ctx, call{
		method: http.MethodPost, path: p.api.login, header: header, cookies: form.cookies, body: []byte(values.Encode()),
	})
}

// sessions lets the form of each node be answered by the next, and the session
// of each be used on all.
func (p *probe) sessions(ctx context.Context) {
	for i, door := range p.nodes {
		next := p.nodes[(i+1)%len(p.nodes)]
		form, err := p.csrf(ctx, door)
		if err != nil {
			p.found("unreachable", door.name, "%s", err)
			continue
		}
		answer, err := p.login(ctx, next, form)
		if err == nil && answer.status == http.StatusForbidden {
			p.found("csrf-key", door.name+" and "+next.name, "%s", answer.text())
			if form, err = p.csrf(ctx, next); err == nil {
				answer, err = p.login(ctx, next, form)
			}
		}
		if err != nil || answer.status >= http.StatusBadRequest {
			p.found("login", next.name, "%s", describe(answer, err))
			continue
		}
		p.shared(ctx, next, answer.cookies)
	}
}

// shared uses a session of one node on all.
func (p *probe) shared(ctx context.Context, from *point, cookies []*http.Cookie) {
	for _, door := range p.nodes {
		answer, err := door.do(ctx, call{method: http.MethodGet, path: p.api.current, cookies: cookies})
		if err != nil || answer.status != http.StatusOK {
			p.found("session", from.name+" and "+door.name, "%s", describe(answer, err))
		}
	}
}
