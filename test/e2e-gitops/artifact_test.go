package gitops

import (
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	memory "github.com/google/go-containerregistry/pkg/registry"
)

// A shelf is a registry that keeps artifacts in memory, for those who log in.
type shelf struct {
	t      testing.TB
	server *httptest.Server
	// host is its address, docker the folder with the login of hagen, password
	// the file with that of the engines.
	host, docker, password string
}

const (
	robot    = "robot$platform+gitops"
	password = "for tests alone"
)

func newShelf(t testing.TB) *shelf {
	t.Helper()
	s := &shelf{t: t, docker: t.TempDir(), password: filepath.Join(t.TempDir(), "password")}
	artifacts := memory.New(memory.Logger(log.New(io.Discard, "", 0)))
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, key, _ := r.BasicAuth(); name != robot || key != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="shelf"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		artifacts.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
	s.host = strings.TrimPrefix(s.server.URL, "http://")
	login := base64.StdEncoding.EncodeToString([]byte(robot + ":" + password))
	write(t, filepath.Join(s.docker, "config.json"), `{"auths":{"`+s.host+`":{"auth":"`+login+`"}}}`)
	write(t, s.password, password)
	return s
}

var digest = regexp.MustCompile(`@(sha256:[0-9a-f]{64}): (pushed|unchanged)\n`)

// push commits a registry and pushes it, and gives the digest and whether it is
// a new one.
func (s *shelf) push(r *registry, message string) (string, bool) {
	s.t.Helper()
	r.commit(message)
	said := run(s.t, r.folder, []string{"DOCKER_CONFIG=" + s.docker}, filepath.Join(root(), "bin", "hagen"), "push", r.spec)
	found := digest.FindStringSubmatch(said)
	if found == nil {
		s.t.Fatalf("hagen push said %s", said)
	}
	return found[1], found[2] == "pushed"
}

// TestArgoArtifact lets Argo CD bring what hagen pushed into a registry.
func TestArgoArtifact(t *testing.T) {
	t.Parallel()
	a := startArgo(t, newCluster(t))
	s := newShelf(t)
	a.registry = forArgo(t, "")
	a.registry.change(`repository = ""`, `source = "oci://`+s.host+`/platform/registry:main"`)
	a.comesFromArtifact(s)
	a.rollsWithArtifact(s)
	a.outlivesArtifact(s)
}

// comesFromArtifact follows the documentation in an empty cluster.
func (a *argo) comesFromArtifact(s *shelf) {
	began := time.Now()
	pushed, _ := s.push(a.registry, "a registry")
	a.create("{apiVersion: v1, kind: Namespace, metadata: {name: harbor}}")
	a.makeSecrets(a.t, "harbor", a.objects())
	page := filepath.Join(root(), "docs", "gitops.md")
	a.follow(a.registry.folder, commands(a.t, page, "For Argo CD it is a Secret with a label:",
		"hub.example.com", s.host, "/path/to/password", s.password, "--from-literal=type=oci", "--from-literal=type=oci --from-literal=insecureOCIForceHttp=true"))
	a.follow(a.registry.folder, commands(a.t, page, "## Argo CD",
		"out/hub/", "out/hub-2-15/", "application/hub ", "application/hub-2-15 ", "--timeout=20m", "--timeout=80s"))
	a.synced(pushed)
	a.t.Logf("from an empty cluster to Healthy: %.1f s", time.Since(began).Seconds())
	a.up(a.t, a.objects())
}

// rollsWithArtifact changes the configuration of one component, and then
// nothing.
func (a *argo) rollsWithArtifact(s *shelf) {
	before := a.pods(a.t, "harbor")
	a.registry.set("[components.jobservice.env]\nHTTP_PROXY = \"http://proxy.example.com:3128\"\n")
	pushed, changed := s.push(a.registry, "a proxy for jobservice")
	if !changed {
		a.t.Error("a change is no new artifact")
	}
	a.synced(pushed)
	eventually(a.t, "old pods are gone", func() error { return sameCount(before, a.pods(a.t, "harbor")) })
	if lost := rolled(before, a.pods(a.t, "harbor")); !slices.Equal(lost, []string{"jobservice"}) {
		a.t.Errorf("a ConfigMap of jobservice rolled %q", lost)
	}
}

// outlivesArtifact stops the registry: nothing is removed, and Argo CD says what
// it lacks.
func (a *argo) outlivesArtifact(s *shelf) {
	before := a.versions(a.t, a.objects())
	s.server.Close()
	a.kubectl(a.registry.folder, "-n", "argocd", "annotate", "--overwrite", "application", a.registry.name,
		"argocd.argoproj.io/refresh=hard")
	eventually(a.t, "Argo CD misses the artifact", func() error {
		o, err := a.application()
		if err != nil {
			return err
		}
		if said := field(o.Object, "status", "sync", "status"); said != "Unknown" {
			return fmt.Errorf("it says %q", said)
		}
		return nil
	})
	if written := changed(before, a.versions(a.t, a.objects())); len(written) > 0 {
		a.t.Errorf("a registry that is down wrote to %q", written)
	}
}
