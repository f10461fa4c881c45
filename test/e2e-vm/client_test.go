package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// client pushes and pulls as Docker does. Each request is a connection of its
// own, so that a balancer that is not sticky spreads them over all nodes.
type client struct {
	registry  string
	password  string
	authority []byte
	transport http.RoundTripper
	options   []remote.Option
	naming    []name.Option
}

func newClient(registry, password string, authority []byte) *client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
	auth := authn.Anonymous
	if password != "" {
		auth = &authn.Basic{Username: "admin", Password: password}
	}
	c := &client{registry: registry, password: password, authority: authority, transport: transport, options: []remote.Option{
		remote.WithTransport(transport), remote.WithAuth(auth), remote.WithJobs(1),
		// what the balancer cannot mend must show
		remote.WithRetryPredicate(func(error) bool { return false }), remote.WithRetryStatusCodes(),
	}}
	if len(authority) == 0 {
		c.naming = append(c.naming, name.Insecure)
	}
	return c
}

// nobody is a client without a password.
func (c *client) nobody() *client { return newClient(c.registry, "", c.authority) }

// post sends a document to Harbor's API.
func (c *client) post(path, body string) error {
	scheme := "https://"
	if len(c.authority) == 0 {
		scheme = "http://"
	}
	request, err := http.NewRequest(http.MethodPost, scheme+c.registry+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.SetBasicAuth("admin", c.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := (&http.Client{Transport: c.transport}).Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("POST %s: %s", path, response.Status)
	}
	return nil
}

func (c *client) reference(repository, tag string) (name.Reference, error) {
	return name.ParseReference(c.registry+"/"+repository+":"+tag, c.naming...)
}

// push makes a small image and sends it.
func (c *client) push(repository, tag string) (v1.Hash, error) {
	reference, err := c.reference(repository, tag)
	if err != nil {
		return v1.Hash{}, err
	}
	image, err := random.Image(2048, 1)
	if err != nil {
		return v1.Hash{}, err
	}
	if err := remote.Write(reference, image, c.options...); err != nil {
		return v1.Hash{}, fmt.Errorf("push %s: %w", reference, err)
	}
	return image.Digest()
}

// pull fetches an image with all its layers.
func (c *client) pull(repository, tag string) (v1.Hash, error) {
	reference, err := c.reference(repository, tag)
	if err != nil {
		return v1.Hash{}, err
	}
	image, err := remote.Image(reference, c.options...)
	if err != nil {
		return v1.Hash{}, fmt.Errorf("pull %s: %w", reference, err)
	}
	layers, err := image.Layers()
	if err != nil {
		return v1.Hash{}, err
	}
	for _, layer := range layers {
		content, err := layer.Compressed()
		if err != nil {
			return v1.Hash{}, fmt.Errorf("pull %s: %w", reference, err)
		}
		_, err = v1HashOf(content)
		content.Close()
		if err != nil {
			return v1.Hash{}, fmt.Errorf("pull %s: %w", reference, err)
		}
	}
	return image.Digest()
}
