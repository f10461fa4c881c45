package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// stored lets one node keep a credential, which secretkey encrypts, and every
// node use it.
func (p *probe) stored(ctx context.Context) {
	if p.old() {
		return
	}
	keeper := p.nodes[0]
	body, header := jsonBody(map[string]any{
		"name": p.project, "type": "harbor", "url": keeper.public.String(), "insecure": true,
		"credential": map[string]string{"type": "basic", "access_key": p.options.User, "access_secret": p.options.Password},
	})
	answer, err := keeper.do(ctx, p.as(call{method: http.MethodPost, path: "/api/v2.0/registries", header: header, body: body}))
	if err == nil && answer.status == http.StatusInternalServerError {
		p.found("secretkey-form", keeper.name, "%s", answer.text())
	}
	if err != nil || answer.status != http.StatusCreated {
		// the registry need not be able to reach its own address
		return
	}
	id, err := p.registryID(ctx, keeper)
	if err != nil {
		return
	}
	p.later("registry "+p.project, func(ctx context.Context) error { return p.remove(ctx, fmt.Sprintf("/api/v2.0/registries/%d", id)) })
	p.use(ctx, keeper, id)
}

func (p *probe) registryID(ctx context.Context, door *point) (int, error) {
	answer, err := door.do(ctx, p.as(call{method: http.MethodGet, path: "/api/v2.0/registries?q=" + url.QueryEscape("name="+p.project)}))
	if err != nil {
		return 0, err
	}
	var list []struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(answer.body, &list); err != nil {
		return 0, err
	}
	for _, registry := range list {
		if registry.Name == p.project {
			return registry.ID, nil
		}
	}
	return 0, fmt.Errorf("the registry %s is not listed", p.project)
}

func (p *probe) use(ctx context.Context, keeper *point, id int) {
	body, header := jsonBody(map[string]any{"id": id})
	works := map[*point]*reply{}
	for _, door := range p.nodes {
		answer, err := door.do(ctx, p.as(call{method: http.MethodPost, path: "/api/v2.0/registries/ping", header: header, body: body}))
		if err != nil {
			p.found("unreachable", door.name, "%s", err)
			continue
		}
		works[door] = answer
	}
	if works[keeper] == nil {
		return
	}
	for door, answer := range works {
		switch {
		case answer.status == http.StatusInternalServerError:
			p.found("secretkey-form", door.name, "%s", answer.text())
		case answer.status >= http.StatusBadRequest && works[keeper].status < http.StatusBadRequest:
			p.found("secretkey", keeper.name+" and "+door.name, "%s", answer.text())
		}
	}
}

// patience is how long a small job may take.
const patience = 30 * time.Second

// jobs lets each node start a job that changes nothing, and every node read its log.
func (p *probe) jobs(ctx context.Context) {
	if p.old() {
		return
	}
	body, header := jsonBody(map[string]any{
		"schedule":   map[string]string{"type": "Manual"},
		"parameters": map[string]any{"dry_run": true, "audit_retention_hour": 24 * 365, "include_operations": "pull", "include_event_types": "pull_artifact"},
	})
	for _, door := range p.nodes {
		answer, err := door.do(ctx, p.as(call{method: http.MethodPost, path: "/api/v2.0/system/purgeaudit/schedule", header: header, body: body}))
		switch {
		case err != nil:
			p.found("unreachable", door.name, "%s", err)
		case answer.status == http.StatusUnauthorized:
			p.found("core-secret", door.name, "%s", answer.text())
		case answer.status == http.StatusCreated:
			p.logs(ctx, door, answer.header.Get("Location"))
		}
	}
}

// logs reads the log of a job on every node, when it is written on the first.
func (p *probe) logs(ctx context.Context, door *point, location string) {
	u, err := url.Parse(location)
	if err != nil || u.Path == "" {
		return
	}
	read := call{method: http.MethodGet, path: u.Path + "/log"}
	written, err := p.waitFor(ctx, door, read)
	if err != nil {
		return
	}
	if written.status == http.StatusUnauthorized {
		p.found("core-secret", door.name, "%s", written.text())
	}
	if written.status != http.StatusOK {
		return
	}
	for _, other := range p.nodes {
		answer, err := other.do(ctx, p.as(read))
		switch {
		case err != nil:
			p.found("unreachable", other.name, "%s", err)
		case answer.status == http.StatusUnauthorized:
			p.found("core-secret", other.name, "%s", answer.text())
		case answer.status == http.StatusNotFound:
			p.found("job-logs", door.name+" and "+other.name, "%s", answer.text())
		}
	}
}

// waitFor asks until the log is there, is refused, or patience ends.
func (p *probe) waitFor(ctx context.Context, door *point, read call) (*reply, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		answer, err := door.do(ctx, p.as(read))
		if err != nil || answer.status == http.StatusOK || answer.status == http.StatusUnauthorized {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, nil
		case <-time.After(time.Second):
		}
	}
}
