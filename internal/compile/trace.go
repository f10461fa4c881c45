package compile

import (
	"bytes"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/registry"
	"hagen/internal/spec"
	"hagen/schema"
)

// Trace says where a file comes from and who reads it.
type Trace struct {
	// File is its path below the folder of the site.
	File string
	// Maker is its component, or the overlay that brought it.
	Maker string
	// Overlays are those that changed it, in their order, with their places.
	Overlays []string
	// Fields are those of the spec that it follows from.
	Fields []Origin
	// Readers name the containers that it describes, mount it or take
	// variables from it.
	Readers []string
}

// Origin is a field of the spec and where it is written.
type Origin struct {
	Path  []any
	Place diag.Place
}

// plainly returns the worker without rules: what follows from a value is asked
// even where the value alone would break one.
func (w *Worker) plainly() *Worker {
	plain := *w
	plain.lenient = true
	return &plain
}

// Trace finds a file of the site: one whose path ends like the given one.
func (w *Worker) Trace(document *spec.Document, environment, file string) (*Trace, error) {
	w = w.plainly()
	site, err := w.Compile(document, environment)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(site.Files, func(f artifact.File) bool {
		return f.Path == file || endsWith(file, path.Join(filepath.ToSlash(site.Folder), f.Path))
	})
	if at < 0 {
		return nil, nil
	}
	found := site.Files[at]
	if err := site.history.complete(); err != nil {
		return nil, err
	}
	trace := &Trace{File: found.Path, Readers: w.readers(site, found)}
	trace.Maker, trace.Overlays = site.history.makers(found)
	trace.Fields, err = w.fieldsOf(document, environment, found)
	return trace, err
}

// endsWith tells whether a path is the other, or ends in it below a folder.
func endsWith(long, short string) bool {
	return long == short || len(long) > len(short) && long[len(long)-len(short)-1] == '/' && long[len(long)-len(short):] == short
}

// readers says in words who takes what from a file.
func (w *Worker) readers(site Site, file artifact.File) []string {
	var lines []string
	service := ""
	if o := artifact.Object(file.Table()); strings.HasPrefix(file.Path, registry.Cluster+"/") && o.Kind() == "Service" {
		service = o.Name()
	}
	for _, target := range registry.Read(site.Files, w.parity.Names).Targets {
		for _, c := range slices.Concat(target.Containers, target.Initial) {
			calls := service != "" && target.Name == registry.Cluster && slices.ContainsFunc(c.Addresses(), func(address string) bool {
				return strings.HasPrefix(address, service+":")
			})
			switch {
			case c.Artifact == file.Path:
				lines = append(lines, "describes "+c.ID+" in "+target.Name)
			case slices.Contains(c.Reads, file.Path):
				lines = append(lines, "is read by "+c.ID+" in "+target.Name)
			case calls:
				lines = append(lines, "is called by "+c.ID+" in "+target.Name)
			}
		}
	}
	if parts := strings.Split(file.Path, "/"); len(parts) == 4 && parts[0] == "compose" && parts[2] == "host" {
		lines = append(lines, "is used by the machine "+parts[1]+" itself; RUNBOOK.md beside it says how")
	}
	return lines
}

// fieldsOf varies every value that the spec writes, one at a time, and lists
// those that the file follows.
func (w *Worker) fieldsOf(document *spec.Document, environment string, file artifact.File) ([]Origin, error) {
	doc, err := document.Environment(environment)
	if err != nil {
		return nil, err
	}
	root, err := schema.Spec()
	if err != nil {
		return nil, err
	}
	var found []Origin
	for _, leaf := range leaves(doc.Root, nil) {
		site, ok := w.varied(doc, environment, root, leaf)
		if ok && !slices.ContainsFunc(site.Files, func(f artifact.File) bool {
			return f.Path == file.Path && bytes.Equal(f.Data, file.Data)
		}) {
			found = append(found, Origin{leaf, doc.Place(leaf)})
		}
	}
	return found, nil
}

// leaves lists the paths of all values, in the order of their keys.
func leaves(value any, at []any) [][]any {
	switch v := value.(type) {
	case map[string]any:
		var out [][]any
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, leaves(v[key], append(slices.Clone(at), key))...)
		}
		return out
	case []any:
		if len(v) > 0 && artifact.Map(v[0]) != nil {
			var out [][]any
			for i, item := range v {
				out = append(out, leaves(item, append(slices.Clone(at), i))...)
			}
			return out
		}
	}
	return [][]any{at}
}

// Follows lists the files that change when a field of the spec does. Nothing
// is said of a field that no other value could be found for.
func (w *Worker) Follows(document *spec.Document, environment string, field []any) (files []string, ok bool, err error) {
	w = w.plainly()
	doc, err := document.Environment(environment)
	if err != nil {
		return nil, false, err
	}
	site, err := w.Compile(document, environment)
	if err != nil {
		return nil, false, err
	}
	root, err := schema.Spec()
	if err != nil {
		return nil, false, err
	}
	other, ok := w.varied(doc, environment, root, field)
	if !ok {
		return nil, false, nil
	}
	before := map[string][]byte{}
	for _, f := range site.Files {
		before[f.Path] = f.Data
	}
	for _, f := range other.Files {
		if old, had := before[f.Path]; !had || !bytes.Equal(old, f.Data) {
			files = append(files, f.Path)
		}
		delete(before, f.Path)
	}
	for name := range before {
		files = append(files, name)
	}
	slices.Sort(files)
	return files, true, nil
}

// varied compiles the spec with another value at a path: the first that the
// schema takes.
func (w *Worker) varied(doc *spec.Document, environment string, root *schema.Field, at []any) (Site, bool) {
	current := valueAt(w.schema.Fill(doc.Root), at)
	for _, candidate := range candidates(root.At(dotted(at)), current) {
		if reflect.DeepEqual(candidate, current) {
			continue
		}
		changed := *doc
		changed.Root, _ = with(doc.Root, at, candidate).(map[string]any)
		if site, err := w.compile(&changed, environment); err == nil {
			return site, true
		}
	}
	return Site{}, false
}
