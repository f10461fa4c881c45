package diff

import "slices"

// Op is what happened to a value, a file or an object.
type Op string

// The operations.
const (
	Added       Op = "added"
	Removed     Op = "removed"
	Changed     Op = "changed"
	Renamed     Op = "renamed"     // the same object under another name
	Moved       Op = "moved"       // the same object in another folder
	Reordered   Op = "reordered"   // a list whose order counts
	Reformatted Op = "reformatted" // other bytes that mean the same
)

// Object is what a reader takes for one thing: an object of the cluster, a
// service or a file of a bundle, a file.
type Object struct {
	// Target is "kubernetes", "vm" or "" for what belongs to neither.
	Target string `json:"target,omitempty"`
	// Kind is that of the cluster's object, or "service", "project", "file".
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Group is the API group of an object of the cluster.
	Group string `json:"group,omitempty"`
}

// String names the object as messages do.
func (o Object) String() string {
	if o.Kind == "file" {
		return o.Name
	}
	return o.Kind + " " + o.Name
}

// Place is one file in which a change stands.
type Place struct {
	// Node is the machine whose bundle it is, if it is one's.
	Node string `json:"node,omitempty"`
	File string `json:"file"`
}

// Change is one difference and what it does.
type Change struct {
	Object Object  `json:"object"`
	Places []Place `json:"places"`
	Path   Path    `json:"path"`
	Op     Op      `json:"op"`
	// Old and New are values; of what is secret they are of type Hidden.
	Old any `json:"old,omitempty"`
	New any `json:"new,omitempty"`
	// Follows marks what is derived from other changes, such as a checksum.
	Follows bool `json:"follows,omitempty"`
	// Secret marks key material, which no filter can hide.
	Secret bool `json:"secret,omitempty"`

	Verdict
}

// Verdict is what a change does.
type Verdict struct {
	Impact Impact `json:"impact"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
	Source string `json:"source,omitempty"`
	// Also holds further reasons, less bad ones.
	Also []string `json:"also,omitempty"`
	// Concerns names the workloads, services or nodes that feel it.
	Concerns []string `json:"concerns,omitempty"`
	// Tags tell a plan what the change asks for.
	Tags []string `json:"tags,omitempty"`
}

// Nodes are the machines of a change, in their order.
func (c Change) Nodes() []string {
	var nodes []string
	for _, place := range c.Places {
		if place.Node != "" && !slices.Contains(nodes, place.Node) {
			nodes = append(nodes, place.Node)
		}
	}
	return nodes
}

// Report is the difference of two states of one registry.
type Report struct {
	Registry    string `json:"registry"`
	Environment string `json:"environment,omitempty"`
	// Old and New say where the two states come from.
	Old string `json:"old"`
	New string `json:"new"`
	// OldHarbor and NewHarbor are versions, "" where a state does not exist.
	OldHarbor string   `json:"old_harbor,omitempty"`
	NewHarbor string   `json:"new_harbor,omitempty"`
	Status    Status   `json:"status"`
	Changes   []Change `json:"changes"`
	// Hidden counts what filters hid.
	Hidden []Hiding `json:"hidden,omitempty"`
	// Plan is the order in which to take the changes.
	Plan []string `json:"plan,omitempty"`
	// Notes are what a reader should know beside the changes.
	Notes []string `json:"notes,omitempty"`
}

// Status is what became of a registry as a whole.
type Status string

// The states.
const (
	Same      Status = "same"
	Different Status = "different"
	New       Status = "new"
	Gone      Status = "gone"
	// Broken is a base that does not compile: there is nothing to compare with.
	Broken Status = "broken"
)

// Hiding counts the changes that one filter hid.
type Hiding struct {
	By    string `json:"by"`
	Count int    `json:"count"`
}

// Name is the registry and its environment.
func (r Report) Name() string {
	if r.Environment == "" {
		return r.Registry
	}
	return r.Registry + "/" + r.Environment
}

// Worst is the worst impact of a report's changes.
func (r Report) Worst() Impact {
	worst := None
	for _, change := range r.Changes {
		worst = min(worst, change.Impact)
	}
	return worst
}
