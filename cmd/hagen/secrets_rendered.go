package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	described "hagen/internal/registry"
	"hagen/internal/secret"
)

// inRendered compares what the rendered bundles and the cluster's Secrets hold with
// each other and with what lies beside the spec. Where nothing is rendered, nothing
// is compared.
func inRendered(need compile.Needs, folder secret.Folder, output string) ([]diag.Diagnostic, error) {
	content, err := bundle.Read(filepath.Join(output, need.Name, need.Environment))
	if errors.Is(err, fs.ErrNotExist) || folder.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := places{need: need.Need, folder: folder, files: content.Files}
	for _, target := range described.Read(content.Files, described.Names{}).Targets {
		r.add(target)
	}
	return r.problems(need.Command("build")), nil
}

// places are those to which a build brings the secrets.
type places struct {
	need   secret.Need
	folder secret.Folder
	files  artifact.Set
	list   []place
}

// place is one of them.
type place struct {
	name string
	// other are the materials that have another value than beside the spec, with
	// the fingerprint that they have instead.
	other map[string]string
	// file is the encrypted file of a node.
	node bool
	file string
	// old tells that the ciphertext is not the one beside the spec.
	old bool
}

func (r *places) add(target described.Target) {
	p := place{name: strings.TrimPrefix(target.Name, "compose/"), other: map[string]string{}}
	var holds map[string]string
	if target.Name == described.Cluster {
		p.name, p.old, holds = "the cluster", !r.clusterFiles(), r.need.ClusterHolds(r.folder.Index)
	} else {
		p.node, p.file, holds = true, r.text(target.Name+"/host/"+secret.NodeFile), r.need.NodeHolds(r.folder.Index)
		p.old = p.file != string(r.folder.Files[secret.NodeFile])
	}
	for material, print := range holds {
		if had := target.Prints[material].Sum; had != print {
			p.other[material] = had
		}
	}
	r.list = append(r.list, p)
}

// clusterFiles tells whether the Secrets hold the ciphertexts that lie beside the
// spec; what else they say is of the build.
func (r *places) clusterFiles() bool {
	carried := map[string]map[string]any{}
	for _, file := range r.files {
		if strings.HasPrefix(file.Path, "secrets/") {
			object := artifact.Object(file.Table())
			carried[object.Name()] = object.Carried()
		}
	}
	for _, s := range r.need.Cluster {
		beside := artifact.File{Data: r.folder.Files[secret.ClusterFile(s.Name)]}
		if !maps.EqualFunc(carried[s.Name], artifact.Object(beside.Table()).Carried(), sameText) {
			return false
		}
	}
	return true
}

func sameText(a, b any) bool { return artifact.Text(a) == artifact.Text(b) }

func (r *places) text(path string) string {
	i := slices.IndexFunc(r.files, func(file artifact.File) bool { return file.Path == path })
	if i < 0 {
		return ""
	}
	return string(r.files[i].Data)
}

// apart lists the places that are not like the one that is most up to date. The
// same values encrypted at another time are no difference, but all nodes have the
// same file.
func (r *places) apart() []string {
	newest := func(list []place) place {
		return slices.MinFunc(list, func(a, b place) int { return cmp.Compare(a.age(), b.age()) })
	}
	var names []string
	first, node := newest(r.list), place{}
	if nodes := slices.DeleteFunc(slices.Clone(r.list), func(p place) bool { return !p.node }); len(nodes) > 0 {
		node = newest(nodes)
	}
	for _, p := range r.list {
		if !maps.Equal(p.other, first.other) || p.node && p.file != node.file {
			names = append(names, p.name)
		}
	}
	return names
}

// age orders places by how far they are from what lies beside the spec.
func (p place) age() int {
	if p.old {
		return 2*len(p.other) + 1
	}
	return 2 * len(p.other)
}

func (r *places) problems(build string) []diag.Diagnostic {
	if !slices.ContainsFunc(r.list, func(p place) bool { return p.age() > 0 }) {
		return nil
	}
	d := diag.Diagnostic{
		Severity: diag.Warning, Message: "what is rendered is of before the last change of the secrets",
		Reason: "nodes and pods would start with the old values", Fix: "run: " + build,
	}
	if names := r.apart(); len(names) > 0 {
		d.Severity = diag.Error
		d.Message = fmt.Sprintf("the secrets differ: those of %s are others than those of the rest", strings.Join(names, ", "))
		d.Reason = "what one instance signs or stores the next one refuses: logins and pushes fail now and then"
	}
	other := map[string]bool{}
	for _, p := range r.list {
		for material := range p.other {
			other[material] = true
		}
	}
	if len(other) > 0 {
		d.Message += ": " + strings.Join(slices.Sorted(maps.Keys(other)), ", ")
	}
	return []diag.Diagnostic{d}
}
