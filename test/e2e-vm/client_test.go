package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// client pushes and pulls as Docker does. Each request is a connection of its
// own, so that a balancer that is not sticky spreads them over all nodes.
type client struct {
	registry string
	options  []remote.Option
	naming   []name.Option
}

func newClient(registry, password string, authority []byte) *client {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
	auth := authn.Anonymous
	if password != "" {
		auth = &authn.Basic{Username: "admin", Password: password}
	}
	c := &client{registry: registry, options: []remote.Option{
		remote.WithTransport(transport), remote.WithAuth(auth), remote.WithJobs(1),
		// what the balancer cannot mend must show
		remote.WithRetryPredicate(func(error) bool { return false }), remote.WithRetryStatusCodes(),
	}}
	if len(authority) == 0 {
		c.naming = append(c.naming, name.Insecure)
	}
	return c
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
