package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
	"hagen/internal/revision"
	"hagen/internal/spec"
)

// tree is a state of the files with what compiles them.
type tree struct {
	label    string
	files    filesys.FileSystem
	compiler *compile.Compiler
}

// read reads a spec of the tree; one that is not there is nil.
func (t tree) read(name string) (*spec.Document, error) {
	if !t.files.Exists(name) {
		return nil, nil
	}
	src, err := t.files.ReadFile(name)
	if err != nil {
		return nil, specError(name, err)
	}
	if len(src) > spec.MaxSize {
		return nil, diag.Diagnostic{
			Place: diag.Place{File: name}, Message: fmt.Sprintf("the spec has %d bytes, the limit is %d", len(src), spec.MaxSize),
		}
	}
	return spec.Decode(name, src)
}

// withBase compares specs with what they were at a revision.
func (c *collector) withBase(compiler *compile.Compiler, args []string, o diffOptions) error {
	base, err := treeAt(compiler, o.base)
	if err != nil {
		return err
	}
	defer base.close()
	head := tree{label: "the files on the disk", files: filesys.MakeFsOnDisk(), compiler: compiler}
	if o.head != "" {
		if head, err = treeAt(compiler, o.head); err != nil {
			return err
		}
		defer head.close()
	}
	if len(args) == 0 {
		args = []string{defaultSpec}
	}
	var problems diag.List
	for _, name := range distinct(args) {
		problems.Add(c.specWithBase(base, head, name, o))
	}
	return problems.ErrorOrNil()
}

// treeAt opens a revision of the repository around the current folder.
func treeAt(compiler *compile.Compiler, name string) (tree, error) {
	r, err := revision.Open(".", name)
	if err != nil {
		return tree{}, err
	}
	files := r.Files()
	return tree{label: fmt.Sprintf("%s (%.10s)", name, r.Commit), files: files, compiler: compiler.Reading(files)}, nil
}

func (t tree) close() {
	if files, ok := t.files.(*revision.Files); ok {
		files.Close()
	}
}

// specWithBase compares one spec, each environment on its own.
func (c *collector) specWithBase(base, head tree, name string, o diffOptions) error {
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return err
	}
	now, err := head.read(name)
	if err != nil {
		return err
	}
	was, brokenBase := base.read(name)
	if now == nil && was == nil && brokenBase == nil {
		return specError(name, fs.ErrNotExist)
	}
	newJobs, err := head.jobs(now, dir, o.environment)
	if err != nil {
		return err
	}
	oldJobs, err := base.jobs(was, dir, o.environment)
	brokenBase = errors.Join(brokenBase, err)
	if o.environment != "" && len(newJobs)+len(oldJobs) == 0 && brokenBase == nil {
		return diag.Diagnostic{
			Place: diag.Place{File: name}, Message: fmt.Sprintf("there is no environment %q, and there was none", o.environment),
			Fix: "look for a spelling mistake, or leave --environment out",
		}
	}
	both := &both{
		collector: c, base: base, head: head, dir: dir, name: name, old: oldJobs, brokenBase: brokenBase,
		workers: sync.Pool{New: func() any { return base.compiler.Worker(dir).Lenient() }},
	}
	return both.run(newJobs)
}

func (t tree) jobs(document *spec.Document, dir, environment string) ([]compile.Job, error) {
	if document == nil {
		return nil, nil
	}
	if environment != "" && !slices.Contains(document.Environments(), environment) {
		return nil, nil
	}
	return t.compiler.Jobs(document, dir, environment)
}

// both compiles the two states of one spec, environment by environment, so
// that no more than a few are in memory.
type both struct {
	*collector
	base, head tree
	dir, name  string
	old        []compile.Job
	brokenBase error
	workers    sync.Pool
}

func (b *both) run(jobs []compile.Job) error {
	all := jobs
	if b.brokenBase == nil {
		jobs = b.withoutSame(jobs, b.same)
	}
	err := b.head.compiler.Each(jobs, func(i int, site compile.Site) error {
		b.warn(site)
		old, before, err := b.before(jobs[i].Environment)
		p := pairOfStates{old: old, new: sideOf(site, b.head.label), ignore: hiddenBy(site)}
		if !old.Absent {
			// A filter that comes with the change would hide it.
			p.ignore = slices.DeleteFunc(p.ignore, func(filter string) bool { return !slices.Contains(before, filter) })
		}
		if err != nil {
			b.broke(err)
			p.broken, p.old = true, diff.Side{Absent: true, Label: b.base.label}
		}
		b.add(p)
		return nil
	})
	if err != nil {
		return err
	}
	return b.gone(all)
}

// same tells whether an environment is made from the same on both sides.
func (b *both) same(job compile.Job) (diff.Report, bool) {
	now, ok := b.head.compiler.Inputs(job)
	if !ok {
		return diff.Report{}, false
	}
	for _, old := range b.old {
		if old.Environment == job.Environment {
			was, ok := b.base.compiler.Inputs(old)
			return sameReport(now), ok && was == now
		}
	}
	return diff.Report{}, false
}

// before compiles an environment as it was, and returns its filters too.
func (b *both) before(environment string) (diff.Side, []string, error) {
	if b.brokenBase != nil {
		return diff.Side{}, nil, b.brokenBase
	}
	for _, job := range b.old {
		if job.Environment == environment {
			return b.compileOld(job)
		}
	}
	return diff.Side{Absent: true, Label: b.base.label}, nil, nil
}

func (b *both) compileOld(job compile.Job) (diff.Side, []string, error) {
	worker := b.workers.Get().(*compile.Worker)
	defer b.workers.Put(worker)
	site, err := worker.Compile(job.Document, job.Environment)
	return sideOf(site, b.base.label), hiddenBy(site), err
}

// broke keeps what is wrong with the base, once for all environments.
func (b *both) broke(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range diag.Flatten(err) {
		d.Place.File = fmt.Sprintf("%s at %s", d.Place.File, b.base.label)
		d.Severity = diag.Warning
		b.problems.Add(d)
	}
	b.collector.broken = true
}

// gone reports what the base has and the head has not.
func (b *both) gone(jobs []compile.Job) error {
	for _, job := range b.old {
		if slices.ContainsFunc(jobs, func(now compile.Job) bool { return now.Environment == job.Environment }) {
			continue
		}
		old, _, err := b.compileOld(job)
		if err != nil {
			b.broke(err)
			continue
		}
		b.add(pairOfStates{old: old, new: diff.Side{Absent: true, Label: b.head.label}})
	}
	return nil
}
