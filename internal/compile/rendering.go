package compile

import (
	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/render"
	"hagen/internal/secret"
	"hagen/internal/spec"
	"hagen/internal/validate"
)

// rendering is a spec after the library has seen it, before any overlay.
type rendering struct {
	doc         *spec.Document
	environment string
	root        map[string]any
	files       map[string]string
	named       []named
	objects     []artifact.Object
	overlays    []string
	need        secret.Need
	// facts are what follows from the spec and rules read.
	facts    map[string]any
	waived   *waivers
	warnings []diag.Diagnostic
}

// rendering runs the stages from the document, whose environment is merged in,
// to the objects.
func (w *Worker) rendering(doc *spec.Document, environment string) (rendering, error) {
	r := rendering{doc: doc, environment: environment}
	if err := placed(doc, w.schema.Check(doc.Root)); err != nil {
		return r, err
	}
	rules, err := w.rulesInUse()
	if err != nil {
		return r, err
	}
	r.root = w.schema.Fill(doc.Root)
	if r.named, r.files, err = w.readFiles(doc); err != nil {
		return r, err
	}
	if len(texts(r.root["overlays"])) > 0 {
		go w.overlays.Prepare()
	}
	rendered, err := w.render(doc, r.root, r.files, environment)
	if err != nil {
		return r, err
	}
	r.facts, r.waived = rendered.Facts, waiversOf(doc, r.root, rules)
	if r.warnings, err = findings(r.waived.spec(doc, r.evidence(nil))); err != nil {
		return r, err
	}
	r.objects, r.overlays = rendered.Objects, rendered.Overlays
	r.need, err = secret.Decode(rendered.Secrets, artifact.Map(r.root["secrets"]), r.files)
	return r, err
}

// evidence is what the rules read of a rendering and its files.
func (r rendering) evidence(files artifact.Set) Evidence {
	return Evidence{Spec: r.root, Model: r.facts, Files: files}
}

// readFiles reads the files that the spec names, and wants them to hold what the
// schema says.
func (w *Worker) readFiles(doc *spec.Document) ([]named, map[string]string, error) {
	var problems diag.List
	var list []named
	files := map[string]string{}
	for _, reference := range w.schema.Files(doc.Root) {
		data, err := w.files.ReadFile(resolve(w.dir, reference.File))
		if err != nil {
			problems.Add(diag.Diagnostic{
				Place: doc.Place(reference.Path), Path: reference.Path,
				Message: "the file " + reference.File + " cannot be read: " + fileError(err),
				Reason:  "its text goes into the artifacts",
				Fix:     "paths are relative to the spec",
			})
			continue
		}
		for _, d := range w.misfits(doc, reference, string(data)) {
			problems.Add(d)
		}
		files[reference.File] = string(data)
		list = append(list, named{reference.Path, doc.Place(reference.Path), reference.File, string(data)})
	}
	return list, files, problems.ErrorOrNil()
}

// misfits tells why a file cannot be what its field wants.
func (w *Worker) misfits(doc *spec.Document, reference validate.FileReference, text string) []diag.Diagnostic {
	if reference.Holds != "certificates" {
		return nil
	}
	found := w.checker.Certificates(text)
	for i := range found {
		found[i].Place, found[i].Path = doc.Place(reference.Path), reference.Path
		found[i].Message = reference.File + " " + found[i].Message
	}
	return found
}

func (w *Worker) render(doc *spec.Document, root map[string]any, files map[string]string, environment string) (render.Output, error) {
	extensions := texts(root["extend"])
	if err := w.checkExtensions(doc, extensions); err != nil {
		return render.Output{}, err
	}
	in := render.Input{Spec: root, Files: files, Environment: environment, Extensions: extensions}
	if environment != "" {
		in.Shared = w.shared(doc.Whole)[environment]
	}
	out, err := w.vm.Render(in)
	if err != nil {
		return out, renderError(doc, w.dir, extensions, err)
	}
	return out, nil
}

func (w *Worker) checkExtensions(doc *spec.Document, extensions []string) error {
	var problems diag.List
	for i, name := range extensions {
		if !w.files.Exists(resolve(w.dir, name)) {
			path := []any{"extend", i}
			problems.Add(diag.Diagnostic{
				Place: doc.Place(path), Path: path,
				Message: "there is no file " + name, Fix: "paths are relative to the spec",
			})
		}
	}
	return problems.ErrorOrNil()
}
