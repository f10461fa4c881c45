// Package live looks at a registry as it stands in a cluster: the files of a
// build go in; out come two states of them, what the API server holds and what
// it would hold after an apply, as it says itself in a dry run. Nothing in the
// cluster is changed.
//
// The program kubectl asks: it knows kubeconfigs, contexts and every way to log
// in. Values of secrets reach the states, whose reader hides them, and nothing
// else: no message, note or argument holds one.
package live

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// Known is what is known of the objects of a build in a cluster.
type Known struct {
	// Folders are those whose objects are in the cluster.
	Folders []string `json:"folders"`
	// Selector finds them by their labels, Version is the label with the version
	// of what they run.
	Selector string `json:"selector"`
	Version  string `json:"version"`
	// Marks are labels and annotations by which an engine knows what it brought.
	Marks []string `json:"marks"`
	// Unlisted are resources that only mirror others.
	Unlisted []string `json:"unlisted"`
}

// ReadKnown reads it from the folder of impacts.
func ReadKnown(folder fs.FS) (Known, error) {
	var known Known
	data, err := fs.ReadFile(folder, "impact/live.json")
	if err != nil {
		return known, err
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return known, fmt.Errorf("impact/live.json: %w", err)
	}
	return known, nil
}

// State is a registry in a cluster, as it is and as it would be.
type State struct {
	Old, New artifact.Set
	// Refused are the files of New whose objects the API server would not take,
	// with what it says.
	Refused map[string]string
	// Version is that of what runs, if all objects agree.
	Version string
	Notes   []string
}

// item is an object of a build on its way.
type item struct {
	path   string
	wanted artifact.Object
	// encrypted tells that the values are not known here.
	encrypted bool
	// opened are the values after all, if a key opened them.
	opened map[string]string
	// live is what the cluster has, nil for nothing.
	live artifact.Object
	// result is what an apply would make of it.
	result  artifact.Object
	refused string
}

// Read asks the cluster about the objects of files. What it cannot answer
// because of rights, kinds or connections is an error, all of it at once. Files
// without an object for a cluster are an empty state. Encrypted manifests go
// through open, which may be nil or fail: then their values are not compared.
func (c Cluster) Read(known Known, files artifact.Set, open func(manifest []byte) (artifact.Object, error)) (State, error) {
	items := itemsOf(known, files, open)
	if len(items) == 0 {
		return State{}, nil
	}
	if err := c.get(items); err != nil {
		return State{}, err
	}
	warnings, err := c.apply(known, items)
	if err != nil {
		return State{}, err
	}
	left, notes, err := c.leftOver(known, items, files)
	if err != nil {
		return State{}, err
	}
	state, err := stateOf(known, items, left)
	state.Notes = slices.Concat(state.Notes, warnings, notes)
	return state, err
}

func itemsOf(known Known, files artifact.Set, open func([]byte) (artifact.Object, error)) []*item {
	var items []*item
	for _, file := range files {
		folder, _, _ := strings.Cut(file.Path, "/")
		if !slices.Contains(known.Folders, folder) {
			continue
		}
		o, ok := objectOf(file)
		if !ok {
			continue
		}
		i := &item{path: file.Path, wanted: o, encrypted: o["sops"] != nil}
		if i.encrypted && open != nil {
			if opened, err := open(file.Data); err == nil {
				i.opened = valuesOf(opened)
			}
		}
		items = append(items, i)
	}
	return items
}

// objectOf reads a manifest; the list of files for Kustomize is none.
func objectOf(file artifact.File) (artifact.Object, bool) {
	if !strings.HasSuffix(file.Path, ".yaml") {
		return nil, false
	}
	o := artifact.Object(file.Table())
	return o, o.Kind() != "" && o.Name() != "" && o.APIVersion() != ""
}

// stateOf puts both states together.
func stateOf(known Known, items []*item, left []artifact.Object) (State, error) {
	state := State{Refused: map[string]string{}}
	var old, new []artifact.File
	taken := map[string]bool{}
	hidden := 0
	for _, i := range items {
		taken[i.path] = true
		if i.live != nil {
			old = append(old, file(i.path, i.before(known)))
			state.Notes = append(state.Notes, byHand(i.result)...)
		}
		if i.encrypted && i.live != nil && i.opened == nil {
			hidden++
		}
		new = append(new, file(i.path, i.after()))
		if i.refused != "" {
			state.Refused[i.path] = i.refused
			state.Notes = append(state.Notes, name(i.wanted)+" would be refused: "+i.refused)
		}
	}
	for _, o := range left {
		old = append(old, file(freePath(taken, known.Folders[0], o), plain(o)))
	}
	if hidden > 0 {
		state.Notes = append(state.Notes, fmt.Sprintf(
			"no key here opens what is encrypted: values of Secrets are compared by the fingerprints that were applied with them (%d)", hidden))
	}
	state.Version = versionOf(known, items)
	var err error
	if state.Old, err = artifact.NewSet(old); err != nil {
		return state, err
	}
	state.New, err = artifact.NewSet(new)
	return state, err
}

// file makes a file of an object.
func file(path string, o artifact.Object) artifact.File {
	data, err := artifact.EncodeYAML(map[string]any(o))
	if err != nil { // what YAML cannot hold; equal bytes are equal objects all the same
		data = fmt.Append(nil, o)
	}
	return artifact.File{Path: path, Data: data, Value: map[string]any(o)}
}

// freePath is where a build would have written an object.
func freePath(taken map[string]bool, folder string, o artifact.Object) string {
	path := folder + "/" + strings.ToLower(o.Kind()) + "-" + strings.ReplaceAll(o.Name(), ":", "-")
	for taken[path+".yaml"] {
		path += "-left"
	}
	taken[path+".yaml"] = true
	return path + ".yaml"
}

// versionOf is the version that the labels of live objects tell where those of
// the build have one, or "" if they do not agree.
func versionOf(known Known, items []*item) string {
	found := ""
	for _, i := range items {
		if i.live == nil || label(i.wanted, known.Version) == "" {
			continue
		}
		version := label(i.live, known.Version)
		if found != "" && version != found {
			return ""
		}
		found = version
	}
	return found
}

func label(o artifact.Object, key string) string {
	return artifact.Text(artifact.Map(artifact.Map(o["metadata"])["labels"])[key])
}

// name names an object in a message.
func name(o artifact.Object) string { return o.Kind() + " " + o.Name() }
