// Package artifact holds what flows through the compiler: objects while they
// can still be patched, files once they are final, and the one YAML encoding
// that both use.
//
// Nothing here knows Harbor, and nothing here touches the disk.
package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unsafe"

	"go.yaml.in/yaml/v3"
)

// Annotation keys by which the library steers where an object goes. They are
// removed from everything that is written.
const (
	// AnnotationPrefix is common to all annotations that hagen reads.
	AnnotationPrefix = "hagen.dev/"
	// AnnotationComponent names the part of the library that made the object.
	AnnotationComponent = AnnotationPrefix + "component"
	// AnnotationTarget set to "compose" keeps an object out of the cluster.
	AnnotationTarget = AnnotationPrefix + "target"
	// AnnotationFolder places a Kubernetes object in another folder.
	AnnotationFolder = AnnotationPrefix + "folder"
	// AnnotationName set to "content" adds a checksum of the spec to the name.
	AnnotationName = AnnotationPrefix + "name"
)

// File is one final artifact, with a slash-separated path relative to the
// folder of its registry.
type File struct {
	Path string
	Data []byte
	// Executable files are written with mode 0755, others with 0644.
	Executable bool
	// Component names the part of the library that made the file.
	Component string
	// Value is what Data was encoded from, if it was: nobody need parse it.
	Value any
	// From are the keys of the objects that the file was made from.
	From []string
}

// Table returns what a file of YAML says: a table, or nil when it is none.
func (f File) Table() map[string]any {
	if f.Value != nil {
		return Map(f.Value)
	}
	var node yaml.Node
	if yaml.Unmarshal(f.Data, &node) != nil || node.Kind == 0 {
		return nil
	}
	value, err := Value(&node)
	if err != nil {
		return nil
	}
	return Map(value)
}

// Text returns the bytes of the file as a text. They are not copied: nobody
// changes the bytes of a file that was made.
func (f File) Text() string { return unsafe.String(unsafe.SliceData(f.Data), len(f.Data)) }

// SHA256 returns the hex digest of the file's bytes.
func (f File) SHA256() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// Set is a list of files, sorted by path, each path once.
type Set []File

// NewSet sorts files by path. Two files of one path, and paths that would
// leave the folder, are errors.
func NewSet(files []File) (Set, error) {
	set := Set(files)
	sort.Slice(set, func(i, j int) bool { return set[i].Path < set[j].Path })
	for i, file := range set {
		if err := checkPath(file.Path); err != nil {
			return nil, err
		}
		if i > 0 && set[i-1].Path == file.Path {
			return nil, ClashError{file.Path, slices.Concat(set[i-1].From, file.From)}
		}
		if i > 0 && strings.HasPrefix(file.Path, set[i-1].Path+"/") {
			return nil, fmt.Errorf("%s is both a file and a folder", set[i-1].Path)
		}
	}
	return set, nil
}

// ClashError is a path that two files have; From are the keys of the objects that
// make them.
type ClashError struct {
	Path string
	From []string
}

// Error names the path.
func (e ClashError) Error() string { return "two artifacts have the path " + e.Path }

// checkPath refuses what would be written outside of the folder or could not
// be stored on every file system.
func checkPath(path string) error {
	if path == "" || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\\\x00\n") {
		return fmt.Errorf("%q cannot be the path of an artifact", path)
	}
	for _, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%q cannot be the path of an artifact", path)
		}
	}
	return nil
}
