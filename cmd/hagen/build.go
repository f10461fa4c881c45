package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"github.com/spf13/cobra"

	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
)

type buildOptions struct {
	out         string
	environment string
	check       bool
	quiet       bool
	json        bool
}

func newBuild(s streams) *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build [SPEC...]",
		Short: "Compile specs into the output folder",
		Long: "Compile hagen.toml, or the named specs, into out/<name>/. Environments of a spec go\n" +
			"into out/<name>/<environment>/. Nothing is written unless everything compiles.",
		Example: "  hagen build\n  hagen build examples/hub-2.15.toml -o /tmp/out\n  hagen build --check",
		RunE: func(_ *cobra.Command, args []string) error {
			return build(s, args, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.out, "output", "o", "out", "`FOLDER` to write to")
	flags.StringVar(&o.environment, "environment", "", "compile the environment `NAME` only")
	flags.BoolVar(&o.check, "check", false, "write nothing; exit 1 if the output folder is stale, naming the files")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "print errors and warnings only; with --check the exit code says the rest")
	flags.BoolVar(&o.json, "json", false, "print what was made as JSON")
	return cmd
}

// result is what happened to one folder; the JSON form is documented in
// docs/commands.md.
type result struct {
	Name        string `json:"name"`
	Environment string `json:"environment,omitempty"`
	Folder      string `json:"folder"`
	Harbor      string `json:"harbor,omitempty"`
	Files       int    `json:"files"`
	bundle.Changes
	Warnings []string `json:"warnings,omitempty"`
	// Unchecked are the objects that no schema is known of.
	Unchecked []string `json:"unchecked,omitempty"`

	warnings []diag.Diagnostic
	head     bundle.Head
}

func build(s streams, args []string, o buildOptions) error {
	if o.out == "" {
		return errors.New("the output folder has no name; see hagen build --help")
	}
	compiler, err := newCompiler()
	if err != nil {
		return err
	}
	jobs, err := readSpecs(compiler, args, o.environment)
	if err != nil {
		return err
	}
	target, err := newTarget(o)
	if err != nil {
		return err
	}
	defer target.close()
	progress := newProgress(s, o.quiet || o.json, len(jobs))
	results, err := compileInto(compiler, jobs, target, progress)
	progress.done()
	if err == nil {
		err = target.finish(o.environment, &results)
	}
	if err != nil {
		return explainForeign(err)
	}
	return summarize(s, o, results)
}

// compileInto compiles all jobs and hands every site to the target.
func compileInto(compiler *compile.Compiler, jobs []compile.Job, target target, progress *progress) ([]result, error) {
	results := make([]result, len(jobs))
	owner := map[string]compile.Job{}
	same := paths{}
	var mu sync.Mutex
	err := compiler.Each(jobs, func(i int, site compile.Site) error {
		mu.Lock()
		other, taken := owner[site.Folder]
		owner[site.Folder] = jobs[i]
		mu.Unlock()
		if taken {
			return sameFolder(site, jobs[i], other)
		}
		site, err := site.WithPages()
		if err != nil {
			return err
		}
		changes, err := target.put(site)
		if err != nil {
			return err
		}
		mu.Lock()
		results[i] = newResult(site, same.changes(changes))
		mu.Unlock()
		progress.step()
		return nil
	})
	sort.SliceStable(results, func(i, j int) bool { return results[i].Folder < results[j].Folder })
	return results, err
}

func sameFolder(site compile.Site, a, b compile.Job) error {
	files := []string{a.Document.File, b.Document.File}
	sort.Strings(files)
	return diag.Diagnostic{
		Place:   diag.Place{File: files[1]},
		Message: fmt.Sprintf("the folder %s is that of %s too", filepath.ToSlash(site.Folder), files[0]),
		Reason:  "the artifacts of one registry would replace those of the other",
		Fix:     "give each spec a name of its own",
	}
}

// paths are those of files, each once: what is kept of a thousand sites are
// mostly the same names.
type paths map[string]string

func (p paths) changes(c bundle.Changes) bundle.Changes {
	c.Added, c.Changed, c.Removed = p.all(c.Added), p.all(c.Changed), p.all(c.Removed)
	return c
}

func (p paths) all(names []string) []string {
	if names == nil {
		return nil
	}
	out := make([]string, len(names))
	for i, name := range names {
		if _, known := p[name]; !known {
			p[name] = name
		}
		out[i] = p[name]
	}
	return out
}

func newResult(site compile.Site, changes bundle.Changes) result {
	r := result{
		Name: site.Manifest.Name, Environment: site.Manifest.Environment,
		Folder: filepath.ToSlash(site.Folder), Harbor: site.Manifest.Harbor,
		Files: len(site.Files) + 1, Changes: changes, warnings: site.Warnings, Unchecked: site.Unchecked,
	}
	r.head = bundle.Head{Folder: r.Folder, Manifest: site.Manifest}
	for _, warning := range site.Warnings {
		r.Warnings = append(r.Warnings, diag.Mask(warning.Place.String()+": "+warning.Error()))
	}
	return r
}

func explainForeign(err error) error {
	var foreign *bundle.ForeignError
	if !errors.As(err, &foreign) {
		return err
	}
	var list diag.List
	for _, d := range diag.Flatten(err) {
		if d.Message == foreign.Error() {
			d.Reason = "a build replaces the folder, and they would be lost"
			d.Fix = "move them elsewhere, or build into another folder with -o"
		}
		list.Add(d)
	}
	return list.ErrorOrNil()
}

// summarize prints warnings and the outcome, and returns the exit code.
func summarize(s streams, o buildOptions, results []result) error {
	var warnings diag.List
	stale := false
	for _, r := range results {
		for _, warning := range r.warnings {
			warnings.Add(warning)
		}
		stale = stale || r.Any()
	}
	show(s.err, diag.Flatten(warnings.ErrorOrNil()))
	switch {
	case o.json:
		if err := printJSON(s.out, o, results, stale); err != nil {
			return err
		}
	case o.quiet:
	case o.check:
		printStale(s.out, o.out, results)
	default:
		printSummary(s.out, o.out, results)
	}
	if o.check && stale {
		return exitCode(exitDifferent)
	}
	return nil
}

func printJSON(w io.Writer, o buildOptions, results []result, stale bool) error {
	index := "unchanged"
	sites := slices.DeleteFunc(slices.Clone(results), func(r result) bool {
		if r.Folder == "" {
			index = verb(r.Changes)
		}
		return r.Folder == ""
	})
	asLists(sites)
	return printValue(w, map[string]any{"format": 1, "output": o.out, "check": o.check, "stale": o.check && stale, "index": index, "sites": sites})
}

// verb says what became, or would become, of a single file.
func verb(c bundle.Changes) string {
	switch {
	case len(c.Added) > 0:
		return "added"
	case len(c.Removed) > 0:
		return "removed"
	}
	return "changed"
}

// asLists makes a list a list, even an empty one.
func asLists(results []result) {
	for i := range results {
		for _, list := range []*[]string{&results[i].Added, &results[i].Changed, &results[i].Removed} {
			if *list == nil {
				*list = []string{}
			}
		}
	}
}
