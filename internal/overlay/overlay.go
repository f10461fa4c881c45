// Package overlay runs objects through Kustomize, in memory: the components
// that ship with hagen first, then the user's own overlays. Objects go in and
// come out as plain maps.
//
// A user's overlay is a folder with a kustomization. It may be a Component or
// a Kustomization without a base; the objects rendered so far are its base.
package overlay

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Engine applies overlays. It is safe for concurrent use.
//
// Kustomize keeps its OpenAPI schema in an unguarded global. It is loaded once
// before anything runs; an overlay that brings its own schema runs alone.
type Engine struct {
	shipped fs.FS
	files   filesys.FileSystem
	schema  func() error
	alone   *sync.RWMutex
}

// Overlay names one overlay.
type Overlay struct {
	// Name is what messages call it: the words of the spec.
	Name string
	// Dir is the folder on disk, or, for a component that ships with hagen,
	// the folder's name in the embedded file system.
	Dir     string
	Shipped bool
}

// New makes an engine for the shipped components and the user's files.
func New(shipped fs.FS, files filesys.FileSystem) *Engine {
	load := sync.OnceValue(func() error { return loadSchema(shipped) })
	return &Engine{shipped: shipped, files: files, schema: load, alone: &sync.RWMutex{}}
}

// Reading returns an engine for another state of the user's files. Both share
// what guards the schema, so they may run side by side.
func (e *Engine) Reading(files filesys.FileSystem) *Engine {
	other := *e
	other.files = files
	return &other
}

// Prepare loads what Kustomize needs before the first overlay. Apply does so
// by itself; calling it early, beside other work, saves the wait.
func (e *Engine) Prepare() error { return e.schema() }

// Apply runs objects through overlays, in order. Without overlays the objects
// come back as they are. An error names the overlay that caused it.
func (e *Engine) Apply(objects []artifact.Object, overlays []Overlay) ([]artifact.Object, error) {
	if len(overlays) == 0 {
		return objects, nil
	}
	if err := e.Prepare(); err != nil {
		return nil, err
	}
	out, err := e.run(objects, overlays)
	if err != nil {
		return nil, e.blame(objects, overlays, err)
	}
	return out, nil
}

// blame runs one overlay more at a time until the error appears.
func (e *Engine) blame(objects []artifact.Object, overlays []Overlay, err error) error {
	for n := 1; n < len(overlays); n++ {
		if _, first := e.run(objects, overlays[:n]); first != nil {
			overlays, err = overlays[:n], first
			break
		}
	}
	last := overlays[len(overlays)-1]
	return Failure{Overlay: last.Name, Err: err}
}

// Failure is an overlay that Kustomize refused.
type Failure struct {
	Overlay string
	Err     error
}

// Error returns Kustomize's words without the names that hagen made up.
func (f Failure) Error() string {
	text := strings.NewReplacer(root+"/", "", `\"`, `"`).Replace(f.Err.Error())
	return diag.Clean(strings.TrimSpace(text))
}

// Unwrap returns Kustomize's error.
func (f Failure) Unwrap() error { return f.Err }

// loadSchema replaces Kustomize's built-in schema (Kubernetes 1.21, 34 ms to
// parse) by the merge keys of a current one.
func loadSchema(shipped fs.FS) error {
	data, err := fs.ReadFile(shipped, "openapi.json")
	if err != nil {
		return err
	}
	openapi.ResetOpenAPI()
	openapi.SuppressBuiltInSchemaUse()
	// Initialises the global before any worker reads it.
	openapi.SchemaForResourceType(kindOfBundle())
	return openapi.AddSchema(data)
}

func (e *Engine) run(objects []artifact.Object, overlays []Overlay) ([]artifact.Object, error) {
	tree, err := e.tree(overlays)
	if err != nil {
		return nil, err
	}
	touched := tree.selectTouched(tree.overlays)
	sent := touched.part(objects)
	if len(sent) == 0 {
		// Kustomize shall find its own words for an overlay of nothing.
		touched, sent = &selection{all: true}, objects
	}
	patched, err := e.patch(tree, sent, touched.all)
	if err != nil {
		return nil, err
	}
	return touched.join(objects, patched), nil
}

