package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// point is a door of the registry: its public address, or one node behind it.
type point struct {
	name   string
	public *url.URL
	client *http.Client
}

// newPoint makes a door. Every request is a connection of its own: a balancer
// may send each to another node, and one that is kept would hide that.
func newPoint(name string, public, node *url.URL, transport *http.Transport) *point {
	plain := transport.Clone()
	plain.DisableKeepAlives = true
	if plain.TLSClientConfig.ServerName == "" && node != nil {
		plain.TLSClientConfig.ServerName = public.Hostname()
	}
	var round http.RoundTripper = plain
	if node != nil {
		round = &through{public: public, node: node, next: plain}
	}
	return &point{name: name, public: public, client: &http.Client{
		Transport: round, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// through sends what is meant for the public address to a node, as a balancer does.
type through struct {
	public, node *url.URL
	next         http.RoundTripper
}

// RoundTrip sends the request to the node with the Host of the public address.
func (t *through) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != t.public.Host {
		return t.next.RoundTrip(r)
	}
	sent := r.Clone(r.Context())
	sent.Host, sent.URL.Scheme, sent.URL.Host = t.public.Host, t.node.Scheme, t.node.Host
	if t.node.Scheme != t.public.Scheme {
		sent.Header.Set("X-Forwarded-Proto", t.public.Scheme)
	}
	response, err := t.next.RoundTrip(sent)
	if response != nil {
		// clients give their password only to whom they have asked
		response.Request = r
	}
	return response, err
}

// call is a request before it is sent.
type call struct {
	method, path, user, password, bearer string
	header                               http.Header
	body                                 []byte
	cookies                              []*http.Cookie
}

// reply is what came back, whole.
type reply struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

// text is the beginning of what the registry said.
func (r *reply) text() string {
	text := strings.Join(strings.Fields(string(r.body)), " ")
	if len(text) > 160 {
		text = text[:160] + "…"
	}
	return fmt.Sprintf("%d %s", r.status, text)
}

func (p *point) do(ctx context.Context, c call) (*reply, error) {
	address, err := p.public.Parse(c.path)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, c.method, address.String(), bytes.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	if c.header != nil {
		request.Header = c.header.Clone()
	}
	request.Header.Set("User-Agent", agent)
	switch {
	case c.bearer != "":
		request.Header.Set("Authorization", "Bearer "+c.bearer)
	case c.user != "":
		request.SetBasicAuth(c.user, c.password)
	}
	for _, cookie := range c.cookies {
		request.AddCookie(cookie)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return &reply{response.StatusCode, response.Header, response.Cookies(), body}, err
}

// agent is what Harbor 1.x lists repositories for.
const agent = "docker/20.10 (hagen probe)"

func jsonBody(v any) ([]byte, http.Header) {
	data, _ := json.Marshal(v)
	return data, http.Header{"Content-Type": {"application/json"}}
}

func randomName() string {
	text := make([]byte, 4)
	_, _ = rand.Read(text)
	return "hagen-probe-" + hex.EncodeToString(text)
}
