package vault

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hagen/internal/material"
	"hagen/internal/secret"
)

// write puts the files in their places. All are written beside those first,
// so that a full disk changes nothing; then each is exchanged in one step, and
// at last those of Secrets that are gone are removed.
func (v *Vault) write(files map[string][]byte, index secret.Index) ([]string, error) {
	data, err := index.Encode()
	if err != nil {
		return nil, err
	}
	contents := maps.Clone(files)
	contents[secret.IndexFile] = data
	v.sweep()
	staged := map[string]string{}
	defer func() {
		for _, name := range staged {
			os.Remove(name)
		}
	}()
	for path, content := range contents {
		if err := v.stage(path, content, staged); err != nil {
			return nil, err
		}
	}
	var changed []string
	for _, path := range order(staged) {
		if err := os.Rename(staged[path], v.path(path)); err != nil {
			return changed, err
		}
		changed = append(changed, path)
	}
	gone, err := v.remove(files)
	return append(changed, gone...), err
}

func (v *Vault) path(path string) string {
	return filepath.Join(v.dir, filepath.FromSlash(path))
}

// order puts the store first and the index last: whenever the exchange is cut
// off, the truth is whole, and what follows from it is known to be old.
func order(staged map[string]string) []string {
	rank := map[string]int{secret.StoreFile: -1, secret.IndexFile: 1}
	return slices.SortedFunc(maps.Keys(staged), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a, b))
	})
}

// temporary begins the names of files that are not in their places yet.
const temporary = ".hagen-new-"

// stage writes a file beside its place if its bytes differ.
func (v *Vault) stage(path string, data []byte, staged map[string]string) error {
	target := v.path(path)
	if old, err := os.ReadFile(target); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(target), temporary)
	if err != nil {
		return err
	}
	staged[path] = f.Name()
	_, err = f.Write(data)
	// Encrypted, and meant for Git: everybody may read it.
	return errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
}

// sweep removes what a command left that was killed. The lock is held: nobody
// else writes here.
func (v *Vault) sweep() {
	for _, folder := range []string{v.dir, v.path(secret.ClusterFolder)} {
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), temporary) {
				os.Remove(filepath.Join(folder, entry.Name()))
			}
		}
	}
}

// remove removes files that the old index names and the new one does not.
func (v *Vault) remove(files map[string][]byte) ([]string, error) {
	var gone []string
	for path := range v.folder.Index.Files {
		if _, kept := files[path]; kept || !filepath.IsLocal(filepath.FromSlash(path)) {
			continue
		}
		err := os.Remove(v.path(path))
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
