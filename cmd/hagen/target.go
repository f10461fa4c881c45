package main

import (
	"path/filepath"
	"slices"

	"hagen/internal/bundle"
	"hagen/internal/compile"
)

// target is where compiled sites go: a folder that is written, or one that is
// only compared.
type target interface {
	put(site compile.Site) (bundle.Changes, error)
	// finish is called once, when every site was put without an error.
	finish(environment string, results *[]result) error
	close() error
}

func newTarget(o buildOptions) (target, error) {
	if o.check {
		return comparison{out: o.out}, nil
	}
	writer, err := bundle.Open(o.out)
	if err != nil {
		return nil, outputError(o.out, err)
	}
	return &writing{out: o.out, writer: writer}, nil
}

// specsByName returns the environments of every registry that was compiled as
// a whole, so that folders of environments that are gone can be found.
func specsByName(environment string, results []result) map[string][]string {
	keep := map[string][]string{}
	if environment != "" {
		return keep
	}
	for _, r := range results {
		keep[r.Name] = append(keep[r.Name], r.Environment)
	}
	return keep
}

func sortedNames(keep map[string][]string) []string {
	names := make([]string, 0, len(keep))
	for name := range keep {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// leftBehind lists what earlier builds of a registry made and nobody asks for
// any more: environments that are gone, and the registry's own folder from
// before it had any. That folder itself replaces all that lies below it.
func leftBehind(out, name string, keep []string) ([]result, error) {
	if slices.Contains(keep, "") {
		return nil, nil
	}
	folders, err := bundle.Strays(out, name, keep)
	if err != nil {
		return nil, err
	}
	var gone []result
	for _, folder := range append(folders, name) {
		m, err := bundle.ReadManifest(filepath.Join(out, folder))
		if err == nil {
			gone = append(gone, removed(filepath.ToSlash(folder), m))
		}
	}
	return gone, nil
}

func removed(folder string, m bundle.Manifest) result {
	r := result{Name: m.Name, Environment: m.Environment, Folder: folder}
	for _, file := range m.Files {
		r.Removed = append(r.Removed, file.Path)
	}
	r.Removed = append(r.Removed, bundle.ManifestName)
	slices.Sort(r.Removed)
	return r
}

// comparison is the target of --check.
type comparison struct{ out string }

func (c comparison) put(site compile.Site) (bundle.Changes, error) {
	changes, err := bundle.Compare(filepath.Join(c.out, site.Folder), site.Files, site.Manifest)
	return changes, comparisonError(c.out, err)
}

func (c comparison) finish(environment string, results *[]result) error {
	keep := specsByName(environment, *results)
	for _, name := range sortedNames(keep) {
		gone, err := leftBehind(c.out, name, keep[name])
		if err != nil {
			return comparisonError(c.out, err)
		}
		*results = append(*results, gone...)
	}
	return c.index(results)
}

// index compares the page of all registries with what it would be after the
// build.
func (c comparison) index(results *[]result) error {
	heads, err := bundle.Heads(c.out)
	if err != nil {
		return comparisonError(c.out, err)
	}
	data, err := indexPage(headsAfter(heads, *results))
	if err != nil {
		return err
	}
	changes, err := indexChanges(c.out, data)
	if err != nil {
		return comparisonError(c.out, err)
	}
	if changes.Any() {
		*results = append(*results, result{Files: 1, Changes: changes})
	}
	return nil
}

func (c comparison) close() error { return nil }

// writing is the target of a build.
type writing struct {
	out    string
	writer *bundle.Writer
}

func (w *writing) put(site compile.Site) (bundle.Changes, error) {
	changes, err := w.writer.Stage(site.Folder, site.Files, site.Manifest)
	return changes, outputError(w.out, err)
}

func (w *writing) finish(environment string, results *[]result) error {
	keep := specsByName(environment, *results)
	var gone []result
	for _, name := range sortedNames(keep) {
		more, err := leftBehind(w.out, name, keep[name])
		if err != nil {
			return outputError(w.out, err)
		}
		gone = append(gone, more...)
	}
	for _, r := range gone {
		if r.Environment == "" {
			continue // its environments lie inside; see retire
		}
		if err := w.writer.Remove(filepath.FromSlash(r.Folder)); err != nil {
			return outputError(w.out, err)
		}
	}
	if err := w.writer.Commit(); err != nil {
		return outputError(w.out, err)
	}
	*results = append(*results, gone...)
	if err := w.retire(gone); err != nil {
		return err
	}
	return outputError(w.out, w.index(results))
}

func (w *writing) index(results *[]result) error {
	changes, err := putIndex(w.out, w.writer)
	if err == nil && changes.Any() {
		*results = append(*results, result{Files: 1, Changes: changes})
	}
	return err
}

// retire removes what a spec left in its own folder before it had
// environments.
func (w *writing) retire(gone []result) error {
	for _, r := range gone {
		if r.Environment != "" {
			continue
		}
		if err := w.writer.Retire(r.Name); err != nil {
			return outputError(w.out, err)
		}
	}
	return nil
}

func (w *writing) close() error { return w.writer.Close() }
