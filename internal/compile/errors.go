package compile

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/overlay"
	"hagen/internal/spec"
)

// overlayError places Kustomize's error at the overlay in the spec.
func overlayError(doc *spec.Document, overlays []overlay.Overlay, err error) error {
	var failure overlay.Failure
	if !errors.As(err, &failure) {
		return err
	}
	for i, o := range overlays {
		if o.Name == failure.Overlay && !o.Shipped {
			path := []any{"overlays", i}
			return diag.Diagnostic{
				Place: doc.Place(path), Path: path,
				Message: "the overlay " + o.Name + " cannot be applied",
				Reason:  strings.ReplaceAll(failure.Error(), o.Dir, o.Name),
				Fix:     "look at " + o.Name + ", a path relative to the spec",
			}
		}
	}
	return err
}

// filesError places an error of turning objects into files: at the overlay after which
// they can be turned no more, else at the user's Jsonnet, else at the spec.
func (w *Worker) filesError(r rendering, base []artifact.Object, sealed sealed, overlays []overlay.Overlay, err error) error {
	var path []any
	if len(texts(r.root["extend"])) > 0 {
		path = []any{"extend"}
	}
	if _, broken := filesOf(base, sealed); broken == nil {
		for i := range overlays {
			patched, failed := w.overlays.Apply(base, overlays[:i+1])
			if _, broken := filesOf(patched, sealed); failed == nil && broken != nil {
				path = []any{"overlays", i}
				break
			}
		}
	}
	var list diag.List
	for _, d := range diag.Flatten(clash(err)) {
		d.Path, d.Place = path, diag.Start(r.doc.File)
		if path != nil {
			d.Place = r.doc.Place(path)
		}
		list.Add(d)
	}
	return list.ErrorOrNil()
}

// clash says which objects want one path.
func clash(err error) error {
	var two artifact.ClashError
	if !errors.As(err, &two) {
		return err
	}
	var made []string
	for _, key := range two.From {
		made = append(made, artifact.IDOf(key))
	}
	return diag.Diagnostic{
		Message: two.Error() + ", made of " + strings.Join(slices.Compact(slices.Sorted(slices.Values(made))), " and "),
		Reason:  "one would replace the other",
		Fix:     "patch the object that makes it: the text of a file that is mounted lies in a ConfigMap",
	}
}

// renderError places an error of the evaluation at the user's extensions,
// where there are any: the library alone does not fail on a valid spec. Dir is
// the folder of the spec; messages name files as the spec does.
func renderError(doc *spec.Document, dir string, extensions []string, err error) error {
	var d diag.Diagnostic
	if !errors.As(err, &d) {
		return err
	}
	asInSpec := strings.NewReplacer(dir+string(filepath.Separator), "")
	d.Message = "the Jsonnet cannot be evaluated: " + strings.TrimSuffix(asInSpec.Replace(d.Message), ".")
	d.Reason = asInSpec.Replace(d.Reason)
	if len(extensions) == 0 {
		d.Place = diag.Start(doc.File)
		return d
	}
	d.Path = []any{"extend"}
	for i, name := range extensions {
		if strings.Contains(d.Message+d.Reason, name) {
			d.Path = []any{"extend", i}
			break
		}
	}
	d.Place = doc.Place(d.Path)
	return d
}

// fileError is the plain reason of a file error, without the path that the
// message names already.
func fileError(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
