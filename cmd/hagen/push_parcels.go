package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/oci"
)

// renderedFolders reads what a build wrote, as it wrote it.
func renderedFolders(dir string) ([]bundle.Whole, error) {
	folders, err := bundle.ReadWhole(dir)
	var unlike *bundle.UnlikeError
	switch {
	case errors.As(err, &unlike):
		return nil, diag.Diagnostic{
			Place: diag.Place{File: filepath.ToSlash(unlike.Dir)}, Message: "the folder is not as a build left it: " + strings.Join(unlike.Notes, "; "),
			Reason: "what is pushed would follow from no spec", Fix: "build it anew, or push the spec instead of the folder",
		}
	case err != nil:
		return nil, comparisonError(dir, err)
	case len(folders) == 0:
		d := diag.Diagnostic{
			Place: diag.Place{File: dir}, Message: "there is no manifest.json in the folder or below it",
			Reason: "only folders that hagen build wrote can be pushed", Fix: "name such a folder, or a spec",
		}
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			d.Message = "there is no such folder"
		}
		return nil, d
	}
	return folders, nil
}

// compiledParcels compiles specs and puts together what goes under one tag.
func compiledParcels(s streams, to *oci.Reference, specs []string, environment string) ([]parcel, error) {
	compiler, err := newCompiler()
	if err != nil {
		return nil, err
	}
	jobs, err := readSpecs(compiler, specs, environment)
	if err != nil {
		return nil, err
	}
	p := packer{to: to, byAddress: map[string]*parcel{}, owner: map[string]compile.Job{}}
	err = compiler.Each(jobs, func(i int, site compile.Site) error { return p.add(jobs[i], site) })
	show(s.err, diag.Flatten(p.warnings.ErrorOrNil()))
	if err != nil {
		return nil, err
	}
	var parcels []parcel
	for _, address := range slices.Sorted(maps.Keys(p.byAddress)) {
		sort.Strings(p.byAddress[address].files)
		parcels = append(parcels, *p.byAddress[address])
	}
	return parcels, nil
}

// packer puts sites together by where they go.
type packer struct {
	to        *oci.Reference
	mu        sync.Mutex
	byAddress map[string]*parcel
	owner     map[string]compile.Job
	warnings  diag.List
}

func (p *packer) add(job compile.Job, site compile.Site) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, taken := p.owner[site.Folder]; taken {
		return sameFolder(site, job, other)
	}
	p.owner[site.Folder] = job
	for _, warning := range site.Warnings {
		p.warnings.Add(warning)
	}
	site, err := site.WithPages()
	if err != nil {
		return err
	}
	address, err := destination(p.to, site, job)
	if err != nil {
		return err
	}
	whole, err := bundle.Complete(site.Files, site.Manifest)
	if err != nil {
		return err
	}
	goes, ok := p.byAddress[address.String()]
	if !ok {
		goes = &parcel{to: address}
		p.byAddress[address.String()] = goes
	}
	goes.folders = append(goes.folders, whole)
	if file := job.Document.File; !slices.Contains(goes.files, file) {
		goes.files = append(goes.files, file)
	}
	return nil
}

// destination is where a site goes: to the address of the command, or to that of
// its spec.
func destination(to *oci.Reference, site compile.Site, job compile.Job) (oci.Reference, error) {
	if to != nil {
		return *to, nil
	}
	source := artifact.Text(artifact.Map(site.Evidence.Spec["gitops"])["source"])
	if source == "" {
		return oci.Reference{}, diag.Diagnostic{
			Place: diag.Place{File: job.Document.File}, Message: "the spec names no artifact, and neither does the command",
			Reason: "there is nowhere to push " + filepath.ToSlash(site.Folder),
			Fix:    "name it: hagen push oci://hub.example.com/platform/registry:main, or gitops.source in the spec",
		}
	}
	return oci.Parse(source)
}
