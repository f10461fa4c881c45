// Package breakage holds the ways in which one node of a registry differs from
// the others, or its files are not what they must be: breakages.yaml, one table
// for two uses. A row makes itself on a node that runs (Break), and where a user
// would make it, in an overlay (Overlay) or in the store of secrets.
package breakage

import (
	_ "embed"
	"fmt"

	"sigs.k8s.io/yaml"
)

// Row is one breakage, and who sees it.
type Row struct {
	Name string `json:"name"`
	// Row is the row of what was observed on real Harbor.
	Row     string   `json:"row"`
	Harbor  string   `json:"harbor"`
	Edits   []Edit   `json:"edits"`
	Source  []Edit   `json:"source"`
	Restart []string `json:"restart"`
	// Then is done on the node when all that starts has started.
	Then  string   `json:"then"`
	ID    string   `json:"id"`
	Seen  string   `json:"seen"`
	Node  bool     `json:"node"`
	Rules []string `json:"rules"`
	Check string   `json:"check"`
}

// Edit is one of these.
type Edit struct {
	Variable *Variable `json:"variable"`
	Mount    *Mount    `json:"mount"`
	Text     *Text     `json:"text"`
	Key      *Key      `json:"key"`
	Secret   *Secret   `json:"secret"`
	Owner    *Owner    `json:"owner"`
	Shell    string    `json:"shell"`
}

// Variable is one of services; without a value it is taken away.
type Variable struct {
	Of    []string `json:"of"`
	Name  string   `json:"name"`
	Value *string  `json:"value"`
}

// Mount lets services keep a folder elsewhere; with an owner the folder is made.
type Mount struct {
	Of     []string `json:"of"`
	Target string   `json:"target"`
	Source string   `json:"source"`
	Owner  *int     `json:"owner"`
}

// Text replaces a part of a file of the bundle, everywhere in it. The file
// "secrets" is the one that holds the variables of a node.
type Text struct {
	File string `json:"file"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Key is one of services.
type Key struct {
	Of    []string `json:"of"`
	Name  string   `json:"name"`
	Value any      `json:"value"`
}

// Secret is what a command prints, in place of a secret. A damaged one is wrong
// by itself, on all nodes; any other only differs from that of the other node.
type Secret struct {
	Name    string `json:"name"`
	Command string `json:"command"`
	Damaged bool   `json:"damaged"`
}

// Owner is whom the file of a secret belongs to, which a service mounts.
type Owner struct {
	Of     string `json:"of"`
	Target string `json:"target"`
	Secret string `json:"secret"`
	Owner  int    `json:"owner"`
}

//go:embed breakages.yaml
var table []byte

// releases of the generations that are broken.
var releases = map[string]string{"1": "1.2.2", "2": "2.15.2"}

// Release is that of a row.
func (r Row) Release() string { return releases[r.Harbor] }

// Rows returns the table, or an error of its form.
func Rows() ([]Row, error) {
	var rows []Row
	if err := yaml.UnmarshalStrict(table, &rows); err != nil {
		return nil, fmt.Errorf("breakages.yaml: %w", err)
	}
	for i := range rows {
		r := &rows[i]
		if r.Harbor == "" {
			r.Harbor = "2"
		}
		if r.Source == nil {
			r.Source = r.Edits
		}
		if r.Release() == "" || r.Name == "" || r.Row == "" || len(r.Edits) == 0 || (r.Check == "") == (len(r.Rules) == 0) {
			return nil, fmt.Errorf("breakages.yaml: row %d (%s) lacks something, or has both rules and check", i+1, r.Name)
		}
	}
	return rows, nil
}
