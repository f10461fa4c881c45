// Package secret knows what secrets a registry needs and what was made of
// them, without their values: the library's list goes in, the index and the
// encrypted files beside the spec are read, and the objects that carry them,
// or what is wrong with them, come out. It has no key and needs none.
package secret

import (
	"encoding/json"
	"fmt"
	"slices"
)

// The providers, as the spec names them.
const (
	SOPS     = "sops"
	Sealed   = "sealed-secrets"
	External = "external-secrets"
	Existing = "existing"
)

// The kinds of materials.
const (
	Random      = "random"
	RSA         = "rsa"
	Certificate = "certificate"
	Htpasswd    = "htpasswd"
	Composed    = "composed"
	Given       = "given"
)

// The formats of given materials; all others are plain text.
const (
	FormatCertificate = "pem-certificate"
	FormatKey         = "pem-key"
	FormatCeph        = "ceph-key"
)

// Need is all that one registry needs.
type Need struct {
	Provider string `json:"provider"`
	// Recipients read everything, ClusterRecipients the cluster's Secrets too,
	// NodeRecipients the file of the nodes too: public keys of age or SSH.
	Recipients        []string `json:"recipients"`
	ClusterRecipients []string `json:"cluster_recipients"`
	NodeRecipients    []string `json:"node_recipients"`
	// Certificate is the sealed-secrets controller's, PEM.
	Certificate string     `json:"certificate"`
	Materials   []Material `json:"materials"`
	// Public lists values that everybody knows, because installers ship them.
	Public []string `json:"public"`
	// Cluster lists the Secrets of the cluster.
	Cluster []Secret `json:"cluster"`
	// Node lists the materials that the nodes get.
	Node []string `json:"node"`
	// Import says where an existing installation keeps what.
	Import Sources `json:"import"`
}

// Material is one secret value.
type Material struct {
	Name        string `json:"material"`
	Kind        string `json:"kind"`
	Description string `json:"description"`
	// Length is in characters, of an RSA key in bits. An exact one may not
	// differ in an imported value either.
	Length int  `json:"length"`
	Exact  bool `json:"exact"`
	// Of names the material that this one is made from; User goes into an
	// htpasswd file beside it.
	Of   string `json:"of"`
	User string `json:"user"`
	// Parts make a composed material.
	Parts []Part `json:"parts"`
	// Format is that of a given one. Key and Host belong to a certificate: the
	// material with its key, the name that it must cover.
	Format string `json:"format"`
	Key    string `json:"key"`
	Host   string `json:"host"`
	// Forbid lists characters that a reader of the value cannot take.
	Forbid string `json:"forbid"`
	// Rotation says what happens when the value changes.
	Rotation string `json:"rotation"`
	Uses     []Use  `json:"uses"`
}

// Part is a piece of a composed material: text, or the value of a material,
// URL-escaped or as it is.
type Part struct {
	Text     string `json:"text"`
	Material string `json:"material"`
	Escape   bool   `json:"escape"`
}

// Use is a place where a component reads a material.
type Use struct {
	Target    string `json:"target"`
	Component string `json:"component"`
	As        string `json:"as"`
}

// Secret is a Secret of the cluster.
type Secret struct {
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
	Type      string            `json:"type"`
	Items     []Item            `json:"items"`
}

// Item is a key of a Secret: a material, or a value that is not secret.
type Item struct {
	Key      string `json:"key"`
	Material string `json:"material"`
	Value    string `json:"value"`
}

// Sources maps what installers wrote to materials: settings of harbor.yml by
// their dotted path, and of harbor.cfg by their name. Files are found by what
// uses them, and by these names.
type Sources struct {
	YAML  map[string]string `json:"yaml"`
	INI   map[string]string `json:"ini"`
	Files map[string]string `json:"files"`
}

// Decode reads the library's list and the spec's [secrets]. Files holds the
// text of the files that the spec names.
func Decode(library, settings map[string]any, files map[string]string) (Need, error) {
	var need Need
	for _, from := range []map[string]any{settings, library} {
		data, err := json.Marshal(from)
		if err != nil {
			return need, fmt.Errorf("read the list of secrets: %w", err)
		}
		if err := json.Unmarshal(data, &need); err != nil {
			return need, fmt.Errorf("read the list of secrets: %w", err)
		}
	}
	need.Certificate = files[need.Certificate]
	return need, nil
}

// Kept tells whether hagen keeps the values: the other providers do.
func (n Need) Kept() bool { return n.Provider == SOPS || n.Provider == Sealed }

// Material returns a material by its name.
func (n Need) Material(name string) (Material, bool) {
	i := slices.IndexFunc(n.Materials, func(m Material) bool { return m.Name == name })
	if i < 0 {
		return Material{}, false
	}
	return n.Materials[i], true
}

// Names lists the materials, sorted.
func (n Need) Names() []string {
	names := make([]string, len(n.Materials))
	for i, m := range n.Materials {
		names[i] = m.Name
	}
	slices.Sort(names)
	return names
}

// Sources lists what a material is made of, each once.
func (m Material) Sources() []string {
	var names []string
	if m.Of != "" {
		names = append(names, m.Of)
	}
	for _, part := range m.Parts {
		if part.Material != "" && !slices.Contains(names, part.Material) {
			names = append(names, part.Material)
		}
	}
	return names
}

// Made tells whether a material follows from others, so that nobody gives it
// and nobody rotates it by itself.
func (m Material) Made() bool {
	return m.Kind == Htpasswd || m.Kind == Composed
}

// ClusterReaders and NodeReaders list who can read what, each once.
func (n Need) ClusterReaders() []string { return readers(n.Recipients, n.ClusterRecipients) }

// NodeReaders lists who can read the file of the nodes.
func (n Need) NodeReaders() []string { return readers(n.Recipients, n.NodeRecipients) }

// Readers lists who can read everything.
func (n Need) Readers() []string { return readers(n.Recipients, nil) }
