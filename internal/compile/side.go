package compile

import (
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"hagen/internal/secret"
)

// Reading returns a compiler that shares what does not depend on the users'
// files, and reads those from files: another state of them.
func (c *Compiler) Reading(files filesys.FileSystem) *Compiler {
	other := *c
	other.files = files
	other.overlays = c.overlays.Reading(files)
	return &other
}

// Fingerprints returns those of the cluster's secrets, by the name of the
// Secret and the key. Values of a SOPS file change with every encryption; these
// change with the secret.
func (s Site) Fingerprints() map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, object := range s.Base {
		text := object.Annotation(secret.AnnotationFingerprints)
		if text == "" || !strings.HasSuffix(object.Kind(), "Secret") {
			continue
		}
		prints := map[string]string{}
		if json.Unmarshal([]byte(text), &prints) == nil {
			found[object.Name()] = prints
		}
	}
	return found
}

// Lenient returns a worker that makes the same and evaluates no rules: for a
// state that is only compared with, and was not written by the rules of today.
func (w *Worker) Lenient() *Worker {
	other := *w
	other.lenient = true
	return &other
}
