package unwrap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

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
	sum := checksum(podReads(pod), index)
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

// checksum covers what is read of the objects that there are. Of a Secret whose
// fingerprints are known, it is those of the keys that are read: what is
// encrypted anew is not yet changed, and another key is not this pod's.
func checksum(read reads, index index) string {
	hash := sha256.New()
	known := false
	for _, name := range slices.Sorted(maps.Keys(read)) {
		object, ok := index[name]
		if !ok {
			continue
		}
		known = true
		content := map[string]any{
			"name": name, "data": object["data"], "binaryData": object["binaryData"], "stringData": object["stringData"],
		}
		if object.Annotation(artifact.AnnotationFingerprints) != "" {
			content = map[string]any{"name": name, "sum": sumOf(read.prints(name, object))}
		}
		encoded, _ := json.Marshal(content)
		hash.Write(encoded)
	}
	if !known {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// reads holds the ConfigMaps and Secrets that a pod reads, as Kind/name, each
// with the keys that are read; the empty key stands for all.
type reads map[string]map[string]bool

func (r reads) add(kind string, name any, keys ...string) {
	text := artifact.Text(name)
	if text == "" {
		return
	}
	id := kind + "/" + text
	if r[id] == nil {
		r[id] = map[string]bool{}
	}
	for _, key := range keys {
		r[id][key] = true
	}
}

// prints returns the fingerprints of an object and the keys to look at.
func (r reads) prints(name string, object artifact.Object) (map[string]string, []string) {
	prints := object.Fingerprints()
	if r[name][""] {
		return prints, slices.Collect(maps.Keys(prints))
	}
	return prints, slices.Collect(maps.Keys(r[name]))
}

func podReads(pod map[string]any) reads {
	found := reads{}
	for _, item := range artifact.List(pod["volumes"]) {
		found.volume(artifact.Map(item))
	}
	for _, list := range []string{"initContainers", "containers"} {
		for _, item := range artifact.List(pod[list]) {
			found.container(artifact.Map(item))
		}
	}
	return found
}

func (r reads) volume(volume map[string]any) {
	config, secret := artifact.Map(volume["configMap"]), artifact.Map(volume["secret"])
	r.add("ConfigMap", config["name"], itemKeys(config)...)
	r.add("Secret", secret["secretName"], itemKeys(secret)...)
	for _, item := range artifact.List(artifact.Map(volume["projected"])["sources"]) {
		source := artifact.Map(item)
		config, secret := artifact.Map(source["configMap"]), artifact.Map(source["secret"])
		r.add("ConfigMap", config["name"], itemKeys(config)...)
		r.add("Secret", secret["name"], itemKeys(secret)...)
	}
}

// itemKeys lists the keys that a volume takes; without items it takes all.
func itemKeys(source map[string]any) []string {
	items := artifact.List(source["items"])
	if len(items) == 0 {
		return []string{""}
	}
	var keys []string
	for _, item := range items {
		keys = append(keys, artifact.Text(artifact.Map(item)["key"]))
	}
	return keys
}

func (r reads) container(container map[string]any) {
	for _, item := range artifact.List(container["envFrom"]) {
		source := artifact.Map(item)
		r.add("ConfigMap", artifact.Map(source["configMapRef"])["name"], "")
		r.add("Secret", artifact.Map(source["secretRef"])["name"], "")
	}
	for _, item := range artifact.List(container["env"]) {
		from := artifact.Map(artifact.Map(item)["valueFrom"])
		config, secret := artifact.Map(from["configMapKeyRef"]), artifact.Map(from["secretKeyRef"])
		r.add("ConfigMap", config["name"], artifact.Text(config["key"]))
		r.add("Secret", secret["name"], artifact.Text(secret["key"]))
	}
}
