// Package accept puts every rendered file before the program that will read it in
// production, or that program's own parser, and reports what is refused.
//
// In: a folder with one rendered specification per sub-folder (HAGEN_OUT, default
// ../../out). Out: findings, each with the file and the parser's words. A file that
// no parser claims is a finding, and so is a parser that is not installed.
//
// The module stands apart from hagen's so that Kubernetes, the registry and their
// like stay out of the product. From the top of the repository:
//
//	test/install.sh                              # Debian's compose 1.29, nginx, rsyslog, …
//	go -C test/accept test -count=1 ./...        # every file below out/
//	HAGEN_OUT=/elsewhere go -C test/accept test -count=1 ./...
//
// (-count=1, because Go's test cache does not look at files outside of the module.)
package accept

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// File is one rendered file, or one that a ConfigMap mounts into a container.
type File struct {
	Root string // folder of the rendered specification
	Path string // slash-separated, below Root; "manifest.yaml!/etc/x" when embedded
	Data []byte
	// Hosts are the names that resolve where the file is read: services of its
	// bundle or of its cluster.
	Hosts []string
	// Env is the environment of the program that reads an embedded file.
	Env map[string]string
}

// Dir is the folder of the file on disk.
func (f File) Dir() string {
	return filepath.Dir(filepath.Join(f.Root, filepath.FromSlash(f.Path)))
}

// Base is the last element of the path.
func (f File) Base() string {
	return f.Path[strings.LastIndexByte(f.Path, '/')+1:]
}

// manifestName is the file by which hagen marks the folder of a rendering.
const manifestName = "manifest.json"

// Read returns every file below root, sorted by path, but those of a rendering inside
// (an environment's folder lies in its registry's).
func Read(root string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && exists(filepath.Join(path, manifestName)) {
				return filepath.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files = append(files, File{Root: root, Path: filepath.ToSlash(below), Data: data})
		return nil
	})
	return files, err
}

// Renderings returns the folders of out that hold a rendering each: all folders at its
// top, so that none escapes, and those further down that have a manifest.
func Renderings(out string) ([]string, error) {
	var roots []string
	err := filepath.WalkDir(out, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (filepath.Dir(path) == filepath.Clean(out) || exists(filepath.Join(path, manifestName))) {
			roots = append(roots, path)
		}
		return nil
	})
	return roots, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
