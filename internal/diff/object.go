package diff

import (
	"cmp"
	"maps"
	"path"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/parse"
)

// object reads an object of the cluster: the texts of a ConfigMap in their own
// formats, of a Secret the names only.
func (m *Model) object(file artifact.File, object map[string]any) *Entity {
	o := artifact.Object(object)
	group, _, ok := strings.Cut(o.APIVersion(), "/")
	if !ok {
		group = ""
	}
	e := &Entity{
		Object:     Object{Target: kubernetes, Kind: o.Kind(), Namespace: o.Namespace(), Name: o.Name(), Group: group},
		executable: file.Executable,
	}
	switch {
	case e.Name != "":
	case e.Kind == "Kustomization":
		e.Name = path.Dir(file.Path)
	default:
		e.Name = file.Path
	}
	e.Value = m.objectValue(o)
	return e
}

func (m *Model) objectValue(o artifact.Object) any {
	n := normalizer{lists: m.lists}
	out := map[string]any{}
	prints := o.Fingerprints()
	for _, key := range sortedKeys(o) { // stringData comes after data, and counts
		value := o[key]
		switch {
		case key == "metadata" && o.Carried() != nil:
			out[key] = n.value(key, unprinted(artifact.Map(value)))
		case o.Kind() == "ConfigMap" && key == "data":
			out[key] = n.texts(artifact.Map(value))
		case o.Kind() == "Secret" && (key == "data" || key == "stringData"):
			out["data"] = merged(out["data"], secretValues(prints, artifact.Map(value)))
		case o.Kind() == "Secret" && key == "sops":
			out[key] = encryption(artifact.Map(value))
		case o.Kind() == "SealedSecret" && key == "spec":
			out[key] = sealedSpec(n, prints, artifact.Map(value))
		default:
			out[key] = n.value(key, value)
		}
	}
	return out
}

// unprinted returns metadata without the fingerprints, which are told with the
// values that they are of.
func unprinted(metadata map[string]any) map[string]any {
	annotations := maps.Clone(artifact.Map(metadata["annotations"]))
	if _, ok := annotations[artifact.AnnotationFingerprints]; !ok {
		return metadata
	}
	metadata = maps.Clone(metadata)
	delete(annotations, artifact.AnnotationFingerprints)
	metadata["annotations"] = annotations
	if len(annotations) == 0 {
		delete(metadata, "annotations")
	}
	return metadata
}

func merged(before any, values map[string]any) map[string]any {
	out := maps.Clone(artifact.Map(before))
	if out == nil {
		return values
	}
	maps.Copy(out, values)
	return out
}

// texts reads the entries of a ConfigMap.
func (n normalizer) texts(data map[string]any) any {
	out := map[string]any{}
	for key, value := range data {
		text, ok := value.(string)
		if !ok {
			out[key] = n.value(key, value)
			continue
		}
		out[key] = n.text(key, text)
	}
	return out
}

// secretValues hides the values of a Secret. SOPS and sealed-secrets encrypt
// anew what has not changed: the fingerprint tells.
func secretValues(prints map[string]string, data map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range data {
		text := artifact.Text(value)
		if strings.HasPrefix(text, "ENC[") {
			out[key] = sealKey(prints, key, text)
			continue
		}
		out[key] = hide(identity(value))
	}
	return out
}

func sealedSpec(n normalizer, prints map[string]string, spec map[string]any) any {
	out := map[string]any{}
	for key, value := range spec {
		if key != "encryptedData" {
			out[key] = n.value(key, value)
			continue
		}
		sealed := map[string]any{}
		for name, text := range artifact.Map(value) {
			sealed[name] = sealKey(prints, name, artifact.Text(text))
		}
		out[key] = sealed
	}
	return out
}

// sealKey hides the ciphertext of a key behind the fingerprint of what it holds.
func sealKey(prints map[string]string, key, ciphertext string) Hidden {
	_, print := artifact.Material(key, prints[key])
	return seal(ciphertext, print)
}

// encryption keeps of what SOPS notes who can read the file; the rest changes
// with every encryption.
func encryption(sops map[string]any) any {
	var readers []any
	for _, kind := range []string{"age", "kms", "gcp_kms", "azure_kv", "hc_vault", "pgp"} {
		for _, item := range artifact.List(sops[kind]) {
			entry := artifact.Map(item)
			reader := cmp.Or(artifact.Text(entry["recipient"]), artifact.Text(entry["arn"]), artifact.Text(entry["resource_id"]),
				artifact.Text(entry["vault_address"]), artifact.Text(entry["vaultUrl"]), artifact.Text(entry["fp"]))
			readers = append(readers, kind+" "+reader)
		}
	}
	return map[string]any{"recipients": readers}
}

// print returns the fingerprint of a material that a node has, as its bundle
// tells it.
func (m *Model) print(node, material string) string {
	if m.nodePrints == nil {
		m.readPrints()
	}
	return m.nodePrints[node][material]
}

// readPrints reads the lists of the bundles.
func (m *Model) readPrints() {
	m.nodePrints = map[string]map[string]string{}
	for node := range m.nodes() {
		prints := map[string]string{}
		for name, print := range artifact.Map(m.secretsOf(node)["fingerprint"]) {
			prints[name] = artifact.Text(print)
		}
		m.nodePrints[node] = prints
	}
}

// nodeSecrets is the encrypted file of a bundle: lines "secret NAME" and the
// value in the armour of age.
const nodeSecrets = "secrets.age"

func (m *Model) sealedFile(file artifact.File, node, name string) *Entity {
	values := map[string]any{}
	for i, piece := range strings.Split("\n"+file.Text(), "\nsecret ") {
		material, armour, ok := strings.Cut(piece, "\n")
		if i == 0 || !ok {
			continue
		}
		values[strings.TrimSpace(material)] = seal(armour, m.print(node, strings.TrimSpace(material)))
	}
	return &Entity{
		Object: Object{Target: vm, Kind: "file", Name: name}, Place: Place{Node: node},
		Value: doc{parse.Document{Format: "age", Value: values}, file.Text()}, data: file.Text(), executable: file.Executable,
	}
}
