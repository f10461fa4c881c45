package flux

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/oci"
	memory "github.com/google/go-containerregistry/pkg/registry"
)

// What hagen pushed, Flux fetches: the same files, a revision that it can tell,
// and Secrets that its controller decrypts.
func TestFluxFetches(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(memory.New(memory.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	r := newRegistry(t, "hub-2.15")
	r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
	r.git("init", "-q")
	r.git("add", r.spec, "secrets", "ca.crt")
	r.git("commit", "-q", "-m", "one")
	r.hagen("build", r.spec)
	printed := r.hagen("push", "oci://"+host+"/platform/registry:main", r.spec)
	digest := regexp.MustCompile(`@(sha256:[0-9a-f]{64}): pushed`).FindStringSubmatch(printed)
	if digest == nil {
		t.Fatalf("got %s", printed)
	}

	fetched := t.TempDir()
	meta, err := oci.NewClient(oci.DefaultOptions()).Pull(context.Background(), host+"/platform/registry:main", fetched)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sha1:" + strings.TrimSpace(r.git("rev-parse", "HEAD")); meta.Revision != want || !strings.HasSuffix(meta.Digest, digest[1]) || meta.Created == "" {
		t.Errorf("got %+v, want %s at %s", meta, want, digest[1])
	}
	// The page of all registries is none of an artifact's: hagen pull makes it.
	if err := os.Remove(filepath.Join(r.dir, "out", "index.html")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("diff", "-r", filepath.Join(r.dir, "out"), fetched).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, "out")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(fetched, filepath.Join(r.dir, "out")); err != nil {
		t.Fatal(err)
	}
	r.compare(r.key)
}

// git runs git in the folder of the spec.
func (r *registry) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}
