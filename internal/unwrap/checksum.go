package unwrap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sort"

	"hagen/internal/artifact"
)

// checksumAnnotation stands on pod templates: pods read configuration at
// their start only, so a changed one must make new pods.
const checksumAnnotation = artifact.AnnotationPrefix + "config-checksum"

// withChecksum returns a workload with the checksum of all ConfigMaps and
// Secrets of this build that its pods read; other objects come back as they
// are.
func withChecksum(object artifact.Object, index index) artifact.Object {
	spec := artifact.Map(object["spec"])
	template := artifact.Map(spec["template"])
	pod := artifact.Map(template["spec"])
	if pod == nil || artifact.List(pod["containers"]) == nil {
		return object
	}
	names := podReferences(pod)
	sum := checksum(names, index)
	if sum == "" {
		return object
	}
	metadata := clone(artifact.Map(template["metadata"]))
	annotations := clone(artifact.Map(metadata["annotations"]))
	annotations[checksumAnnotation] = sum
	metadata["annotations"] = annotations
	template, spec, object = clone(template), clone(spec), clone(object)
	template["metadata"] = metadata
	spec["template"] = template
	object["spec"] = spec
	return object
}

func checksum(names []string, index index) string {
	hash := sha256.New()
	read := false
	for _, name := range names {
		object, ok := index[name]
		if !ok {
			continue
		}
		read = true
		content, _ := json.Marshal(map[string]any{
			"name": name, "data": object["data"], "binaryData": object["binaryData"], "stringData": object["stringData"],
		})
		hash.Write(content)
	}
	if !read {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// podReferences lists the ConfigMaps and Secrets that a pod reads, as
// Kind/name, sorted, each once.
func podReferences(pod map[string]any) []string {
	found := map[string]bool{}
	for _, item := range artifact.List(pod["volumes"]) {
		volumeReferences(artifact.Map(item), found)
	}
	for _, list := range []string{"initContainers", "containers"} {
		for _, item := range artifact.List(pod[list]) {
			containerReferences(artifact.Map(item), found)
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func volumeReferences(volume map[string]any, found map[string]bool) {
	reference(found, "ConfigMap", artifact.Map(volume["configMap"])["name"])
	reference(found, "Secret", artifact.Map(volume["secret"])["secretName"])
	for _, item := range artifact.List(artifact.Map(volume["projected"])["sources"]) {
		source := artifact.Map(item)
		reference(found, "ConfigMap", artifact.Map(source["configMap"])["name"])
		reference(found, "Secret", artifact.Map(source["secret"])["name"])
	}
}

func containerReferences(container map[string]any, found map[string]bool) {
	for _, item := range artifact.List(container["envFrom"]) {
		source := artifact.Map(item)
		reference(found, "ConfigMap", artifact.Map(source["configMapRef"])["name"])
		reference(found, "Secret", artifact.Map(source["secretRef"])["name"])
	}
	for _, item := range artifact.List(container["env"]) {
		from := artifact.Map(artifact.Map(item)["valueFrom"])
		reference(found, "ConfigMap", artifact.Map(from["configMapKeyRef"])["name"])
		reference(found, "Secret", artifact.Map(from["secretKeyRef"])["name"])
	}
}

func reference(found map[string]bool, kind string, name any) {
	if text := artifact.Text(name); text != "" {
		found[kind+"/"+text] = true
	}
}
