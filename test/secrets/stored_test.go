package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const (
	store = "secrets.yaml"
	nodes = "secrets.age"
	index = "index.json"
)

// values returns what the store holds, by the real sops.
func (s *site) values() map[string]string {
	s.t.Helper()
	object, ok := s.opens(s.owner, filepath.Join(s.folder(), store))
	if !ok {
		s.t.Fatal("the owner cannot read the store")
	}
	return texts(object["secrets"])
}

// remember keeps what the store holds now, if there is one that is whole and
// the owner can read it.
func (s *site) remember() {
	s.t.Helper()
	if s.owner.file == "" {
		return
	}
	path := filepath.Join(s.folder(), store)
	if _, err := os.Stat(path); err != nil {
		return
	}
	cmd := s.sopsCommand("decrypt", "--output-type", "yaml", path)
	o := execute(s.t, cmd)
	if o.code != 0 {
		return
	}
	for name, value := range texts(parse(s.t, o.out)["secrets"]) {
		s.held[value] = name
	}
}

func texts(value any) map[string]string {
	found := map[string]string{}
	object, _ := value.(map[string]any)
	for name, item := range object {
		text, _ := item.(string)
		found[name] = text
	}
	return found
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// sections parts the file of the nodes: the name of each secret and its
// ciphertext.
func sections(text string) map[string]string {
	parts := map[string]string{}
	for _, part := range strings.Split("\n"+text, "\nsecret ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		parts[name] = body + "\n"
	}
	return parts
}

// ciphertexts returns the ciphertext of every value in every file, as
// "file name".
func (s *site) ciphertexts() map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for path, text := range files(s.t, s.folder()) {
		if path == index {
			continue
		}
		encrypted := sections(text)
		if path != nodes {
			object := parse(s.t, text)
			encrypted = texts(object["secrets"])
			for key, value := range texts(object["stringData"]) {
				encrypted[key] = value
			}
			if spec, ok := object["spec"].(map[string]any); ok {
				encrypted = texts(spec["encryptedData"])
			}
		}
		for name, value := range encrypted {
			all[path+" "+name] = value
		}
	}
	return all
}

// holding lists, as ciphertexts names them, where the named secrets lie.
func (s *site) holding(names ...string) map[string]bool {
	s.t.Helper()
	places := map[string]bool{}
	list := s.list()
	for _, name := range names {
		places[store+" "+name] = true
		if list[name].Node {
			places[nodes+" "+name] = true
		}
		for _, key := range list[name].Cluster {
			object, key, _ := strings.Cut(key, "/")
			places["kubernetes/"+object+".yaml "+key] = true
		}
	}
	return places
}

// clusterFiles maps the Secrets below the output, by their names, to their
// files.
func (s *site) clusterFiles() map[string]string {
	s.t.Helper()
	found := map[string]string{}
	dir := filepath.Join(s.rendered(), "secrets")
	if _, err := os.Stat(dir); err != nil {
		return found
	}
	for path, text := range files(s.t, dir) {
		object := parse(s.t, text)
		if kind := object["kind"]; kind == "Secret" || kind == "SealedSecret" {
			name, _ := object["metadata"].(map[string]any)["name"].(string)
			found[name] = filepath.Join(dir, path)
		}
	}
	return found
}

// bundles maps the nodes to their folders.
func (s *site) bundles() map[string]string {
	s.t.Helper()
	found := map[string]string{}
	composed, err := filepath.Glob(filepath.Join(s.rendered(), "compose", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, dir := range composed {
		found[filepath.Base(dir)] = dir
	}
	return found
}
