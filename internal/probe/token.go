package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

var errToken = errors.New("no token")

// token asks one node for a token.
func (p *probe) token(ctx context.Context, door *point, scope string) (string, error) {
	realm, service, err := door.challenge(ctx)
	if err != nil {
		return "", err
	}
	where, err := url.Parse(realm)
	if err != nil {
		return "", err
	}
	query := url.Values{"service": {service}, "account": {p.options.User}}
	if scope != "" {
		query.Set("scope", scope)
	}
	// the address is checked elsewhere; here the question is what this node signs
	answer, err := door.do(ctx, p.as(call{method: http.MethodGet, path: where.Path + "?" + query.Encode()}))
	if err != nil {
		return "", err
	}
	var said struct {
		Token string `json:"token"`
	}
	if answer.status != http.StatusOK || json.Unmarshal(answer.body, &said) != nil || said.Token == "" {
		if answer.status == http.StatusInternalServerError {
			p.found("token-error", door.name, "%s", answer.text())
		} else {
			p.found("login", door.name, "%s", answer.text())
		}
		return "", fmt.Errorf("%w: %s", errToken, answer.text())
	}
	return said.Token, nil
}

// rounds is how often what a balancer spreads is tried without knowing the nodes.
const rounds = 10

// tokens shows the token of each node to all. Without nodes the balancer picks.
func (p *probe) tokens(ctx context.Context) {
	if len(p.nodes) == 1 {
		p.blindly(ctx)
		return
	}
	for _, signer := range p.nodes {
		token, err := p.token(ctx, signer, "")
		if err != nil {
			continue
		}
		for _, door := range p.nodes {
			answer, err := door.do(ctx, call{method: http.MethodGet, path: "/v2/", bearer: token})
			switch {
			case err == nil && answer.status == http.StatusOK:
			case err == nil && answer.status == http.StatusUnauthorized && (door != signer || p.old()):
				p.found("token-key", signer.name+" and "+door.name, "%s", answer.text())
			case err == nil && answer.status == http.StatusUnauthorized:
				p.found("registry-credential", door.name, "%s", answer.text())
			default:
				p.found("unreachable", door.name, "%s", describe(answer, err))
			}
		}
	}
}

func (p *probe) blindly(ctx context.Context) {
	door, failed, last := p.nodes[0], 0, ""
	for range rounds {
		token, err := p.token(ctx, door, "")
		if err != nil {
			failed, last = failed+1, err.Error()
			continue
		}
		answer, err := door.do(ctx, call{method: http.MethodGet, path: "/v2/", bearer: token})
		if err != nil || answer.status != http.StatusOK {
			failed, last = failed+1, describe(answer, err)
		}
	}
	if failed > 0 {
		p.found("token-key", door.name, "%d of %d tokens are refused: %s", failed, rounds, last)
	}
}
