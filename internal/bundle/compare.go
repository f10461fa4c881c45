package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Changes tells how a folder differs from what it should be. The paths are
// relative to the folder, with slashes, sorted.
type Changes struct {
	Added     []string `json:"added"`
	Changed   []string `json:"changed"`
	Removed   []string `json:"removed"`
	Unchanged int      `json:"unchanged"`
}

// Any tells whether there is a difference.
func (c Changes) Any() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) > 0 }

// ForeignError is a folder that holds files which hagen did not make.
type ForeignError struct {
	Dir   string
	Paths []string
}

// Error names the first of the files.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s holds files that hagen did not make: %s", e.Dir, diag.Some(e.Paths, 5))
}

// Compare tells how the folder dir differs from the files of set under the
// manifest m. It writes nothing. Foreign files are a *ForeignError.
func Compare(dir string, set artifact.Set, m Manifest) (Changes, error) {
	files, err := complete(set, m)
	if err != nil {
		return Changes{}, err
	}
	return compare(dir, files)
}

// complete adds the manifest to the files.
func complete(set artifact.Set, m Manifest) (artifact.Set, error) {
	manifest, err := manifestFile(m, set)
	if err != nil {
		return nil, err
	}
	return artifact.NewSet(append(slices.Clone(set), manifest))
}

func compare(dir string, files artifact.Set) (Changes, error) {
	var c Changes
	present, err := filesBelow(dir)
	if err != nil {
		return c, err
	}
	if err := refuseForeign(dir, present, files); err != nil {
		return c, err
	}
	for _, file := range files {
		if !present[file.Path] {
			c.Added = append(c.Added, file.Path)
			continue
		}
		delete(present, file.Path)
		same, err := sameFile(filepath.Join(dir, filepath.FromSlash(file.Path)), file)
		if err != nil {
			return c, err
		}
		if same {
			c.Unchanged++
		} else {
			c.Changed = append(c.Changed, file.Path)
		}
	}
	for path := range present {
		c.Removed = append(c.Removed, path)
	}
	sort.Strings(c.Removed)
	return c, nil
}

// sameFile compares bytes and the executable bit.
func sameFile(path string, file artifact.File) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() || info.Size() != int64(len(file.Data)) || info.Mode()&0o100 != 0 != file.Executable {
		return false, nil
	}
	data, err := os.ReadFile(path)
	return bytes.Equal(data, file.Data), err
}

func filesBelow(dir string) (map[string]bool, error) {
	present := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		present[filepath.ToSlash(relative)] = true
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return present, err
}

// refuseForeign tells files that the manifest of dir does not list. One that is
// there as it is about to be written is nobody's loss: a merge that took the
// manifest of one side and the files of both leaves such.
func refuseForeign(dir string, present map[string]bool, wanted artifact.Set) error {
	if len(present) == 0 {
		return nil
	}
	made, err := known(dir)
	if err != nil {
		return err
	}
	foreign := map[string]bool{}
	for path := range present {
		if !made[filepath.FromSlash(path)] {
			foreign[path] = true
		}
	}
	for _, file := range wanted {
		if !foreign[file.Path] {
			continue
		}
		same, err := sameFile(filepath.Join(dir, filepath.FromSlash(file.Path)), file)
		if err != nil {
			return err
		}
		if same {
			delete(foreign, file.Path)
		}
	}
	if len(foreign) == 0 {
		return nil
	}
	return &ForeignError{Dir: dir, Paths: slices.Sorted(maps.Keys(foreign))}
}
