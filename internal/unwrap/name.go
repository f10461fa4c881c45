package unwrap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"hagen/internal/artifact"
)

// named gives an object that asks for it the name of its content: what the API
// server does not let anybody change is another object when it changes, as a
// ConfigMap of Kustomize is. The suffix has the length of Kustomize's, by which
// `hagen diff` knows it.
func named(object artifact.Object) artifact.Object {
	if object.Annotation(artifact.AnnotationName) != "content" {
		return object
	}
	encoded, _ := json.Marshal(object["spec"])
	sum := sha256.Sum256(encoded)
	metadata := clone(artifact.Map(object["metadata"]))
	metadata["name"] = object.Name() + "-" + hex.EncodeToString(sum[:])[:10]
	object = clone(object)
	object["metadata"] = metadata
	return object
}
