package compile

import (
	"errors"
	"io/fs"
	"strings"

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
				Message: "the overlay " + failure.Overlay + " cannot be applied",
				Reason:  failure.Error(),
				Fix:     "look at " + o.Dir,
			}
		}
	}
	return err
}

// renderError places an error of the evaluation at the user's extensions,
// where there are any: the library alone does not fail on a valid spec.
func renderError(doc *spec.Document, extensions []string, err error) error {
	var d diag.Diagnostic
	if !errors.As(err, &d) {
		return err
	}
	d.Message = "the Jsonnet cannot be evaluated: " + d.Message
	if len(extensions) == 0 {
		d.Place = diag.Place{File: doc.File}
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
