package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/opencontainers/go-digest"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"
)

// The types that every registry knows, also that of Harbor 1.x.
const (
	manifestType = "application/vnd.docker.distribution.manifest.v2+json"
	configType   = "application/vnd.docker.container.image.v1+json"
	layerType    = "application/vnd.docker.image.rootfs.diff.tar.gzip"
)

// images pushes to a private project through every door, and pulls each image
// through all of them. Only a private project asks for tokens when pulling.
func (p *probe) images(ctx context.Context) {
	if !p.makeProject(ctx) {
		return
	}
	for _, from := range p.points {
		tag := strings.NewReplacer(":", "-", " ", "-", "[", "", "]", "").Replace(from.name)
		if err := p.push(ctx, from, tag); err != nil {
			p.blame(from, from, err)
			continue
		}
		for _, to := range p.points {
			if err := p.pull(ctx, to, tag); err != nil {
				p.blame(from, to, err)
			}
		}
	}
}

// repository speaks to the registry as Docker does, through one door.
func (p *probe) repository(door *point) (*remote.Repository, error) {
	repository, err := remote.NewRepository(door.public.Host + "/" + p.project + "/probe")
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = door.public.Scheme == "http"
	client := &auth.Client{Client: door.client, Credential: auth.StaticCredential(door.public.Host, auth.Credential{
		Username: p.options.User, Password: p.options.Password,
	})}
	client.SetUserAgent(agent)
	repository.Client = client
	return repository, nil
}

// push sends an image of two small blobs.
func (p *probe) push(ctx context.Context, door *point, tag string) error {
	repository, err := p.repository(door)
	if err != nil {
		return err
	}
	layer := []byte("probe through " + door.name + " by " + p.project)
	config := []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["` + digest.FromBytes(layer).String() + `"]}}`)
	manifest := v1.Manifest{MediaType: manifestType, Config: descriptor(configType, config), Layers: []v1.Descriptor{descriptor(layerType, layer)}}
	manifest.SchemaVersion = 2
	text, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	for _, blob := range []struct {
		kind string
		data []byte
	}{{configType, config}, {layerType, layer}} {
		if err := repository.Blobs().Push(ctx, descriptor(blob.kind, blob.data), bytes.NewReader(blob.data)); err != nil {
			return err
		}
	}
	return repository.Manifests().PushReference(ctx, descriptor(manifestType, text), bytes.NewReader(text), tag)
}

func descriptor(kind string, data []byte) v1.Descriptor {
	return content.NewDescriptorFromBytes(kind, data)
}

// pull fetches the manifest and what it names.
func (p *probe) pull(ctx context.Context, door *point, tag string) error {
	repository, err := p.repository(door)
	if err != nil {
		return err
	}
	found, body, err := repository.Manifests().FetchReference(ctx, tag)
	if err != nil {
		return err
	}
	text, err := content.ReadAll(body, found)
	body.Close()
	if err != nil {
		return err
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return err
	}
	for _, blob := range append(manifest.Layers, manifest.Config) {
		if _, err := content.FetchAll(ctx, repository.Blobs(), blob); err != nil {
			return err
		}
	}
	return nil
}

// blame finds the symptom that an error of the registry is.
func (p *probe) blame(from, to *point, err error) {
	where := from.name
	if from != to {
		where += " and " + to.name
	}
	var said *errcode.ErrorResponse
	if !errors.As(err, &said) {
		p.found("balancer", where, "%s", err)
		return
	}
	p.found(p.symptom(said.StatusCode, err.Error(), from == to), where, "%s", err)
}

// symptom tells what a refusal means. At the door that also gave the token, 401
// is not about its key.
func (p *probe) symptom(status int, text string, same bool) string {
	lower := strings.ToLower(text)
	has := func(part string) bool { return strings.Contains(lower, part) }
	switch {
	case has("blob upload invalid") || has("blob_upload_invalid"):
		return "upload-secret"
	case status == http.StatusNotFound:
		return "storage"
	case status == http.StatusUnauthorized && has("authentication required") && same && len(p.nodes) > 1 && !p.old():
		return "registry-credential"
	case status == http.StatusUnauthorized:
		return "token-key"
	case status == http.StatusInternalServerError && has("/service/token"):
		return "token-error"
	case status == http.StatusInternalServerError:
		return "write"
	}
	return "balancer"
}

// makeProject makes the private project, and sees to it that it goes.
func (p *probe) makeProject(ctx context.Context) bool {
	if p.old() {
		return p.makeOldProject(ctx)
	}
	body, header := jsonBody(map[string]any{"project_name": p.project, "metadata": map[string]string{"public": "false"}})
	answer, err := p.nodes[0].do(ctx, p.as(call{method: http.MethodPost, path: "/api/v2.0/projects", header: header, body: body}))
	if err != nil || answer.status != http.StatusCreated {
		p.found("login", p.nodes[0].name, "the project %s cannot be made: %s", p.project, describe(answer, err))
		return false
	}
	p.later("project "+p.project, func(ctx context.Context) error { return p.remove(ctx, "/api/v2.0/projects/"+p.project) })
	p.later("repository "+p.project+"/probe", func(ctx context.Context) error {
		return p.remove(ctx, "/api/v2.0/projects/"+p.project+"/repositories/probe")
	})
	return true
}

// remove deletes by the API; what is not there is removed.
func (p *probe) remove(ctx context.Context, path string) error {
	answer, err := p.nodes[0].do(ctx, p.as(call{method: http.MethodDelete, path: path}))
	if err == nil && answer.status >= http.StatusBadRequest && answer.status != http.StatusNotFound {
		err = fmt.Errorf("%s", answer.text())
	}
	return err
}
