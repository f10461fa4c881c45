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
	finish(jobs []compile.Job, environment string, results *[]result) error
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
func specsByName(jobs []compile.Job, environment string, results []result) map[string][]string {
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

// comparison is the target of --check.
type comparison struct{ out string }

func (c comparison) put(site compile.Site) (bundle.Changes, error) {
	return bundle.Compare(filepath.Join(c.out, site.Folder), site.Files, site.Manifest)
}

func (c comparison) finish(jobs []compile.Job, environment string, results *[]result) error {
	keep := specsByName(jobs, environment, *results)
	for _, name := range sortedNames(keep) {
		strays, err := bundle.Strays(c.out, name, keep[name])
		if err != nil {
			return err
		}
		for _, stray := range strays {
			*results = append(*results, removed(name, stray))
		}
	}
	return nil
}

func (c comparison) close() error { return nil }

func removed(name, folder string) result {
	return result{
		Name: name, Environment: filepath.Base(folder), Folder: filepath.ToSlash(folder),
		Changes: bundle.Changes{Removed: []string{bundle.ManifestName}},
	}
}

// writing is the target of a build.
type writing struct {
	out    string
	writer *bundle.Writer
}

func (w *writing) put(site compile.Site) (bundle.Changes, error) {
	changes, err := w.writer.Stage(site.Folder, site.Files, site.Manifest)
	return changes, outputError(w.out, err)
}

func (w *writing) finish(jobs []compile.Job, environment string, results *[]result) error {
	keep := specsByName(jobs, environment, *results)
	for _, name := range sortedNames(keep) {
		strays, err := w.writer.Strays(name, keep[name])
		if err != nil {
			return err
		}
		for _, stray := range strays {
			if err := w.writer.Remove(stray); err != nil {
				return err
			}
			*results = append(*results, removed(name, stray))
		}
	}
	if err := w.writer.Commit(); err != nil {
		return outputError(w.out, err)
	}
	return w.retire(keep)
}

// retire removes what a spec left in its own folder before it had
// environments.
func (w *writing) retire(keep map[string][]string) error {
	for _, name := range sortedNames(keep) {
		if slices.Contains(keep[name], "") {
			continue
		}
		if err := w.writer.Retire(name); err != nil {
			return outputError(w.out, err)
		}
	}
	return nil
}

func (w *writing) close() error { return w.writer.Close() }
