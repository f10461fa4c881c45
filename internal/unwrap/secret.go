package unwrap

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// secretsLabel makes Compose recreate the containers whose secrets changed.
const secretsLabel = artifact.AnnotationPrefix + "secrets-checksum"

// secretNeeds gathers which secrets a bundle reads and where.
type secretNeeds struct {
	lines map[string]bool
	// owners is owner and mode of each file, readers the secrets of each service.
	owners  map[string]string
	readers map[string][]string
	names   map[string]bool
}

func newSecretNeeds() *secretNeeds {
	return &secretNeeds{
		lines: map[string]bool{}, owners: map[string]string{},
		readers: map[string][]string{}, names: map[string]bool{},
	}
}

func (n *secretNeeds) add(service, material string, words ...string) {
	n.lines[strings.Join(words, " ")] = true
	n.readers[service] = append(n.readers[service], material)
	n.names[material] = true
}

// variable notes that a service reads a secret as a variable.
func (b *bundle) variable(service, name string, reference map[string]any) {
	material := artifact.Text(reference["key"])
	if b.plainWords(service, service, name, material) {
		b.secrets.add(service, material, "variable", service, name, material)
	}
}

// secretFile notes that a service mounts a secret as a file.
func (b *bundle) secretFile(service string, secret map[string]any) {
	material, owner, mode := artifact.Text(secret["material"]), number(secret["owner"]), artifact.Text(secret["mode"])
	if !b.plainWords(service, material, owner, mode) {
		return
	}
	if before, ok := b.secrets.owners[material]; ok && before != owner+" "+mode {
		b.fail(service, "file %s is asked for with two owners or modes, %s and %s %s", material, before, owner, mode)
	}
	b.secrets.owners[material] = owner + " " + mode
	b.secrets.add(service, material, "file", material, owner, owner, mode)
}

// placedFiles notes the secrets that the node itself reads.
func (b *bundle) placedFiles(list any) {
	for _, item := range artifact.List(list) {
		secret := artifact.Map(item)
		material, owner, mode := artifact.Text(secret["material"]), number(secret["owner"]), artifact.Text(secret["mode"])
		place := artifact.Text(secret["path"])
		if !path.IsAbs(place) || strings.ContainsAny(place, " \t\r\n") {
			b.fail("(node)", "secret %s has no absolute path without blanks", material)
		} else if b.plainWords("(node)", material, owner, mode) {
			b.secrets.add("", material, "place", material, owner, owner, mode, place)
		}
	}
}

// plainWords wants words that a line of secrets.list can hold.
func (b *bundle) plainWords(service string, words ...string) bool {
	for _, word := range words {
		if !plainWord(word) {
			b.fail(service, "%q cannot be the name, owner or mode of a secret: letters, digits and _ . - only", word)
			return false
		}
	}
	return true
}

func plainWord(word string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	return word != "" && strings.Trim(word, letters+".-") == "" && strings.ContainsAny(word[:1], letters)
}

// labelSecrets puts the checksum of what a service reads on it.
func (b *bundle) labelSecrets(name string, service map[string]any) {
	sum := sumOf(b.fingerprints, b.secrets.readers[name])
	if sum == "" {
		return
	}
	if list, ok := service["labels"].([]any); ok {
		service["labels"] = append(slices.Clone(list), secretsLabel+"="+sum)
		return
	}
	labels := clone(artifact.Map(service["labels"]))
	labels[secretsLabel] = sum
	service["labels"] = labels
}

// sumOf is one checksum over the fingerprints of some names, or nothing if none
// of them has one.
func sumOf(prints map[string]string, names []string) string {
	hash := sha256.New()
	known := false
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if print, ok := prints[name]; ok {
			known = true
			hash.Write([]byte(name + "\x00" + print + "\x00"))
		}
	}
	if !known {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))[:16]
}

// secretsList is the file by which a node makes its secrets.
func (b *bundle) secretsList() {
	if len(b.secrets.lines) == 0 {
		return
	}
	var lines []string
	for line := range b.secrets.lines {
		lines = append(lines, line)
	}
	for name := range b.secrets.names {
		if print := b.fingerprints[name]; print != "" {
			lines = append(lines, "fingerprint "+name+" "+print)
		}
	}
	slices.Sort(lines)
	b.files = append(b.files, artifact.File{
		Path: b.folder + "/host/secrets.list", Data: []byte(strings.Join(lines, "\n") + "\n"),
		Component: b.object.Annotation(artifact.AnnotationComponent),
	})
}
