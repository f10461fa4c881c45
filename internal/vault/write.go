package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"hagen/internal/material"
	"hagen/internal/secret"
)

// write puts the files in their places, each in one step, and removes those
// of Secrets that are gone.
func (v *Vault) write(files map[string][]byte, index secret.Index) ([]string, error) {
	data, err := index.Encode()
	if err != nil {
		return nil, err
	}
	order := []string{secret.StoreFile}
	for path := range files {
		if path != secret.StoreFile {
			order = append(order, path)
		}
	}
	slices.Sort(order[1:])
	var changed []string
	for _, path := range append(order, secret.IndexFile) {
		content, ok := files[path]
		if !ok {
			content = data
		}
		wrote, err := v.put(path, content)
		if err != nil {
			return changed, err
		}
		if wrote {
			changed = append(changed, path)
		}
	}
	gone, err := v.remove(files)
	return append(changed, gone...), err
}

// put replaces one file if its bytes differ.
func (v *Vault) put(path string, data []byte) (bool, error) {
	target := filepath.Join(v.dir, filepath.FromSlash(path))
	if old, err := os.ReadFile(target); err == nil && string(old) == string(data) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return false, err
	}
	f, err := os.CreateTemp(filepath.Dir(target), ".hagen-new-")
	if err != nil {
		return false, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	// Encrypted, and meant for Git: everybody may read it.
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return false, err
	}
	return true, os.Rename(f.Name(), target)
}

// remove removes files that the old index names and the new one does not.
func (v *Vault) remove(files map[string][]byte) ([]string, error) {
	var gone []string
	for path := range v.folder.Index.Files {
		if _, kept := files[path]; kept || !filepath.IsLocal(filepath.FromSlash(path)) {
			continue
		}
		err := os.Remove(filepath.Join(v.dir, filepath.FromSlash(path)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return gone, err
		}
		gone = append(gone, path)
	}
	slices.Sort(gone)
	return gone, nil
}

func expires(value string) *time.Time {
	if end, ok := material.Expires(value); ok {
		return &end
	}
	return nil
}

// documentReaders lists the recipients of a document of SOPS, sorted.
func documentReaders(document []byte) ([]string, error) {
	var parsed struct {
		SOPS struct {
			Age []struct {
				Recipient string `yaml:"recipient"`
			} `yaml:"age"`
		} `yaml:"sops"`
	}
	if err := yaml.Unmarshal(document, &parsed); err != nil {
		return nil, errors.New("the encrypted file is not YAML, or damaged")
	}
	var readers []string
	for _, entry := range parsed.SOPS.Age {
		readers = append(readers, entry.Recipient)
	}
	slices.Sort(readers)
	return readers, nil
}
