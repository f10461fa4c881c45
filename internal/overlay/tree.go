package overlay

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// root is where hagen's own files lie in the tree that Kustomize sees. It
// exists in memory only.
const root = "/.hagen"

// errOwnSchema stops a run that must be alone.
var errOwnSchema = errors.New("the overlay brings a schema of its own")

// kustomizationNames are the file names that Kustomize accepts.
var kustomizationNames = [...]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

func kindOfBundle() kyaml.TypeMeta {
	return kyaml.TypeMeta{APIVersion: "hagen.dev/v1alpha1", Kind: "Bundle"}
}

// tree is the file system that Kustomize sees: the user's files, and below
// root what hagen lays out in memory. Nothing can be written to the disk.
type tree struct {
	filesys.FileSystem
	memory filesys.FileSystem
	disk   filesys.FileSystem
	// replaced holds the kustomizations of overlays, which Kustomize shall
	// read as components.
	replaced  map[string][]byte
	ownSchema bool
	// overlays are the folders of the overlays, in order; components are the
	// ways to them from the root.
	overlays, components []string
	// refusal is what ReadFile refused; Kustomize would only say that it
	// found no kustomization there.
	refusal error
}

func newTree(disk filesys.FileSystem) *tree {
	memory := filesys.MakeFsInMemory()
	return &tree{FileSystem: memory, memory: memory, disk: disk, replaced: map[string][]byte{}}
}

func (t *tree) of(path string) filesys.FileSystem {
	if path == root || strings.HasPrefix(path, root+"/") {
		return t.memory
	}
	return t.disk
}

func (t *tree) Open(path string) (filesys.File, error) { return t.of(path).Open(path) }
func (t *tree) IsDir(path string) bool                 { return t.of(path).IsDir(path) }
func (t *tree) ReadDir(path string) ([]string, error)  { return t.of(path).ReadDir(path) }
func (t *tree) Exists(path string) bool                { return t.of(path).Exists(path) }
func (t *tree) Glob(pattern string) ([]string, error)  { return t.of(pattern).Glob(pattern) }

func (t *tree) Walk(path string, walk filepath.WalkFunc) error { return t.of(path).Walk(path, walk) }

func (t *tree) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	return t.of(path).CleanedAbs(path)
}

// ReadFile also looks for what a build must not do: reach for the network.
func (t *tree) ReadFile(path string) ([]byte, error) {
	if data, ok := t.replaced[path]; ok {
		return data, nil
	}
	data, err := t.of(path).ReadFile(path)
	if err != nil || t.of(path) == t.memory || !isKustomization(path) {
		return data, err
	}
	refs, err := t.checkLocal(path, data)
	if err == nil && len(refs.OpenAPI) > 0 && !t.ownSchema {
		// Stop before Kustomize replaces the schema that others are using.
		t.ownSchema, err = true, errOwnSchema
	}
	if err != nil {
		t.refusal = err
		return nil, err
	}
	return data, nil
}

func isKustomization(path string) bool {
	for _, name := range kustomizationNames {
		if filepath.Base(path) == name {
			return true
		}
	}
	return false
}

// references are the fields of a kustomization that Kustomize would fetch
// from a Git host when no file of that name exists.
type references struct {
	Kind       string            `yaml:"kind"`
	Resources  []string          `yaml:"resources"`
	Bases      []string          `yaml:"bases"`
	Components []string          `yaml:"components"`
	OpenAPI    map[string]string `yaml:"openapi"`
}

// checkLocal refuses references that no local file answers: a build that asks
// the network is not the same tomorrow.
func (t *tree) checkLocal(path string, data []byte) (references, error) {
	var refs references
	if err := yaml.Unmarshal(data, &refs); err != nil {
		return references{}, nil // Kustomize words this error better.
	}
	for _, list := range [][]string{refs.Resources, refs.Bases, refs.Components} {
		for _, name := range list {
			if strings.Contains(name, "://") || !t.disk.Exists(filepath.Join(filepath.Dir(path), name)) {
				return refs, fmt.Errorf("%s: %q is no local file or folder; a build does not use the network", path, name)
			}
		}
	}
	return refs, nil
}

// mount prepares a user's folder to be read as a component.
func (t *tree) mount(dir string) error {
	confirmed, _, err := t.disk.CleanedAbs(dir)
	if err != nil {
		return err
	}
	for _, name := range kustomizationNames {
		path := confirmed.Join(name)
		if !t.disk.Exists(path) {
			continue
		}
		data, err := t.disk.ReadFile(path)
		if err != nil {
			return err
		}
		refs, err := t.checkLocal(path, data)
		if err != nil {
			return err
		}
		component, err := asComponent(data)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		t.replaced[path] = component
		t.ownSchema = t.ownSchema || len(refs.OpenAPI) > 0
		return nil
	}
	return fmt.Errorf("%s: there is no kustomization.yaml", dir)
}

// asComponent gives a kustomization the kind under which it takes the
// objects so far as its base. All of its fields mean the same there.
func asComponent(data []byte) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the kustomization is empty")
	}
	mapping := document.Content[0]
	setField(mapping, "kind", "Component")
	setField(mapping, "apiVersion", "kustomize.config.k8s.io/v1alpha1")
	var b bytes.Buffer
	err := yaml.NewEncoder(&b).Encode(&document)
	return b.Bytes(), err
}

func setField(mapping *yaml.Node, key, value string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
			return
		}
	}
	mapping.Content = append(mapping.Content,
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key},
		&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value})
}
