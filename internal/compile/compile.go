// Package compile is the spine: it runs the stages in their order and turns
// what they report into diagnostics with places. No stage knows another; this
// package knows them all.
package compile

import (
	"errors"
	"path/filepath"
	"slices"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/conform"
	"hagen/internal/diag"
	"hagen/internal/overlay"
	"hagen/internal/registry"
	"hagen/internal/render"
	"hagen/internal/rule"
	"hagen/internal/secret"
	"hagen/internal/spec"
	"hagen/internal/unwrap"
	"hagen/internal/validate"
	"hagen/jsonnet"
	"hagen/overlays"
	"hagen/schema"
)

// Compiler holds what all specs share. It is safe for concurrent use.
type Compiler struct {
	version  string
	digest   string
	schema   *validate.Schema
	overlays *overlay.Engine
	library  *render.Library
	rules    *rule.Set
	parity   *registry.Parity
	checker  *conform.Checker
	files    filesys.FileSystem
	// compared holds what is known of the environments of a document.
	compared *sync.Map
}

// New makes a compiler that reads the users' files from files. The version is
// hagen's own; it goes into the manifests.
func New(version string, files filesys.FileSystem) (*Compiler, error) {
	c := &Compiler{
		version: version, overlays: overlay.New(overlays.FS, files), checker: conform.New(schema.Artifacts), files: files,
		compared: &sync.Map{},
	}
	// The schema and the library are read side by side, on two cores: a build
	// waits for both.
	failed := make(chan error, 1)
	go func() {
		var err error
		c.schema, err = validate.Load(schema.FS)
		failed <- err
	}()
	c.library = render.NewLibrary(jsonnet.Library)
	var err error
	c.digest, err = digestOf(jsonnet.Library, overlays.FS, schema.FS)
	var rulesErr, parityErr error
	c.rules, rulesErr = rule.Load(schema.FS)
	c.parity, parityErr = registry.LoadParity(schema.FS)
	return c, errors.Join(<-failed, err, rulesErr, parityErr)
}

// Site is one registry in one environment, compiled.
type Site struct {
	// Folder is where it belongs below the output folder: the registry's name,
	// and the environment's if there is one.
	Folder   string
	Manifest bundle.Manifest
	Files    artifact.Set
	// Base holds the objects before the user's overlays.
	Base []artifact.Object
	// Warnings are what does not stop a build, notes of waived rules among them.
	Warnings []diag.Diagnostic
	// Unchecked are the objects whose kinds no schema is known of.
	Unchecked []string
	Waivers   []*Waiver
	Evidence  Evidence

	history *history
	named   []named
	need    secret.Need
	index   secret.Index
	// described is what the files describe, if rules were evaluated.
	described registry.Site
}

// Worker compiles the sites of one spec, one at a time. Its virtual machine
// keeps the parsed library from one to the next.
type Worker struct {
	*Compiler
	dir string
	vm  *render.VM
	// own are the rules with those of the folder, read when they are needed.
	own       func() (*rule.Set, error)
	evaluator func() (*rule.Evaluator, error)
	// lenient workers evaluate no rules.
	lenient bool
}

// Worker makes a worker for the specs of one folder.
func (c *Compiler) Worker(dir string) *Worker {
	return c.worker(dir, c.library.VM(dir, c.files.ReadFile))
}

// Alone makes a worker for a single site, on all cores.
func (c *Compiler) Alone(dir string) *Worker {
	return c.worker(dir, c.library.Pair(dir, c.files.ReadFile))
}

func (c *Compiler) worker(dir string, vm *render.VM) *Worker {
	w := &Worker{Compiler: c, dir: dir, vm: vm}
	w.own = sync.OnceValues(w.ownRules)
	w.evaluator = sync.OnceValues(func() (*rule.Evaluator, error) {
		rules, err := w.own()
		if err != nil {
			return nil, err
		}
		return rules.Evaluator(), nil
	})
	return w
}

