// Package bundle reads and writes the folders below out/. A set of files goes
// in; what is on the disk afterwards is either the old folder or the new one,
// never a mixture.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hagen/internal/artifact"
)

// ManifestName is the file that lists what hagen made in a folder.
const ManifestName = "manifest.json"

// Manifest says what a folder holds and what it was made from. Only files
// that are listed here are ever replaced or removed.
type Manifest struct {
	// Format is the version of this structure.
	Format int `json:"format"`
	// Name and Environment are those of the spec.
	Name        string `json:"name"`
	Environment string `json:"environment,omitempty"`
	// Harbor and Hagen are versions.
	Harbor string `json:"harbor"`
	Hagen  string `json:"hagen"`
	// Spec and Library are SHA-256 digests: of the spec with its defaults and
	// the files that it names, and of the library, overlays and schema.
	Spec    string `json:"spec"`
	Library string `json:"library"`
	// Page is what the page of all registries says of this one, if it has pages.
	Page *Page `json:"page,omitempty"`
	// Files are sorted by path.
	Files []Entry `json:"files"`
}

// Page is a registry in a few words: its address, how many machines it runs on,
// and whether on Kubernetes.
type Page struct {
	URL        string `json:"url,omitempty"`
	Nodes      int    `json:"nodes,omitempty"`
	Kubernetes bool   `json:"kubernetes,omitempty"`
}

// Entry is one file of a manifest; Size is in bytes.
type Entry struct {
	Path      string `json:"path"`
	SHA256    string `json:"sha256"`
	Size      int    `json:"size"`
	Component string `json:"component,omitempty"`
}

// manifestFile completes a manifest with the files of a set and encodes it.
func manifestFile(m Manifest, set artifact.Set) (artifact.File, error) {
	m.Format = 1
	m.Files = make([]Entry, len(set))
	for i, file := range set {
		m.Files[i] = Entry{Path: file.Path, SHA256: file.SHA256(), Size: len(file.Data), Component: file.Component}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	return artifact.File{Path: ManifestName, Data: append(data, '\n')}, err
}

// ReadManifest reads the manifest of a folder. A folder without one, or none
// at all, is fs.ErrNotExist.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	data, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, manifestError(filepath.Join(dir, ManifestName), err)
	}
	return m, nil
}

func manifestError(file string, err error) error { return fmt.Errorf("%s: %w", file, err) }

// known returns the paths that hagen made in dir, its own manifest included,
// and those of folders inside that have a manifest of their own.
func known(dir string) (map[string]bool, error) {
	paths := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() != ManifestName || entry.IsDir() {
			return nil
		}
		return addKnown(paths, dir, filepath.Dir(path))
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return paths, err
}

func addKnown(paths map[string]bool, dir, below string) error {
	m, err := ReadManifest(below)
	if err != nil {
		return err
	}
	prefix, err := filepath.Rel(dir, below)
	if err != nil {
		return err
	}
	paths[filepath.Join(prefix, ManifestName)] = true
	for _, file := range m.Files {
		paths[filepath.Join(prefix, filepath.FromSlash(file.Path))] = true
	}
	return nil
}
