package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"strings"

	"hagen/internal/artifact"
)

// digestOf hashes the names and bytes of embedded folders that files are made
// from. What is baked from other files says nothing new, and is not always
// there; rules make nothing.
func digestOf(folders ...fs.FS) (string, error) {
	hash := sha256.New()
	for _, folder := range folders {
		if err := artifact.Hash(hash, folder, makesFiles); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func makesFiles(path string) bool {
	return !strings.HasPrefix(path, "baked/") && !strings.HasPrefix(path, "rules/") && path != "parity.yaml" && path != "failures.yaml"
}

// digestOfSpec hashes what the spec says, not how it is written: a comment
// changes nothing.
func digestOfSpec(root map[string]any, files map[string]string) string {
	data, _ := json.Marshal([]any{root, files})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
