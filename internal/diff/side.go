package diff

import (
	"path"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/parse"
)

// Side is one state of one registry: what a spec compiles to, or what lies in a
// folder.
type Side struct {
	// Label says where the state comes from.
	Label                 string
	Registry, Environment string
	// Harbor is the version.
	Harbor string
	Files  artifact.Set
	// Refused are the files whose objects a cluster has said it would not take.
	// They say no more than their manifests: what they leave out is not gone.
	Refused map[string]string
	// Absent tells that there is no such registry on this side.
	Absent bool
}

// Entity is an object with the file that holds it.
type Entity struct {
	Object
	Place
	// Value is what is compared; it is normalized.
	Value any
	// data are the bytes behind it, where they are its own.
	data       string
	executable bool
}

// Model reads the files of a side as entities, each file when it is asked for.
type Model struct {
	Side
	lists Lists
	files map[string]int
	read  map[string][]*Entity
	// bundles are the files of bundles by what they hold.
	bundles           map[string][]*Entity
	objects, services []*Entity
	// nodePrints are the fingerprints that the bundles tell, by node.
	nodePrints map[string]map[string]string
	// nodeSecrets are the lists of secrets of the bundles, by node.
	nodeSecrets map[string]map[string]any
}

func newModel(side Side, lists Lists) *Model {
	m := &Model{Side: side, lists: lists, files: map[string]int{}, read: map[string][]*Entity{}, bundles: map[string][]*Entity{}}
	for i, file := range side.Files {
		m.files[file.Path] = i
	}
	return m
}

// Entities returns those of one file.
func (m *Model) Entities(file string) []*Entity {
	if found, ok := m.read[file]; ok {
		return found
	}
	at, ok := m.files[file]
	if !ok {
		return nil
	}
	found := m.shared(m.Files[at])
	for _, e := range found {
		e.File = file
	}
	m.read[file] = found
	return found
}

// shared reads a file of a bundle once, whatever the number of nodes that have
// it.
func (m *Model) shared(file artifact.File) []*Entity {
	node := nodeOf(file.Path)
	if node == "" {
		return m.entities(file)
	}
	key := strings.TrimPrefix(file.Path, "compose/"+node+"/") + "\x00" + file.Text()
	first, ok := m.bundles[key]
	if !ok || path.Base(file.Path) == nodeSecrets {
		found := m.entities(file)
		m.bundles[key] = found
		return found
	}
	found := make([]*Entity, len(first))
	for i, e := range first {
		twin := *e
		twin.Node, twin.executable = node, file.Executable && e.Kind == "file"
		found[i] = &twin
	}
	return found
}

// Objects returns all objects of the cluster.
func (m *Model) Objects() []*Entity {
	if m.objects != nil {
		return m.objects
	}
	all := []*Entity{}
	for _, file := range m.Files {
		if inBundle(file.Path) || !isYAML(file.Path) {
			continue
		}
		for _, e := range m.Entities(file.Path) {
			if e.Target == kubernetes {
				all = append(all, e)
			}
		}
	}
	m.objects = all
	return all
}

// Services returns the services of all bundles.
func (m *Model) Services() []*Entity {
	if m.services != nil {
		return m.services
	}
	all := []*Entity{}
	for _, file := range m.Files {
		if inBundle(file.Path) && path.Base(file.Path) == composeFile {
			for _, e := range m.Entities(file.Path) {
				if e.Kind == "service" {
					all = append(all, e)
				}
			}
		}
	}
	m.services = all
	return all
}

const (
	kubernetes  = "kubernetes"
	vm          = "vm"
	composeFile = "docker-compose.yml"
)

func inBundle(file string) bool { return strings.HasPrefix(file, "compose/") }

func isYAML(file string) bool { return path.Ext(file) == ".yaml" || path.Ext(file) == ".yml" }

// entities reads a file. What cannot be read as what it should be is compared
// as a text.
func (m *Model) entities(file artifact.File) []*Entity {
	if inBundle(file.Path) {
		return m.bundleFile(file)
	}
	if isYAML(file.Path) {
		if object, ok := valueOf(file); ok && object["kind"] != nil && object["apiVersion"] != nil {
			return []*Entity{m.object(file, object)}
		}
	}
	found := []*Entity{m.file(file, "", "", file.Path)}
	if file.Path == parse.SecretsDocument {
		found = append(found, m.keptSecrets(file)...)
	}
	return found
}

// valueOf returns the map that a YAML file holds.
func valueOf(file artifact.File) (map[string]any, bool) {
	if file.Value != nil {
		value, ok := parse.Plain(file.Value).(map[string]any)
		return value, ok
	}
	return parse.YAML(file.Data)
}

func (m *Model) file(file artifact.File, target, node, name string) *Entity {
	n := normalizer{lists: m.lists}
	return &Entity{
		Object: Object{Target: target, Kind: "file", Name: name}, Place: Place{Node: node},
		Value: fileValue(n.text(file.Path, file.Text()), file), data: file.Text(), executable: file.Executable,
	}
}

// fileValue keeps a text a document even if it has one line.
func fileValue(value any, file artifact.File) any {
	if _, ok := value.(doc); ok {
		return value
	}
	return doc{parse.Document{Format: parse.Text, Value: []any{value}}, file.Text()}
}

// bundleFile reads compose/NODE/...
func (m *Model) bundleFile(file artifact.File) []*Entity {
	parts := strings.SplitN(file.Path, "/", 3)
	if len(parts) < 3 {
		return []*Entity{m.file(file, "", "", file.Path)}
	}
	node, name := parts[1], parts[2]
	if name == composeFile {
		if project, ok := valueOf(file); ok {
			return m.project(node, project)
		}
	}
	if path.Base(name) == nodeSecrets {
		return []*Entity{m.sealedFile(file, node, name)}
	}
	return []*Entity{m.file(file, vm, node, name)}
}

// project makes an entity of each service, and one of the rest.
func (m *Model) project(node string, project map[string]any) []*Entity {
	n := normalizer{lists: m.lists}
	rest := map[string]any{}
	var out []*Entity
	for _, key := range sortedKeys(project) {
		services := artifact.Map(project[key])
		if key != "services" || services == nil {
			rest[key] = n.value(key, project[key])
			continue
		}
		for _, name := range sortedKeys(services) {
			out = append(out, &Entity{
				Object: Object{Target: vm, Kind: "service", Name: name}, Place: Place{Node: node}, Value: n.value("", services[name]),
			})
		}
	}
	return append(out, &Entity{Object: Object{Target: vm, Kind: "project", Name: composeFile}, Place: Place{Node: node}, Value: rest})
}
