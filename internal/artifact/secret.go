package artifact

import (
	"encoding/json"
	"maps"
	"strings"
)

// AnnotationFingerprints holds which secrets an object brings, as a JSON object:
// key -> a text that changes with the value (see Material). It stands on Bundles,
// by the names of the materials, and on objects that bring a Secret. Where the
// values themselves are, it is written too: ciphertext tells nothing of them.
const AnnotationFingerprints = AnnotationPrefix + "fingerprints"

// Fingerprints returns what the annotation says, by key. One that is no such
// object says nothing.
func (o Object) Fingerprints() map[string]string {
	prints := map[string]string{}
	if text := o.Annotation(AnnotationFingerprints); text != "" && json.Unmarshal([]byte(text), &prints) != nil {
		return map[string]string{}
	}
	return prints
}

// FingerprintText is the annotation that says prints, a line for each, sorted.
func FingerprintText(prints map[string]string) (string, error) {
	data, err := json.MarshalIndent(prints, "", "  ")
	return string(data), err
}

// KeyPrint is what stands for one key: the fingerprint of its material, with the
// material's name where the key has another one.
func KeyPrint(key, material, print string) string {
	if key == material {
		return print
	}
	return material + "=" + print
}

// Material reads what stands for one key: the material that it holds and its
// fingerprint. A key whose value is not secret holds none; "=" and the value stand
// for it.
func Material(key, text string) (material, print string) {
	switch name, rest, named := strings.Cut(text, "="); {
	case !named:
		return key, text
	case name == "":
		return "", text
	default:
		return name, rest
	}
}

// Carried returns the values, encrypted or not, that an object itself brings to a
// Secret, by key; nil if it brings none.
func (o Object) Carried() map[string]any {
	switch o.Kind() {
	case "Secret":
		carried := maps.Clone(Map(o["data"]))
		if carried == nil {
			return Map(o["stringData"])
		}
		maps.Copy(carried, Map(o["stringData"]))
		return carried
	case "SealedSecret":
		return Map(Map(o["spec"])["encryptedData"])
	}
	return nil
}
