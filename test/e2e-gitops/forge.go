package gitops

import (
	"net/http/cgi"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// A forge is where registries are pushed to and where the engines read them:
// Git's own server over HTTP.
type forge struct {
	folder string
	// address is the repository's.
	address string
}

func newForge(t testing.TB) *forge {
	t.Helper()
	f := &forge{folder: t.TempDir()}
	run(t, f.folder, nil, "git", "init", "--quiet", "--bare", "--initial-branch=main", "registry.git")
	server := httptest.NewServer(&cgi.Handler{
		Path: filepath.Join(run(t, f.folder, nil, "git", "--exec-path"), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + f.folder, "GIT_HTTP_EXPORT_ALL=1"},
	})
	t.Cleanup(server.Close)
	f.address = server.URL + "/registry.git"
	return f
}

// merge builds a registry, commits it and pushes the commit, which it gives.
func (f *forge) merge(r *registry, message string) string {
	r.t.Helper()
	commit := r.commit(message)
	run(r.t, r.folder, nil, "git", "push", "--quiet", filepath.Join(f.folder, "registry.git"), "main")
	return commit
}

// revert takes the last commit back, as one does when it was bad.
func (f *forge) revert(r *registry) string {
	r.t.Helper()
	run(r.t, r.folder, nil, "git", "-c", "user.name=test", "-c", "user.email=test@example.com",
		"revert", "--no-edit", "HEAD")
	run(r.t, r.folder, nil, "git", "push", "--quiet", filepath.Join(f.folder, "registry.git"), "main")
	return run(r.t, r.folder, nil, "git", "rev-parse", "HEAD")
}
