package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/google/go-jsonnet"
)

// libraryRoot marks names of the embedded library, so that no file of the
// user can be taken for one of the library by accident.
const libraryRoot = "hagen:/"

// Importer resolves imports: names of the library first relative to the
// importing library file, then from its root; the user's files relative to
// the importing file, then relative to the spec, then in the library.
type Importer struct {
	library fs.FS
	read    func(path string) ([]byte, error)
	dir     string
	cache   map[string]entry
}

type entry struct {
	contents jsonnet.Contents
	err      error
}

// NewImporter makes an importer for a library and for the user's files below
// dir, which are read by read.
func NewImporter(library fs.FS, dir string, read func(path string) ([]byte, error)) *Importer {
	return &Importer{library: library, read: read, dir: dir, cache: map[string]entry{}}
}

// Import implements jsonnet.Importer.
func (i *Importer) Import(from, name string) (jsonnet.Contents, string, error) {
	for _, candidate := range i.candidates(from, name) {
		contents, err := i.load(candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return contents, candidate, err
	}
	return jsonnet.Contents{}, "", fmt.Errorf("%s: no such file beside the importing file, beside the spec or in the library", name)
}

func (i *Importer) candidates(from, name string) []string {
	if strings.HasPrefix(from, libraryRoot) {
		base := path.Dir(strings.TrimPrefix(from, libraryRoot))
		return []string{libraryRoot + path.Join(base, name), libraryRoot + path.Clean(name)}
	}
	inLibrary := libraryRoot + path.Clean(name)
	if from == "" {
		if name == "main.libsonnet" {
			return []string{inLibrary}
		}
		return []string{i.local(i.dir, name)}
	}
	return []string{i.local(filepath.Dir(from), name), i.local(i.dir, name), inLibrary}
}

func (i *Importer) local(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

func (i *Importer) load(name string) (jsonnet.Contents, error) {
	if known, ok := i.cache[name]; ok {
		return known.contents, known.err
	}
	var data []byte
	var err error
	if inLibrary, ok := strings.CutPrefix(name, libraryRoot); ok {
		data, err = fs.ReadFile(i.library, inLibrary)
	} else {
		data, err = i.read(name)
	}
	loaded := entry{contents: jsonnet.MakeContentsRaw(data), err: err}
	i.cache[name] = loaded
	return loaded.contents, err
}
