package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// digestOf hashes the names and bytes of embedded folders that files are made
// from. What is baked from other files says nothing new, and is not always
// there; rules make nothing.
func digestOf(folders ...fs.FS) (string, error) {
	hash := sha256.New()
	for _, folder := range folders {
		err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || makesNothing(path) {
				return err
			}
			data, err := fs.ReadFile(folder, path)
			if err != nil {
				return err
			}
			fmt.Fprintf(hash, "%s\x00%d\x00", path, len(data))
			hash.Write(data)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func makesNothing(path string) bool {
	return strings.HasPrefix(path, "baked/") || strings.HasPrefix(path, "rules/") || path == "parity.yaml" || path == "failures.yaml"
}

// digestOfSpec hashes what the spec says, not how it is written: a comment
// changes nothing.
func digestOfSpec(root map[string]any, files map[string]string) string {
	data, _ := json.Marshal([]any{root, files})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
