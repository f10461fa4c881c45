package secret

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// Objects returns the Secrets of the cluster as they lie in the folder, with
// the metadata of now: that is not part of what was encrypted. Their fingerprints
// go with them: checksums are taken from those, and the targets compared by them.
func (f Folder) Objects(need Need) ([]artifact.Object, error) {
	var objects []artifact.Object
	for _, s := range need.Cluster {
		path := ClusterFile(s.Name)
		object, err := decodeObject(f.Files[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		prints, err := artifact.FingerprintText(s.prints(f.Index.Files[path].Holds))
		if err != nil {
			return nil, err
		}
		object["metadata"] = s.metadata(map[string]any{
			artifact.AnnotationComponent:    "secrets",
			artifact.AnnotationFolder:       "secrets",
			artifact.AnnotationFingerprints: prints,
		})
		if template := artifact.Map(artifact.Map(object["spec"])["template"]); template != nil {
			template["metadata"] = s.metadata(nil)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// prints says of each key what it holds, as the annotation does.
func (s Secret) prints(holds map[string]string) map[string]string {
	prints := map[string]string{}
	for _, item := range s.Items {
		prints[item.Key] = holds[item.Key]
		if item.Material != "" {
			prints[item.Key] = artifact.KeyPrint(item.Key, item.Material, holds[item.Key])
		}
	}
	return prints
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
	text, err := artifact.FingerprintText(prints)
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
		annotations[artifact.AnnotationFingerprints] = text
	}
	return nil
}
