package live

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// servers are the fields of metadata that the API server writes.
var servers = []string{"managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"}

// lastApplied is what kubectl apply without --server-side keeps of a manifest.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// plain is an object without what the API server and its controllers note.
func plain(o artifact.Object) artifact.Object {
	out := maps.Clone(o)
	delete(out, "status")
	metadata := maps.Clone(artifact.Map(o["metadata"]))
	for _, key := range servers {
		delete(metadata, key)
	}
	if annotations := artifact.Map(metadata["annotations"]); annotations[lastApplied] != nil {
		annotations = maps.Clone(annotations)
		delete(annotations, lastApplied)
		metadata["annotations"] = annotations
		if len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	out["metadata"] = metadata
	return out
}

// before is what the cluster has.
func (i *item) before(known Known) artifact.Object {
	if !i.encrypted {
		return plain(i.live)
	}
	return asEncrypted(i.wanted, i.live, known.Marks, i.opened)
}

// after is what it would have. Of an object that is new or refused there is
// the manifest alone.
func (i *item) after() artifact.Object {
	if i.result == nil {
		return i.wanted
	}
	return plain(i.result)
}

// asEncrypted is a Secret of the cluster beside its encrypted manifest: a value
// that both have counts as equal unless the opened one is another, or the
// fingerprint that was applied with it.
func asEncrypted(wanted, live artifact.Object, marks []string, opened map[string]string) artifact.Object {
	out := maps.Clone(plain(live))
	metadata := artifact.Map(out["metadata"])
	annotations := maps.Clone(artifact.Map(artifact.Map(wanted["metadata"])["annotations"]))
	delete(metadata, "annotations")
	if annotations != nil {
		delete(annotations, artifact.AnnotationFingerprints)
		if prints := live.Annotation(artifact.AnnotationFingerprints); prints != "" {
			annotations[artifact.AnnotationFingerprints] = prints
		}
		if len(annotations) > 0 {
			metadata["annotations"] = annotations
		}
	}
	if labels := artifact.Map(metadata["labels"]); labels != nil {
		labels = maps.Clone(labels)
		maps.DeleteFunc(labels, func(key string, _ any) bool { return slices.Contains(marks, key) })
		metadata["labels"] = labels
	}
	field := "stringData"
	if wanted["data"] != nil {
		field = "data"
	}
	there, encrypted := valuesOf(live), artifact.Map(wanted[field])
	values := maps.Clone(artifact.Map(live["data"]))
	for key := range values {
		if text, ok := encrypted[key]; ok && (opened == nil || opened[key] == there[key]) {
			values[key] = text
		}
	}
	delete(out, "data")
	out[field], out["sops"] = values, wanted["sops"]
	return out
}

// valuesOf are the values of a Secret.
func valuesOf(secret artifact.Object) map[string]string {
	values := map[string]string{}
	for key, value := range artifact.Map(secret["data"]) {
		if text, err := base64.StdEncoding.DecodeString(artifact.Text(value)); err == nil {
			values[key] = string(text)
		}
	}
	for key, value := range artifact.Map(secret["stringData"]) {
		values[key] = artifact.Text(value)
	}
	return values
}

// marked is a manifest with the marks that an engine put on the object.
func marked(wanted, live artifact.Object, marks []string) artifact.Object {
	out := maps.Clone(wanted)
	metadata := maps.Clone(artifact.Map(wanted["metadata"]))
	for _, field := range []string{"labels", "annotations"} {
		there := artifact.Map(artifact.Map(live["metadata"])[field])
		kept := maps.Clone(artifact.Map(metadata[field]))
		for _, mark := range marks {
			if value, ok := there[mark]; ok && kept[mark] == nil {
				if kept == nil {
					kept = map[string]any{}
				}
				kept[mark] = value
			}
		}
		if kept != nil {
			metadata[field] = kept
		}
	}
	out["metadata"] = metadata
	return out
}

// same tells whether the cluster's object is the one that a manifest means. A
// manifest without a namespace means that of the context.
func same(wanted, live artifact.Object) bool {
	return wanted.Kind() == live.Kind() && wanted.Name() == live.Name() && group(wanted) == group(live) &&
		(wanted.Namespace() == live.Namespace() || wanted.Namespace() == "" || live.Namespace() == "")
}

func group(o artifact.Object) string {
	group, _, found := strings.Cut(o.APIVersion(), "/")
	if !found {
		return ""
	}
	return group
}

// decode reads what kubectl prints: an object, a list, or nothing.
func decode(data []byte) ([]artifact.Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, errors.New("kubectl printed what is not JSON")
	}
	value = numbers(value).(map[string]any)
	if value["kind"] != "List" {
		return []artifact.Object{value}, nil
	}
	var objects []artifact.Object
	for _, entry := range artifact.List(value["items"]) {
		objects = append(objects, artifact.Map(entry))
	}
	return objects, nil
}

// numbers turns those of JSON into those of a manifest.
func numbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			return whole
		}
		number, _ := v.Float64()
		return number
	case map[string]any:
		for key, entry := range v {
			v[key] = numbers(entry)
		}
	case []any:
		for at, entry := range v {
			v[at] = numbers(entry)
		}
	}
	return value
}