// patch applies the overlays to the objects that were selected for them.
func (e *Engine) patch(tree *tree, objects []artifact.Object, all bool) ([]artifact.Object, error) {
	if !all {
		e.alone.RLock()
		patched, ok := tree.direct(objects)
		e.alone.RUnlock()
		if ok {
			return patched, nil
		}
	}
	if err := tree.writeBase(objects); err != nil {
		return nil, err
	}
	return e.kustomize(tree)
}

// kustomize runs beside others, or alone if a schema comes with the overlay;
// one that is found deeper than its own folder shows only on the way.
func (e *Engine) kustomize(tree *tree) ([]artifact.Object, error) {
	if !tree.ownSchema {
		e.alone.RLock()
		out, err := krustyRun(tree)
		e.alone.RUnlock()
		if !tree.ownSchema {
			return out, err
		}
		tree.refusal = nil
	}
	e.alone.Lock()
	defer e.alone.Unlock()
	defer loadSchema(e.shipped)
	return krustyRun(tree)
}

func krustyRun(tree *tree) ([]artifact.Object, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionNone
	patched, err := krusty.MakeKustomizer(options).Run(tree, root)
	if tree.refusal != nil {
		return nil, tree.refusal
	}
	if err != nil {
		return nil, err
	}
	return values(patched)
}

// values reads the patched nodes without a detour over text.
func values(patched resmap.ResMap) ([]artifact.Object, error) {
	out := make([]artifact.Object, 0, patched.Size())
	for _, resource := range patched.Resources() {
		value, err := artifact.Value(resource.YNode())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", resource.CurId(), err)
		}
		out = append(out, artifact.Map(value))
	}
	return out, nil
}

// tree lays out what Kustomize reads but for the objects.
func (e *Engine) tree(overlays []Overlay) (*tree, error) {
	t := newTree(e.files)
	if err := e.copyShipped(t); err != nil {
		return nil, err
	}
	for _, overlay := range overlays {
		component, err := t.add(overlay)
		if err != nil {
			return nil, err
		}
		t.components = append(t.components, component)
	}
	return t, nil
}

// writeBase adds the objects to the tree, and the kustomization that leads to
// them and to the overlays.
func (t *tree) writeBase(objects []artifact.Object) error {
	components := make([]any, len(t.components))
	for i, component := range t.components {
		components[i] = component
	}
	data, err := artifact.EncodeYAML(map[string]any{
		"apiVersion": types.KustomizationVersion, "kind": types.KustomizationKind,
		"resources":      []any{"base/objects.yaml"},
		"configurations": []any{"shipped/transformers.yaml"},
		"components":     components,
	})
	if err != nil {
		return err
	}
	if err := t.memory.WriteFile(root+"/kustomization.yaml", data); err != nil {
		return err
	}
	var base bytes.Buffer
	for _, object := range objects {
		data, err := artifact.EncodeYAML(object)
		if err != nil {
			return err
		}
		base.WriteString("---\n")
		base.Write(data)
	}
	return t.memory.WriteFile(root+"/base/objects.yaml", base.Bytes())
}

func (e *Engine) copyShipped(t *tree) error {
	return fs.WalkDir(e.shipped, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(e.shipped, name)
		if err != nil {
			return err
		}
		return t.memory.WriteFile(root+"/shipped/"+name, data)
	})
}

// add makes an overlay reachable from the root and returns the way to it.
func (t *tree) add(overlay Overlay) (string, error) {
	if overlay.Shipped {
		t.overlays = append(t.overlays, root+"/shipped/"+overlay.Dir)
		return "shipped/" + overlay.Dir, nil
	}
	dir, err := filepath.Abs(overlay.Dir)
	if err != nil {
		return "", err
	}
	if !t.disk.IsDir(dir) {
		return "", fmt.Errorf("%s: no such folder", overlay.Name)
	}
	if err := t.mount(dir); err != nil {
		return "", err
	}
	t.overlays = append(t.overlays, dir)
	relative, err := filepath.Rel(root, dir)
	return filepath.ToSlash(relative), err
}