// Compile runs all stages over one environment of a document; an empty name
// means the spec itself.
func (w *Worker) Compile(document *spec.Document, environment string) (Site, error) {
	doc, err := document.Environment(environment)
	if err != nil {
		return Site{}, err
	}
	return w.compile(doc, environment)
}

// compile runs the stages over a document whose environment is merged in.
func (w *Worker) compile(doc *spec.Document, environment string) (Site, error) {
	site := Site{}
	r, err := w.rendering(doc, environment)
	if err != nil {
		return site, err
	}
	site.Warnings, site.Waivers, site.named = r.warnings, r.waived.list, r.named
	sealed, err := w.secrets(r)
	if err != nil {
		return site, err
	}
	site.need, site.index = r.need, sealed.index
	objects := slices.Concat(r.objects, sealed.objects)
	ours, theirs := shipped(r.overlays), userOverlays(r.root, w.dir)
	if site.Base, err = w.overlay(r.doc, objects, ours); err != nil {
		return site, err
	}
	patched, err := w.overlay(r.doc, site.Base, theirs)
	if err != nil {
		return site, err
	}
	if site.Files, err = filesOf(patched, sealed); err != nil {
		return site, w.filesError(r, site.Base, sealed, theirs, err)
	}
	site.Manifest = w.manifest(r.root, r.files, environment)
	site.Folder = folder(site.Manifest)
	site.Evidence = r.evidence(site.Files)
	site.history = w.history(r.doc, objects, site.Base, patched, ours, theirs)
	return site, w.judge(&site, r)
}

// filesOf turns objects into files and adds those that are kept encrypted.
func filesOf(objects []artifact.Object, sealed sealed) (artifact.Set, error) {
	unwrapped, err := unwrap.Files(objects)
	if err != nil {
		return nil, err
	}
	return artifact.NewSet(sealed.addTo(unwrapped))
}

func folder(m bundle.Manifest) string {
	return filepath.Join(m.Name, m.Environment)
}

// placed gives diagnostics their places and returns them as one error.
func placed(doc *spec.Document, found []diag.Diagnostic) error {
	var list diag.List
	for _, d := range found {
		d.Place = doc.Place(d.Path)
		list.Add(d)
	}
	return list.ErrorOrNil()
}

// findings parts what stops a build from what does not.
func findings(found []diag.Diagnostic) (warnings []diag.Diagnostic, err error) {
	var list diag.List
	for _, d := range found {
		if d.Severity != diag.Error {
			warnings = append(warnings, d)
			continue
		}
		list.Add(d)
	}
	return warnings, list.ErrorOrNil()
}

func resolve(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

func shipped(names []string) []overlay.Overlay {
	var out []overlay.Overlay
	for _, name := range names {
		out = append(out, overlay.Overlay{Name: name, Dir: name, Shipped: true})
	}
	return out
}

func userOverlays(root map[string]any, dir string) []overlay.Overlay {
	var out []overlay.Overlay
	for _, name := range texts(root["overlays"]) {
		out = append(out, overlay.Overlay{Name: name, Dir: resolve(dir, name)})
	}
	return out
}

func (w *Worker) overlay(doc *spec.Document, objects []artifact.Object, overlays []overlay.Overlay) ([]artifact.Object, error) {
	patched, err := w.overlays.Apply(objects, overlays)
	if err != nil {
		return nil, overlayError(doc, overlays, err)
	}
	return patched, nil
}

func (w *Worker) manifest(root map[string]any, files map[string]string, environment string) bundle.Manifest {
	return bundle.Manifest{
		Name: artifact.Text(root["name"]), Environment: environment,
		Harbor: artifact.Text(artifact.Map(root["registry"])["version"]),
		Hagen:  w.version, Spec: digestOfSpec(root, files), Library: w.digest,
	}
}

func texts(v any) []string {
	var out []string
	for _, item := range artifact.List(v) {
		out = append(out, artifact.Text(item))
	}
	return out
}

// File is one file of what a command writes.
type File = artifact.File

// Eject returns what the user's overlays are applied to as a kustomization.
func (c *Compiler) Eject(site Site) ([]File, error) {
	return unwrap.Eject(site.Base, overlays.FS)
}
