package main

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
	"hagen/internal/site"
)

// withOutput compares what specs compile to with the output folder.
func (c *collector) withOutput(compiler *compile.Compiler, args []string, o diffOptions) error {
	jobs, err := readSpecs(compiler, args, o.environment)
	if err != nil {
		return err
	}
	jobs = c.withoutSame(jobs, sameAsOutput(compiler, o.out))
	keep := map[string][]string{}
	for _, r := range c.reports {
		keep[r.Registry] = append(keep[r.Registry], r.Environment)
	}
	err = compiler.Each(jobs, func(i int, site compile.Site) error {
		old, notes, err := rendered(filepath.Join(o.out, site.Folder))
		if errors.Is(err, fs.ErrNotExist) {
			old, err = diff.Side{Absent: true}, nil
		}
		if err != nil {
			return err
		}
		c.warn(site)
		c.mu.Lock()
		keep[site.Manifest.Name] = append(keep[site.Manifest.Name], site.Manifest.Environment)
		c.mu.Unlock()
		c.add(pairOfStates{old: old, new: sideOf(site, jobs[i].Document.File), notes: notes, ignore: hiddenBy(site)})
		return nil
	})
	if err != nil || o.environment != "" {
		return err
	}
	return c.leftBehind(o.out, keep)
}

// leftBehind reports the folders of environments that the specs no longer have.
func (c *collector) leftBehind(out string, keep map[string][]string) error {
	for _, name := range sortedNames(keep) {
		if slices.Contains(keep[name], "") {
			continue
		}
		folders, err := bundle.Strays(out, name, keep[name])
		if err != nil {
			return comparisonError(out, err)
		}
		for _, folder := range append(folders, name) {
			old, notes, err := rendered(filepath.Join(out, folder))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			c.add(pairOfStates{old: old, new: diff.Side{Absent: true, Label: "the spec"}, notes: notes})
		}
	}
	return nil
}

// readRendered reads the manifest of a folder, and what is not as it says.
func readRendered(dir string) (bundle.Manifest, []string, error) {
	content, err := bundle.Read(dir)
	return content.Manifest, content.Notes, err
}

// rendered reads a folder that a build wrote.
func rendered(dir string) (diff.Side, []string, error) {
	content, err := bundle.Read(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return diff.Side{}, nil, err
	}
	if err != nil {
		return diff.Side{}, nil, diag.Diagnostic{
			Place: diag.Place{File: dir}, Message: "the folder cannot be compared: " + strings.TrimPrefix(plainError(err), dir+"/"),
			Reason: "what lies there is not what hagen writes", Fix: "take it from Git, or build it anew",
		}
	}
	m := content.Manifest
	// Pages follow from all the rest, and a compiled side has none.
	content.Files = slices.DeleteFunc(content.Files, func(file artifact.File) bool { return file.Component == site.Component })
	return diff.Side{
		Label: path.Clean(filepath.ToSlash(dir)), Registry: m.Name, Environment: m.Environment, Harbor: m.Harbor, Files: content.Files,
	}, content.Notes, nil
}
