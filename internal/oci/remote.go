package oci

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"hagen/internal/diag"
)

// Options say how a registry is spoken to.
type Options struct {
	// Plain is HTTP without TLS.
	Plain bool
	// Authority is the PEM of certificates to trust beside the system's.
	Authority []byte
	// Agent is what hagen calls itself.
	Agent string
}

// Remote is a repository of a registry.
type Remote struct {
	ref        Reference
	repository *remote.Repository
	options    Options
	// known tells that Docker's configuration holds a login.
	known bool
}

// Open prepares to speak to the repository of an address, with the login that
// docker login or a credential helper keeps. It sends nothing.
func Open(ref Reference, o Options) (*Remote, error) {
	repository, err := remote.NewRepository(ref.Registry + "/" + ref.Repository)
	if err != nil {
		return nil, err
	}
	r := &Remote{ref: ref, repository: repository, options: o}
	transport, err := transportOf(o)
	if err != nil {
		return nil, err
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, loginError(ref, err)
	}
	lookUp := credentials.Credential(store)
	client := &auth.Client{
		Client: &http.Client{Transport: retry.NewTransport(transport)},
		Cache:  auth.NewCache(),
		Credential: func(ctx context.Context, host string) (auth.Credential, error) {
			found, err := lookUp(ctx, host)
			if err != nil {
				return found, &storeError{err}
			}
			r.known = r.known || found != auth.EmptyCredential
			return found, nil
		},
	}
	client.SetUserAgent(o.Agent)
	repository.Client, repository.PlainHTTP = client, o.Plain
	return r, nil
}

func transportOf(o Options) (*http.Transport, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if len(o.Authority) > 0 && !pool.AppendCertsFromPEM(o.Authority) {
		return nil, errors.New("the file of --ca-file holds no certificate")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	transport.ResponseHeaderTimeout = time.Minute
	return transport, nil
}

// Push brings an artifact into the registry and lets the tag name it. It tells
// whether that changed anything.
func (r *Remote) Push(ctx context.Context, i Image) (changed bool, err error) {
	manifest := content.NewDescriptorFromBytes(v1.MediaTypeImageManifest, i.manifest)
	// Who may push need not be able to read: then pushing tells what is wrong.
	if there, err := r.repository.Resolve(ctx, r.ref.Tag); err == nil && there.Digest == manifest.Digest {
		return false, nil
	}
	for _, blob := range []struct {
		mediaType string
		data      []byte
	}{{configType, i.config}, {layerType, i.layer}} {
		if err := r.pushBlob(ctx, content.NewDescriptorFromBytes(blob.mediaType, blob.data), blob.data); err != nil {
			return false, r.explain(err, pushing)
		}
	}
	if err := r.repository.Manifests().PushReference(ctx, manifest, bytes.NewReader(i.manifest), r.ref.Tag); err != nil {
		return false, r.explain(err, pushing)
	}
	return true, nil
}

func (r *Remote) pushBlob(ctx context.Context, blob v1.Descriptor, data []byte) error {
	if there, err := r.repository.Blobs().Exists(ctx, blob); err == nil && there {
		return nil
	}
	return r.repository.Blobs().Push(ctx, blob, bytes.NewReader(data))
}

// Pull fetches an artifact, and checks digests and sizes. One that hagen did not
// make is ErrForeign.
func (r *Remote) Pull(ctx context.Context) (Image, error) {
	found, text, err := r.manifest(ctx)
	if err != nil {
		return Image{}, r.explain(err, pulling)
	}
	layer, err := layerOf(found, text)
	if err != nil {
		return Image{}, r.explain(err, pulling)
	}
	i := Image{manifest: text}
	if i.layer, err = content.FetchAll(ctx, r.repository.Blobs(), layer); err != nil {
		return Image{}, r.explain(err, pulling)
	}
	return i, nil
}

// manifest fetches what the tag or digest names.
func (r *Remote) manifest(ctx context.Context) (v1.Descriptor, []byte, error) {
	found, body, err := r.repository.FetchReference(ctx, r.ref.wanted())
	if err != nil {
		return found, nil, err
	}
	defer body.Close()
	if found.Size > maxManifest {
		return found, nil, errdef.ErrSizeExceedsLimit
	}
	text, err := content.ReadAll(body, found)
	return found, text, err
}

// layerOf returns the one layer of an artifact of hagen.
func layerOf(found v1.Descriptor, text []byte) (v1.Descriptor, error) {
	var manifest v1.Manifest
	if found.MediaType != v1.MediaTypeImageManifest || json.Unmarshal(text, &manifest) != nil {
		return v1.Descriptor{}, fmt.Errorf("%w: its type is %s", ErrForeign, found.MediaType)
	}
	switch made := manifest.Annotations[formatKey]; {
	case made == "":
		return v1.Descriptor{}, fmt.Errorf("%w: the annotation %s is not there", ErrForeign, formatKey)
	case made != format:
		return v1.Descriptor{}, fmt.Errorf("%w of this version: its format is %.20q, not %q", ErrForeign, made, format)
	case len(manifest.Layers) != 1 || manifest.Layers[0].MediaType != layerType:
		return v1.Descriptor{}, fmt.Errorf("%w: it has other layers than a single archive", ErrForeign)
	}
	layer := manifest.Layers[0]
	if layer.Size > maxLayer {
		return layer, diag.Diagnostic{
			Message: fmt.Sprintf("the artifact has %d MB, the limit is %d", layer.Size>>20, maxLayer>>20),
			Reason:  "that is no rendering of a registry",
		}
	}
	return layer, nil
}
