package compile

import (
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Reading returns a compiler that shares what does not depend on the users'
// files, and reads those from files: another state of them.
func (c *Compiler) Reading(files filesys.FileSystem) *Compiler {
	other := *c
	other.files = files
	other.overlays = c.overlays.Reading(files)
	return &other
}

// Lenient returns a worker that makes the same and evaluates no rules: for a
// state that is only compared with, and was not written by the rules of today.
func (w *Worker) Lenient() *Worker {
	other := *w
	other.lenient = true
	return &other
}
