package gitops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var repositories = schema.GroupVersionResource{Group: "source.toolkit.fluxcd.io", Version: "v1", Resource: "gitrepositories"}

// A sourceStandIn takes the place of Flux's source-controller, which a build
// from the module proxy does not get: it looks at the repository that each
// GitRepository names, serves its newest commit as a tar archive, and writes
// that into the status, which is all that kustomize-controller reads.
type sourceStandIn struct {
	t      testing.TB
	server *server
	folder string
	http   *httptest.Server
}

func standInForSources(t testing.TB, s *server) {
	t.Helper()
	c := &sourceStandIn{t: t, server: s, folder: t.TempDir()}
	c.http = httptest.NewServer(http.FileServer(http.Dir(c.folder)))
	t.Cleanup(c.http.Close)
	t.Cleanup(during(t, "the stand-in for source-controller", c.look))
}

// look goes once through all GitRepositories.
func (c *sourceStandIn) look() error {
	list, err := c.server.dynamic.Resource(repositories).List(context.Background(), meta.ListOptions{})
	if err != nil {
		return err
	}
	for _, repository := range list.Items {
		if err := c.bring(&repository); err != nil {
			return err
		}
	}
	return nil
}

// bring serves the newest commit, unless that is already said.
func (c *sourceStandIn) bring(repository *object) error {
	url, _, _ := unstructured.NestedString(repository.Object, "spec", "url")
	branch, _, _ := unstructured.NestedString(repository.Object, "spec", "ref", "branch")
	line, err := attempt(c.folder, nil, "git", "ls-remote", url, "refs/heads/"+branch)
	if err != nil {
		return fmt.Errorf("git ls-remote: %w: %s", err, line)
	}
	commit, _, found := strings.Cut(line, "\t")
	revision := branch + "@sha1:" + commit
	if said, _, _ := unstructured.NestedString(repository.Object, "status", "artifact", "revision"); !found || said == revision {
		return nil
	}
	artifact, err := c.archive(url, branch, commit)
	if err != nil {
		return err
	}
	artifact["revision"] = revision
	return c.say(repository, artifact)
}

// archive packs a commit.
func (c *sourceStandIn) archive(url, branch, commit string) (map[string]any, error) {
	clone, err := os.MkdirTemp(c.folder, ".clone-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(clone)
	if said, err := attempt(c.folder, nil, "git", "clone", "--quiet", "--bare", "--branch", branch, url, clone); err != nil {
		return nil, fmt.Errorf("git clone: %w: %s", err, said)
	}
	name := commit + ".tar.gz"
	if said, err := attempt(clone, nil, "git", "archive", "--format=tar.gz", "--output="+filepath.Join(c.folder, name), commit); err != nil {
		return nil, fmt.Errorf("git archive: %w: %s", err, said)
	}
	data, err := os.ReadFile(filepath.Join(c.folder, name))
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(data)
	return map[string]any{
		"url":            c.http.URL + "/" + name,
		"path":           name,
		"digest":         "sha256:" + hex.EncodeToString(digest[:]),
		"size":           int64(len(data)),
		"lastUpdateTime": time.Now().UTC().Format(time.RFC3339),
	}, nil
}

// say writes the status.
func (c *sourceStandIn) say(repository *object, artifact map[string]any) error {
	repository.Object["status"] = map[string]any{
		"observedGeneration": repository.GetGeneration(),
		"artifact":           artifact,
		"conditions": []any{map[string]any{
			"type": "Ready", "status": "True", "reason": "Succeeded",
			"message":            "stored artifact for " + field(artifact, "revision"),
			"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
			"observedGeneration": repository.GetGeneration(),
		}},
	}
	_, err := c.server.dynamic.Resource(repositories).Namespace(repository.GetNamespace()).
		UpdateStatus(context.Background(), repository, meta.UpdateOptions{})
	if errors.IsConflict(err) {
		return nil // somebody was faster: the next round
	}
	return err
}
