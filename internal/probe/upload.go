package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/opencontainers/go-digest"
)

// uploads begins each upload on one node, goes on with it on the next, and ends
// it where it began, as it happens behind a balancer.
func (p *probe) uploads(ctx context.Context) {
	for i, begin := range p.nodes {
		next := p.nodes[(i+1)%len(p.nodes)]
		p.hop(ctx, begin, next)
	}
}

func (p *probe) hop(ctx context.Context, begin, next *point) {
	scope := "repository:" + p.project + "/probe:pull,push"
	data := []byte("begun on " + begin.name + " for " + p.project)
	where, steps := begin.name+" and "+next.name, []struct {
		door   *point
		method string
		body   []byte
	}{{begin, http.MethodPost, nil}, {next, http.MethodPatch, data}, {begin, http.MethodPut, nil}}
	path := "/v2/" + p.project + "/probe/blobs/uploads/"
	for _, step := range steps {
		token, err := p.token(ctx, step.door, scope)
		if err != nil {
			return
		}
		if step.method == http.MethodPut {
			path = withDigest(path, digest.FromBytes(data))
		}
		header := http.Header{"Content-Type": {"application/octet-stream"}}
		answer, err := step.door.do(ctx, call{method: step.method, path: path, bearer: token, header: header, body: step.body})
		if err != nil {
			p.found("unreachable", step.door.name, "%s", err)
			return
		}
		if answer.status >= http.StatusBadRequest {
			p.found(p.symptom(answer.status, string(answer.body), step.method == http.MethodPost), where, "%s: %s", step.method, answer.text())
			return
		}
		if location, err := url.Parse(answer.header.Get("Location")); err == nil {
			path = location.RequestURI()
		}
	}
}

func withDigest(path string, sum digest.Digest) string {
	u, err := url.Parse(path)
	if err != nil {
		return fmt.Sprintf("%s?digest=%s", path, sum)
	}
	query := u.Query()
	query.Set("digest", sum.String())
	u.RawQuery = query.Encode()
	return u.String()
}
