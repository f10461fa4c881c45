package gitops

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A liveDiff is what hagen diff --live says of one registry.
type liveDiff struct {
	Status  string
	Notes   []string
	Changes []struct {
		Object struct{ Kind, Name string }
		Path   []any
		Op     string
		Impact string
	}
}

// diffLive compares the spec of a registry with the cluster.
func (s *server) diffLive(t testing.TB, r *registry) liveDiff {
	t.Helper()
	said, err := s.askLive(r, "--format", "json", "--exit-zero")
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var found struct{ Registries []liveDiff }
	if err := json.Unmarshal([]byte(said), &found); err != nil || len(found.Registries) != 1 {
		t.Fatalf("%v: %s", err, said)
	}
	return found.Registries[0]
}

// askLive runs hagen diff --live with the kubectl of the same release.
func (s *server) askLive(r *registry, args ...string) (string, error) {
	return attempt(r.folder, []string{
		"KUBECONFIG=" + s.kubeconfig, "HAGEN_KUBECTL=" + tool(s.t, newest, "kubectl"),
		"SOPS_AGE_KEY_FILE=" + r.ageKey,
	}, filepath.Join(root(), "bin", "hagen"), append([]string{"diff", "--live", r.spec}, args...)...)
}

// showsNothing fails unless the cluster is what the spec says.
func (s *server) showsNothing(t testing.TB, r *registry) {
	t.Helper()
	if said, err := s.askLive(r); err != nil {
		t.Errorf("hagen diff --live after a sync: %v\n%s", err, said)
	}
}

// with lists the objects of the changes that fit, as kubectl names them.
func (d liveDiff) with(op, impact string) []string {
	return d.names(func(i int) bool {
		return (op == "" || d.Changes[i].Op == op) && (impact == "" || d.Changes[i].Impact == impact)
	})
}

// whole lists the objects that come or go.
func (d liveDiff) whole(op string) []string {
	return d.names(func(i int) bool { return d.Changes[i].Op == op && len(d.Changes[i].Path) == 0 })
}

func (d liveDiff) names(fits func(i int) bool) []string {
	var names []string
	for i, change := range d.Changes {
		if fits(i) {
			names = append(names, strings.ToLower(change.Object.Kind)+"/"+change.Object.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// missing are the objects that a rendering has no more.
func missing(old, new []*object) []string {
	var names []string
	for _, o := range old {
		if !slices.ContainsFunc(new, func(n *object) bool { return id(n) == id(o) }) {
			names = append(names, id(o))
		}
	}
	slices.Sort(names)
	return names
}
