package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
)

// withNode compares the bundle that a node has with the one that its spec
// compiles to: what will change there when the new one is brought.
func (c *collector) withNode(compiler *compile.Compiler, args []string, o diffOptions) error {
	node, err := bundle.ReadNode(o.bundle)
	if err != nil {
		return nodeError(o.bundle, err)
	}
	if o.node != "" && o.node != node.Name {
		return diag.Diagnostic{
			Place: diag.Place{File: o.bundle}, Message: fmt.Sprintf("this is the bundle of %s, not of %s", node.Name, o.node),
			Reason: "two nodes differ in names, addresses and directories", Fix: "name the folder of " + o.node,
		}
	}
	job, err := jobOf(compiler, args, o, node)
	if err != nil {
		return err
	}
	return compiler.Each([]compile.Job{job}, func(_ int, site compile.Site) error {
		c.warn(site)
		file := job.Document.File
		if site.Manifest.Name != node.Registry {
			return diag.Diagnostic{
				Place: diag.Place{File: o.bundle}, Message: fmt.Sprintf("this is a bundle of the registry %s, and %s is the spec of %s", node.Registry, file, site.Manifest.Name),
				Reason: "all that differs would be shown, and nothing of it has changed", Fix: "name the spec of " + node.Registry,
			}
		}
		now := sideOf(site, file)
		now.Files = bundleOf(site.Files, node.Name)
		if len(now.Files) == 0 {
			return diag.Diagnostic{
				Place: diag.Place{File: o.bundle}, Message: fmt.Sprintf("%s has no node %s: there are %s", file, node.Name, strings.Join(nodesOf(site.Files), ", ")),
				Reason: "the node was renamed or taken out since its bundle was made", Fix: "stop it there, or put it back into vm.nodes",
			}
		}
		old := diff.Side{
			Label: path.Clean(filepath.ToSlash(o.bundle)), Registry: node.Registry, Environment: site.Manifest.Environment, Harbor: node.Harbor,
			Files: placed(node, now.Files),
		}
		c.add(pairOfStates{old: old, new: now, notes: node.Notes, ignore: hiddenBy(site)})
		return nil
	})
}

func nodeError(dir string, err error) error {
	d := diag.Diagnostic{
		Place: diag.Place{File: dir}, Message: "the folder cannot be read: " + plainError(err),
		Reason: "a part of the bundle would be taken for missing", Fix: "copy the folder as root, or run hagen as root on the node",
	}
	if errors.Is(err, bundle.ErrNoNode) {
		d.Message = "this is no bundle of a node"
		d.Reason = "host/node.list is not there, or names no registry and no node"
		d.Fix = "name the folder that is installed on the node, such as /opt/hagen/hub, or a copy of it"
	}
	return d
}

// jobOf finds the environment of the spec that a bundle is of.
func jobOf(compiler *compile.Compiler, args []string, o diffOptions, node bundle.Node) (compile.Job, error) {
	if o.environment != "" && node.Environment != "" && o.environment != node.Environment {
		return compile.Job{}, diag.Diagnostic{
			Place: diag.Place{File: o.bundle}, Message: fmt.Sprintf("this is a bundle of the environment %s, not of %s", node.Environment, o.environment),
			Reason: "environments differ in addresses and sizes", Fix: "leave --environment out",
		}
	}
	jobs, err := readSpecs(compiler, args, o.environment)
	if err != nil {
		return compile.Job{}, err
	}
	if len(jobs) == 1 && (o.environment != "" || jobs[0].Environment == node.Environment) {
		return jobs[0], nil
	}
	at := slices.IndexFunc(jobs, func(job compile.Job) bool { return job.Environment == node.Environment })
	if at >= 0 {
		return jobs[at], nil
	}
	d := diag.Diagnostic{Place: diag.Place{File: o.bundle}, Message: "the bundle does not say of which environment it is", Fix: "say it: --environment NAME"}
	if node.Environment != "" {
		d.Message = fmt.Sprintf("this is a bundle of the environment %s, and %s has none of that name", node.Environment, jobs[0].Document.File)
		d.Reason, d.Fix = "it was renamed or taken out since the bundle was made", "name another spec, or compare with another environment of it: --environment NAME"
	}
	return compile.Job{}, d
}

// bundleOf returns the files of one node.
func bundleOf(files artifact.Set, node string) artifact.Set {
	var own artifact.Set
	for _, file := range files {
		if strings.HasPrefix(file.Path, "compose/"+node+"/") {
			own = append(own, file)
		}
	}
	return own
}

func nodesOf(files artifact.Set) []string {
	var nodes []string
	for _, file := range files {
		parts := strings.SplitN(file.Path, "/", 3)
		if len(parts) == 3 && parts[0] == "compose" && !slices.Contains(nodes, parts[1]) {
			nodes = append(nodes, parts[1])
		}
	}
	if len(nodes) == 0 {
		return []string{"none"}
	}
	return nodes
}

// unknown stands for what is in a file that the new bundle does not have: it may
// be anything that somebody put there, a key too.
const unknown = "not shown\n"

// placed puts the files of a node where a build has them. Copying a bundle loses
// the right to execute its scripts, which are run by sh.
func placed(node bundle.Node, now artifact.Set) artifact.Set {
	executable := map[string]bool{}
	for _, file := range now {
		executable[file.Path] = file.Executable
	}
	files := slices.Clone(node.Files)
	for i := range files {
		files[i].Path = "compose/" + node.Name + "/" + files[i].Path
		fresh, ok := executable[files[i].Path]
		if files[i].Executable = fresh; !ok {
			files[i].Data = []byte(unknown)
		}
	}
	return files
}
