package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
)

// Strays returns the folders below name, relative to the output folder out,
// that hold an environment which is not in keep.
func Strays(out, name string, keep []string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(out, name))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		below := filepath.Join(name, entry.Name())
		m, err := ReadManifest(filepath.Join(out, below))
		if err == nil && m.Environment != "" && m.Name == name && !slices.Contains(keep, m.Environment) {
			found = append(found, below)
		}
	}
	return found, nil
}

// Retire removes the files that hagen made in the folder name itself, and
// leaves the folders of environments inside.
func (w *Writer) Retire(name string) error {
	dir := filepath.Join(w.out, name)
	m, err := ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	folders := map[string]bool{}
	for _, file := range m.Files {
		path := filepath.Join(dir, filepath.FromSlash(file.Path))
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for parent := filepath.Dir(path); len(parent) > len(dir); parent = filepath.Dir(parent) {
			folders[parent] = true
		}
	}
	removeEmpty(folders)
	return os.Remove(filepath.Join(dir, ManifestName))
}

// removeEmpty removes folders, the deepest first; one that still holds
// something stays.
func removeEmpty(folders map[string]bool) {
	paths := make([]string, 0, len(folders))
	for path := range folders {
		paths = append(paths, path)
	}
	sort.Slice(paths, func(i, j int) bool { return len(paths[i]) > len(paths[j]) })
	for _, path := range paths {
		os.Remove(path)
	}
}
