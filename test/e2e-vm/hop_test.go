package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"hagen/test/e2e-vm/site"
)

// hopper speaks to the registry by its name, each request to a node that the
// caller chooses, as a balancer may spread them.
type hopper struct {
	http.Client
	node  string
	token string
}

func newHopper(p *pair, repository string) (*hopper, error) {
	h := &hopper{}
	h.Transport = &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var dialer net.Dialer
			return dialer.DialContext(ctx, network, net.JoinHostPort(h.node, "8070"))
		},
	}
	h.node = site.FirstAddress
	query := url.Values{"service": {"harbor-registry"}, "scope": {"repository:" + repository + ":pull,push"}}
	request, err := http.NewRequest(http.MethodGet, "http://hub.lab:8070/service/token?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth("admin", p.password)
	response, err := h.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var given struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&given); err != nil || given.Token == "" {
		return nil, fmt.Errorf("no token: %s, %w", response.Status, err)
	}
	h.token = given.Token
	return h, nil
}

// at sends a request to a node and wants an answer; it returns where the answer
// leads to, and its body.
func (h *hopper) at(node, method, address string, body []byte, headers map[string]string, want int) (string, []byte, error) {
	h.node = node
	request, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return "", nil, err
	}
	request.Header.Set("Authorization", "Bearer "+h.token)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := h.Do(request)
	if err != nil {
		return "", nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != want {
		return "", nil, fmt.Errorf("%s %s at %s: %s, wanted %d: %s (%w)", method, address, node, response.Status, want, text, err)
	}
	next, err := request.URL.Parse(response.Header.Get("Location"))
	return next.String(), text, err
}

// hop uploads a blob in chunks, each to the other node than the one before, and
// reads it back from both.
func (p *pair) hop(h *hopper, repository string, size, chunks int) error {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	hash, _, err := v1.SHA256(bytes.NewReader(data))
	if err != nil {
		return err
	}
	nodes := []string{site.FirstAddress, site.SecondAddress}
	base := "http://hub.lab:8070/v2/" + repository + "/blobs/"
	place, _, err := h.at(nodes[0], http.MethodPost, base+"uploads/", nil, nil, http.StatusAccepted)
	if err != nil {
		return err
	}
	for i := range chunks {
		from, to := i*size/chunks, (i+1)*size/chunks
		headers := map[string]string{"Content-Type": "application/octet-stream", "Content-Range": fmt.Sprintf("%d-%d", from, to-1)}
		if place, _, err = h.at(nodes[(i+1)%2], http.MethodPatch, place, data[from:to], headers, http.StatusAccepted); err != nil {
			return err
		}
	}
	done, err := url.Parse(place)
	if err != nil {
		return err
	}
	query := done.Query()
	query.Set("digest", hash.String())
	done.RawQuery = query.Encode()
	if _, _, err := h.at(nodes[(chunks+1)%2], http.MethodPut, done.String(), nil, nil, http.StatusCreated); err != nil {
		return err
	}
	for _, node := range nodes {
		_, text, err := h.at(node, http.MethodGet, base+hash.String(), nil, nil, http.StatusOK)
		if err != nil {
			return err
		}
		if !bytes.Equal(text, data) {
			return fmt.Errorf("%s returns %d other bytes", node, len(text))
		}
	}
	return nil
}

// hops: 20 of 20 uploads that change the node with every chunk arrive whole.
func (p *pair) hops(t *testing.T) {
	const repository = "library/hopping"
	h, err := newHopper(p, repository)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := p.hop(h, repository, 300_000+i, 2+i%4); err != nil {
			t.Fatalf("upload %d: %v", i+1, err)
		}
	}
}
