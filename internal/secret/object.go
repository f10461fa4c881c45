package secret

import (
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// AnnotationFingerprints holds the fingerprints of what an object carries, as
// JSON, until it is written: checksums are taken from them, because the
// ciphertext changes when a recipient does.
const AnnotationFingerprints = artifact.AnnotationPrefix + "fingerprints"

// Objects returns the Secrets of the cluster as they lie in the folder, with
// the metadata of now: that is not part of what was encrypted.
func (f Folder) Objects(need Need) ([]artifact.Object, error) {
	var objects []artifact.Object
	for _, s := range need.Cluster {
		path := ClusterFile(s.Name)
		object, err := decodeObject(f.Files[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		prints, err := json.Marshal(f.Index.Files[path].Holds)
		if err != nil {
			return nil, err
		}
		object["metadata"] = s.metadata(map[string]any{
			artifact.AnnotationComponent: "secrets",
			artifact.AnnotationFolder:    "secrets",
			AnnotationFingerprints:       string(prints),
		})
		if template := artifact.Map(artifact.Map(object["spec"])["template"]); template != nil {
			template["metadata"] = s.metadata(nil)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func decodeObject(data []byte) (artifact.Object, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil || node.Kind != yaml.DocumentNode {
		return nil, fmt.Errorf("it is not YAML, or damaged")
	}
	value, err := artifact.Value(&node)
	if err != nil {
		return nil, err
	}
	object := artifact.Map(value)
	if object == nil {
		return nil, fmt.Errorf("it holds no object")
	}
	return object, nil
}

func (s Secret) metadata(annotations map[string]any) map[string]any {
	metadata := map[string]any{"name": s.Name, "namespace": s.Namespace}
	if len(annotations) > 0 {
		metadata["annotations"] = annotations
	}
	if len(s.Labels) > 0 {
		labels := map[string]any{}
		for key, value := range s.Labels {
			labels[key] = value
		}
		metadata["labels"] = labels
	}
	return metadata
}

// Object returns a Secret with values in the clear, to be encrypted.
func (s Secret) Object(values map[string]string) artifact.Object {
	data := map[string]any{}
	for _, item := range s.Items {
		data[item.Key] = s.value(item, values)
	}
	return artifact.Object{
		"apiVersion": "v1", "kind": "Secret", "type": s.Type,
		"metadata": s.metadata(nil), "stringData": data,
	}
}

func (s Secret) value(item Item, values map[string]string) string {
	if item.Material == "" {
		return item.Value
	}
	return values[item.Material]
}

// Data lists the keys of a Secret with their values in the clear.
func (s Secret) Data(values map[string]string) map[string]string {
	data := map[string]string{}
	for _, item := range s.Items {
		data[item.Key] = s.value(item, values)
	}
	return data
}

// SealedObject returns a SealedSecret of ciphertexts.
func (s Secret) SealedObject(encrypted map[string]string) artifact.Object {
	data := map[string]any{}
	for key, value := range encrypted {
		data[key] = value
	}
	return artifact.Object{
		"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
		"metadata": s.metadata(nil),
		"spec": map[string]any{
			"encryptedData": data,
			"template":      map[string]any{"type": s.Type, "metadata": s.metadata(nil)},
		},
	}
}

// Annotate puts the fingerprints of all materials on the bundles, from which
// their services' checksums are taken.
func (f Folder) Annotate(objects []artifact.Object) error {
	prints := map[string]string{}
	for name, entry := range f.Index.Secrets {
		prints[name] = entry.Fingerprint
	}
	data, err := json.Marshal(prints)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if object.Kind() != "Bundle" {
			continue
		}
		metadata := artifact.Map(object["metadata"])
		annotations := artifact.Map(metadata["annotations"])
		if annotations == nil {
			annotations = map[string]any{}
			metadata["annotations"] = annotations
		}
		annotations[AnnotationFingerprints] = string(data)
	}
	return nil
}
