package secrets

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestRecipients wants each file to be open to those whom the spec names, by
// any kind of key, and to nobody else.
func TestRecipients(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	people := map[string]holder{
		"second": s.newSSH("second", "ed25519"), "flux": s.newKey("flux"),
		"node1": s.newSSH("node1", "rsa"), "node2": s.newKey("node2"), "stranger": s.newKey("stranger"),
	}
	s.configure(settings{
		provider: "sops", everything: []holder{s.owner, people["second"]},
		cluster: []holder{people["flux"]}, node: []holder{people["node1"], people["node2"]},
	})
	s.must(s.init()...)
	s.must(s.build()...)
	people["owner"] = s.owner
	rights := map[string]string{
		"owner": "store cluster nodes", "second": "store cluster nodes",
		"flux": "cluster", "node1": "nodes", "node2": "nodes", "stranger": "",
	}
	for name, h := range people {
		for file, readable := range s.readableBy(h) {
			if want := strings.Contains(rights[name], kindOf(file)); readable != want {
				t.Errorf("%s reads %s: %v, wanted %v", name, file, readable, want)
			}
		}
	}
}

func kindOf(file string) string {
	switch file {
	case store:
		return "store"
	case nodes:
		return "nodes"
	}
	return "cluster"
}

// readableBy tells of every encrypted file, beside the spec and in the output,
// whether somebody can read it; of the nodes' file, the whole of it.
func (s *site) readableBy(h holder) map[string]bool {
	s.t.Helper()
	readable := map[string]bool{}
	for _, path := range append([]string{filepath.Join(s.folder(), store)}, s.encryptedForCluster()...) {
		_, readable[s.short(path)] = s.opens(h, path)
	}
	parts := sections(readFile(s.t, filepath.Join(s.folder(), nodes)))
	opened := 0
	for _, body := range parts {
		if _, ok := unlock(s.t, h, body); ok {
			opened++
		}
	}
	if opened != 0 && opened != len(parts) {
		s.t.Errorf("%s reads %d of %d sections", h.name, opened, len(parts))
	}
	readable[nodes] = opened > 0
	return readable
}

func (s *site) encryptedForCluster() []string {
	s.t.Helper()
	kept, err := filepath.Glob(filepath.Join(s.folder(), "kubernetes", "*.yaml"))
	if err != nil || len(kept) == 0 {
		s.t.Fatalf("%d files for the cluster, %v", len(kept), err)
	}
	for _, path := range s.clusterFiles() {
		kept = append(kept, path)
	}
	return kept
}

func (s *site) short(path string) string {
	if relative, err := filepath.Rel(s.folder(), path); err == nil && !strings.HasPrefix(relative, "..") {
		return filepath.ToSlash(relative)
	}
	return path
}
