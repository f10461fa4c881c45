package secrets

import (
	"path/filepath"
	"slices"
	"testing"
)

// examples are both generations on both targets.
var examples = []struct{ example, environment, rotated string }{
	{"hub-1.1", "domain", "secretkey"},
	{"hub-k8s-1.2", "", "registry_http_secret"},
	{"hub-2.15", "", "registry_password"},
}

// TestCycle makes, builds, rotates and builds; after each, the real programs
// read everything that is handed out, and it is what the store holds.
func TestCycle(t *testing.T) {
	for _, c := range examples {
		t.Run(c.example, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.example, c.environment)
			s.must(s.init()...)
			s.must(s.build()...)
			s.must(s.secrets("check")...)
			s.handedOut()
			before := s.values()
			if before["redis_password"] != awkward || before["database_password"] != awkward {
				t.Error("a value that was given is not what the store holds")
			}

			s.env["HAGEN_SECRET_REDIS_PASSWORD"] = awkward + " anew"
			s.must(s.rotate(c.rotated, "redis_password")...)
			if o := s.run(s.build("--check")...); o.code != 1 {
				t.Errorf("build --check after a rotation: exit code %d\n%s%s", o.code, o.out, o.err)
			}
			s.must(s.build()...)
			s.must(s.secrets("check")...)
			s.must(s.build("--check")...)
			s.handedOut()
			after := changed(before, s.values())
			if !slices.Contains(after, c.rotated) || !slices.Contains(after, "redis_password") {
				t.Errorf("a rotation changed %v", after)
			}
		})
	}
}

// handedOut compares what the cluster and every node can decrypt with the
// store.
func (s *site) handedOut() {
	s.t.Helper()
	values, list := s.values(), s.list()
	cluster, bundles := s.clusterFiles(), s.bundles()
	if len(cluster)+len(bundles) == 0 {
		s.t.Fatal("nothing was handed out")
	}
	secrets := map[string]map[string]string{}
	for name, file := range cluster {
		object, ok := s.opens(s.owner, file)
		if !ok {
			s.t.Fatalf("the owner cannot read %s", file)
		}
		secrets[name] = texts(object["stringData"])
	}
	for name, secret := range list {
		for _, key := range secret.Cluster {
			object, key := filepath.Split(key)
			if got := secrets[filepath.Clean(object)][key]; got != values[name] {
				s.t.Errorf("the key %s of the Secret %s is not the value of %s", key, object, name)
			}
		}
	}
	for node, dir := range bundles {
		s.readNode(node, readFile(s.t, filepath.Join(dir, "host", nodes)), values, list)
	}
}

// readNode decrypts all that a node gets, as age does.
func (s *site) readNode(node, text string, values map[string]string, list map[string]listed) {
	s.t.Helper()
	parts := sections(text)
	for name, secret := range list {
		body, there := parts[name]
		if there != secret.Node {
			s.t.Errorf("%s: section %s: %v, wanted %v", node, name, there, secret.Node)
		}
		if !there {
			continue
		}
		if value, ok := unlock(s.t, s.owner, body); !ok || value != values[name] {
			s.t.Errorf("%s: what age decrypts is not the value of %s", node, name)
		}
		delete(parts, name)
	}
	for name := range parts {
		s.t.Errorf("%s: nobody knows the section %s", node, name)
	}
}

// Every node of a registry gets the same bytes.
func TestNodesAlike(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	bundles := s.bundles()
	if len(bundles) < 2 {
		t.Fatalf("%d nodes", len(bundles))
	}
	want := readFile(t, filepath.Join(s.folder(), nodes))
	for node, dir := range bundles {
		if readFile(t, filepath.Join(dir, "host", nodes)) != want {
			t.Errorf("%s has another %s than the folder of the secrets", node, nodes)
		}
	}
}
