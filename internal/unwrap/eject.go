package unwrap

import (
	"fmt"
	"io/fs"

	"hagen/internal/artifact"
)

// Eject returns the objects before the user's overlays as a kustomization of
// plain files, with the schema and the transformers that let Kustomize patch
// hagen's own kinds. The two come from the folder of shipped overlays.
func Eject(objects []artifact.Object, shipped fs.FS) ([]artifact.File, error) {
	var files []artifact.File
	taken := map[string]bool{}
	var names []any
	for _, object := range objects {
		data, err := artifact.EncodeYAML(object)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", object.ID(), err)
		}
		name := fileName("base", object, taken)
		names = append(names, name)
		files = append(files, artifact.File{Path: name, Data: data})
	}
	for _, name := range []string{"openapi.json", "transformers.yaml"} {
		data, err := fs.ReadFile(shipped, name)
		if err != nil {
			return nil, err
		}
		files = append(files, artifact.File{Path: name, Data: data})
	}
	data, err := artifact.EncodeYAML(map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": names,
		"configurations": []any{"transformers.yaml"}, "openapi": map[string]any{"path": "openapi.json"},
	})
	return append(files, artifact.File{Path: "kustomization.yaml", Data: data}), err
}
