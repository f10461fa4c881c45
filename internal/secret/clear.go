package secret

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hagen/internal/artifact"
)

// PrivateKeys are texts that stand in every private key: of age, and in PEM.
func PrivateKeys() []string {
	texts := []string{"AGE-SECRET-KEY-1"}
	for _, kind := range []string{"RSA ", "EC ", "OPENSSH ", ""} {
		texts = append(texts, "-----BEGIN "+kind+"PRIVATE KEY-----")
	}
	return texts
}

// encrypted begins a value that SOPS wrote.
const encrypted = "ENC["

// block is what stands in the file of the nodes, and nothing else does.
var block = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)\A(secret [a-z0-9_.-]+\n-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n)*\z`)
})

// InClear lists what in rendered files is secret and not encrypted: private keys,
// values of Secrets, parts of the file of the nodes. It names files and keys, and
// no value.
func InClear(files artifact.Set) []string {
	var found []string
	keys := PrivateKeys()
	for _, file := range files {
		if slices.ContainsFunc(keys, func(text string) bool { return bytes.Contains(file.Data, []byte(text)) }) {
			found = append(found, file.Path+" holds a private key")
			continue
		}
		for _, key := range plainValues(file) {
			found = append(found, fmt.Sprintf("%s holds %s of a Secret", file.Path, key))
		}
		if path.Base(file.Path) == NodeFile && !block().Match(file.Data) {
			found = append(found, file.Path+" holds something that age did not encrypt")
		}
	}
	return found
}

// plainValues lists the keys of a Secret whose values everybody can read.
func plainValues(file artifact.File) []string {
	if ext := path.Ext(file.Path); ext != ".yaml" && ext != ".yml" && ext != ".json" || !bytes.Contains(file.Data, []byte("Secret")) {
		return nil
	}
	object := artifact.Object(file.Table())
	if object.Kind() != "Secret" {
		return nil
	}
	var found []string
	for _, field := range []string{"data", "stringData"} {
		values := artifact.Map(object[field])
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if text, ok := values[key].(string); !ok || text != "" && !strings.HasPrefix(text, encrypted) {
				found = append(found, field+"."+key)
			}
		}
	}
	return found
}
