// Package registry reads, from the final artifacts alone, the registry that
// they describe: the containers of every bundle and of the cluster in the same
// words. The rules, the comparison of the targets and `hagen explain` use it.
package registry

import (
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// Cluster is the name of the target of Kubernetes; a bundle's is its node's.
const Cluster = "kubernetes"

// Site is what the artifacts of one site describe.
type Site struct {
	Targets []Target
}

// Target is one rendering: a bundle or the cluster.
type Target struct {
	// Name is "compose/NODE" or "kubernetes".
	Name       string
	Containers []Container
	// Initial are the containers of pods that come before the others. No bundle has
	// any, so the targets are not compared by them.
	Initial []Container
	// CephCluster is the id by which ceph-csi knows the monitors, if volumes name that.
	CephCluster string
	// Storage says what is mounted, such as "user".
	Storage map[string]string
	// EntryHost and EntryPort are where clients arrive: the port is that of
	// the container.
	EntryHost, EntryPort string
	// Secrets says what is wrong with how the target gets them, or is "".
	Secrets string
	// Prints are the fingerprints of the materials, where they are known.
	Prints map[string]Print
	// Answers says who listens at the addresses that containers name.
	Answers map[string]string
}

// Print is the fingerprint of a material, and the artifact that tells it.
type Print struct{ Sum, Artifact string }

// Container is one container, in words of neither target.
type Container struct {
	// ID is the component, or component-sidecar.
	ID      string
	Image   string
	Command string
	// Network is the component whose network a sidecar shares.
	Network string
	// Env holds plain variables, Secrets variables by material.
	Env, Secrets map[string]string
	// Files holds texts by their path in the container, SecretFiles materials.
	Files, SecretFiles map[string]string
	// Shared holds directories of the shared file system by their path in the
	// container, Own those of the node or the pod.
	Shared, Own map[string]string
	// Odd holds what could not be found out, by what was asked.
	Odd map[string]string
	// User is the user that it runs as, or "".
	User string
	// Artifact is the file that describes it, Path where.
	Artifact string
	Path     []any
	// Reads are other artifacts that it mounts or takes variables from.
	Reads []string
}

// Same tells whether two containers are alike wherever they are described.
func (c Container) Same(other Container) bool {
	return c.ID == other.ID && c.Image == other.Image && maps.Equal(c.Env, other.Env) &&
		maps.Equal(c.Secrets, other.Secrets) && maps.Equal(c.Files, other.Files) &&
		maps.Equal(c.SecretFiles, other.SecretFiles) && maps.Equal(c.Shared, other.Shared) && maps.Equal(c.Own, other.Own) && maps.Equal(c.Odd, other.Odd)
}

// Names is how a rendering calls its components otherwise, as data.
type Names struct {
	// Suffixes are cut from the names of workloads and containers.
	Suffixes []string
	// Components maps what is left to the component.
	Components map[string]string
}

// Component is what a workload or container of that name is.
func (n Names) Component(name string) string {
	name = n.stem(name)
	if other, ok := n.Components[name]; ok {
		return other
	}
	return name
}

func (n Names) stem(name string) string {
	for _, suffix := range n.Suffixes {
		name = strings.TrimSuffix(name, suffix)
	}
	return name
}

// prolongs tells whether the name of a workload is that of its container, and more
// before or behind it.
func (n Names) prolongs(workload, container string) bool {
	short := n.stem(container)
	return short != "" && n.stem(workload) != short && strings.Contains(workload, short)
}

func newContainer(id string) Container {
	return Container{
		ID: id, Env: map[string]string{}, Secrets: map[string]string{}, Files: map[string]string{},
		SecretFiles: map[string]string{}, Shared: map[string]string{}, Own: map[string]string{}, Odd: map[string]string{},
	}
}

// Read reads the targets of a site. Files without a value are read as YAML.
func Read(files artifact.Set, names Names) Site {
	r := &reader{files: map[string]artifact.File{}, names: names}
	for _, file := range files {
		r.files[file.Path] = file
	}
	r.readSecrets()
	site := Site{}
	for _, node := range r.nodes() {
		site.Targets = append(site.Targets, r.bundle(node))
	}
	if objects := r.objects(); len(objects) > 0 {
		site.Targets = append(site.Targets, r.cluster(objects))
	}
	return site
}

// reader holds the files of a site.
type reader struct {
	files map[string]artifact.File
	names Names
	// entries are the Secret/key pairs of the cluster.
	entries map[string]bool
	// secrets are the files that bring a Secret, by its name.
	secrets map[string][]string
}

func (r *reader) text(path string) string { return r.files[path].Text() }

// nodes lists the folders below compose/ that hold a bundle.
func (r *reader) nodes() []string {
	found := map[string]bool{}
	for path := range r.files {
		if rest, ok := strings.CutPrefix(path, "compose/"); ok {
			if node, file, _ := strings.Cut(rest, "/"); file == "docker-compose.yml" {
				found[node] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// objects returns the objects of the cluster by Kind/name, with their files.
func (r *reader) objects() map[string]object {
	found := map[string]object{}
	for path, file := range r.files {
		if !strings.HasPrefix(path, "kubernetes/") || path == "kubernetes/kustomization.yaml" {
			continue
		}
		if value := artifact.Object(file.Table()); value != nil {
			found[value.ID()] = object{value, path}
		}
	}
	return found
}

type object struct {
	artifact.Object
	file string
}
