package probe

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// api are the addresses of a generation of Harbor.
type api struct {
	health, info, current, login, session string
}

var (
	second = api{"/api/v2.0/ping", "/api/v2.0/systeminfo", "/api/v2.0/users/current", "/c/login", "sid"}
	first  = api{"/api/systeminfo", "/api/systeminfo", "/api/users/current", "/login", "beegosessionID"}
)

// old tells whether the registry is a Harbor 1.x, which knows less.
func (p *probe) old() bool { return p.api == first }

// reach asks every door, and goes on with those that answer.
func (p *probe) reach(ctx context.Context) {
	open := p.points[:0:0]
	for _, door := range p.points {
		seen, err := door.generation(ctx)
		if err != nil {
			p.found("unreachable", door.name, "%s", err)
			continue
		}
		p.api = seen
		open = append(open, door)
	}
	p.nodes = slices.DeleteFunc(slices.Clone(p.nodes), func(door *point) bool { return !slices.Contains(open, door) })
	p.points = open
}

func (d *point) generation(ctx context.Context) (api, error) {
	var said error
	for _, generation := range []api{second, first} {
		answer, err := d.do(ctx, call{method: http.MethodGet, path: generation.health})
		switch {
		case err != nil:
			return api{}, err
		case answer.status == http.StatusOK:
			return generation, nil
		}
		said = errors.New(answer.text())
	}
	return api{}, said
}

// challenge is where a registry sends clients for a token.
func (d *point) challenge(ctx context.Context) (realm, service string, err error) {
	answer, err := d.do(ctx, call{method: http.MethodGet, path: "/v2/"})
	if err != nil {
		return "", "", err
	}
	words := answer.header.Get("Www-Authenticate")
	for _, part := range strings.Split(strings.TrimPrefix(words, "Bearer "), ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch value = strings.Trim(value, `"`); key {
		case "realm":
			realm = value
		case "service":
			service = value
		}
	}
	if realm == "" {
		return "", "", errors.New("GET /v2/ names no address for tokens: " + answer.text())
	}
	return realm, service, nil
}

// realm compares the address for tokens with the one that clients use.
func (p *probe) realm(ctx context.Context) {
	for _, door := range p.points {
		realm, _, err := door.challenge(ctx)
		if err != nil {
			p.found("unreachable", door.name, "%s", err)
			continue
		}
		scheme, rest, _ := strings.Cut(realm, "://")
		host, _, _ := strings.Cut(rest, "/")
		if host != door.public.Host {
			p.found("realm-port", door.name, "tokens are at %s", realm)
		}
		if scheme != door.public.Scheme {
			p.found("realm-scheme", door.name, "tokens are at %s", realm)
		}
	}
}

// info is what Harbor says of itself.
type info struct {
	Version  string `json:"harbor_version"`
	Registry string `json:"registry_url"`
	External string `json:"external_url"`
	Auth     string `json:"auth_mode"`
}

// compare wants all nodes to say the same of themselves.
func (p *probe) compare(ctx context.Context) {
	var before *info
	for _, door := range p.nodes {
		answer, err := door.do(ctx, p.as(call{method: http.MethodGet, path: p.api.info}))
		var said info
		if err != nil || answer.status != http.StatusOK || json.Unmarshal(answer.body, &said) != nil {
			p.found("unreachable", door.name, "%s", describe(answer, err))
			continue
		}
		p.report.Harbor = said.Version
		if said.Registry != "" && said.Registry != door.public.Host {
			p.found("address", door.name, "it shows %s", said.Registry)
		}
		if before != nil && before.Version != said.Version {
			p.found("version", door.name, "%s, and %s on %s", said.Version, before.Version, p.nodes[0].name)
		}
		if before != nil && (before.Auth != said.Auth || before.External != said.External) {
			p.found("settings", door.name, "%s %s, and %s %s on %s", said.Auth, said.External, before.Auth, before.External, p.nodes[0].name)
		}
		if before == nil {
			before = &said
		}
	}
}

// health asks Harbor 2.x about its components.
func (p *probe) health(ctx context.Context) {
	if p.old() {
		return
	}
	for _, door := range p.nodes {
		answer, err := door.do(ctx, p.as(call{method: http.MethodGet, path: "/api/v2.0/health"}))
		var said struct {
			Components []struct{ Name, Status, Error string } `json:"components"`
		}
		if err != nil || json.Unmarshal(answer.body, &said) != nil {
			p.found("unhealthy", door.name, "%s", describe(answer, err))
			continue
		}
		for _, component := range said.Components {
			if component.Status != "healthy" {
				p.found("unhealthy", door.name, "%s: %s", component.Name, component.Error)
			}
		}
	}
}

// as makes a call in the name of the user.
func (p *probe) as(c call) call {
	c.user, c.password = p.options.User, p.options.Password
	return c
}

func describe(answer *reply, err error) string {
	if err != nil {
		return err.Error()
	}
	return answer.text()
}
