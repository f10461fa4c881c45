package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Content is a folder as it lies on the disk.
type Content struct {
	Manifest Manifest
	Files    artifact.Set
	// Notes tell what is not as a build leaves it: files that were edited, are
	// missing or do not belong there.
	Notes []string
}

// maxFile is far above what hagen writes; a larger file is not read.
const maxFile = 16 << 20

// Read reads the folder that a build wrote, by its manifest. Folders inside
// that have a manifest of their own are not part of it. A folder without a
// manifest is fs.ErrNotExist.
func Read(dir string) (Content, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return Content{}, err
	}
	c := Content{Manifest: m}
	var files []artifact.File
	listed := map[string]bool{ManifestName: true}
	for _, entry := range m.Files {
		listed[entry.Path] = true
		file, note, err := readEntry(dir, entry)
		if err != nil {
			return c, err
		}
		if note != "" {
			c.Notes = append(c.Notes, note)
		}
		if file != nil {
			files = append(files, *file)
		}
	}
	if c.Files, err = artifact.NewSet(files); err != nil {
		return c, fmt.Errorf("%s: %w", filepath.Join(dir, ManifestName), err)
	}
	foreign, err := foreignFiles(dir, listed)
	if len(foreign) > 0 {
		c.Notes = append(c.Notes, "not made by hagen, and not compared: "+diag.Some(foreign, 5))
	}
	return c, err
}

// readEntry reads one file of a manifest; nil is one that is not there. A path
// that leads out of the folder is an error, a link is not followed.
func readEntry(dir string, entry Entry) (*artifact.File, string, error) {
	if !filepath.IsLocal(filepath.FromSlash(entry.Path)) {
		return nil, "", fmt.Errorf("%s: %q is not below the folder", filepath.Join(dir, ManifestName), entry.Path)
	}
	name := filepath.Join(dir, filepath.FromSlash(entry.Path))
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, entry.Path + " is missing: somebody removed it", nil
	case err != nil:
		return nil, "", err
	case !info.Mode().IsRegular():
		return nil, entry.Path + " is no regular file, and not read", nil
	case info.Size() > maxFile:
		return nil, fmt.Sprintf("%s has %d bytes, and is not read", entry.Path, info.Size()), nil
	}
	data, err := os.ReadFile(name)
	file := &artifact.File{Path: entry.Path, Data: data, Executable: info.Mode()&0o100 != 0, Component: entry.Component}
	note := ""
	if err == nil && (len(data) != entry.Size || file.SHA256() != entry.SHA256) {
		note = entry.Path + " was edited since it was built: the next build overwrites it"
	}
	return file, note, err
}

func foreignFiles(dir string, listed map[string]bool) ([]string, error) {
	present, err := filesBelow(dir)
	if err != nil {
		return nil, err
	}
	var foreign, nested []string
	for path := range present {
		if below, ok := strings.CutSuffix(path, "/"+ManifestName); ok {
			nested = append(nested, below+"/")
		}
	}
	for path := range present {
		inside := slices.ContainsFunc(nested, func(folder string) bool { return strings.HasPrefix(path, folder) })
		if !listed[path] && !inside {
			foreign = append(foreign, path)
		}
	}
	slices.Sort(foreign)
	return foreign, nil
}

// Folders lists the folders at and below dir that have a manifest, sorted,
// relative to dir with slashes; "." is dir itself.
func Folders(dir string) ([]string, error) {
	present, err := filesBelow(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for path := range present {
		if path == ManifestName {
			found = append(found, ".")
		} else if below, ok := strings.CutSuffix(path, "/"+ManifestName); ok {
			found = append(found, below)
		}
	}
	slices.Sort(found)
	return found, nil
}
