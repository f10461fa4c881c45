package bundle

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Whole is a rendered folder with its manifest among its files, byte for byte.
type Whole struct {
	Manifest Manifest
	Files    artifact.Set
}

// Folder is where it belongs below an output folder, with slashes.
func (w Whole) Folder() string { return path.Join(w.Manifest.Name, w.Manifest.Environment) }

// Complete adds the manifest to the files of a rendering.
func Complete(set artifact.Set, m Manifest) (Whole, error) {
	files, err := complete(set, m)
	return Whole{Manifest: m, Files: files}, err
}

// UnlikeError is a folder that is not as a build left it.
type UnlikeError struct {
	Dir   string
	Notes []string
}

// Error names the first things that are otherwise.
func (e *UnlikeError) Error() string {
	return fmt.Sprintf("%s is not as a build left it: %s", e.Dir, diag.Some(e.Notes, 3))
}

// ReadWhole reads the folders at and below dir that a build wrote, sorted. One
// that is not as it was written is an *UnlikeError.
func ReadWhole(dir string) ([]Whole, error) {
	folders, err := Folders(dir)
	if err != nil {
		return nil, err
	}
	var found []Whole
	for _, folder := range folders {
		below := filepath.Join(dir, filepath.FromSlash(folder))
		content, err := Read(below)
		if err != nil {
			return nil, err
		}
		if len(content.Notes) > 0 {
			return nil, &UnlikeError{Dir: below, Notes: content.Notes}
		}
		manifest, _, err := readEntry(below, Entry{Path: ManifestName})
		if err != nil || manifest == nil {
			return nil, &UnlikeError{Dir: below, Notes: []string{ManifestName + " is no regular file"}}
		}
		files, err := artifact.NewSet(append(slices.Clone(content.Files), *manifest))
		if err != nil {
			return nil, err
		}
		found = append(found, Whole{Manifest: content.Manifest, Files: files})
	}
	return found, nil
}

// Join puts folders together as they lie below an output folder. Two folders of
// one name are an error.
func Join(folders []Whole) (artifact.Set, error) {
	if err := apart(folders); err != nil {
		return nil, err
	}
	var all []artifact.File
	for _, folder := range folders {
		for _, file := range folder.Files {
			file.Path = folder.Folder() + "/" + file.Path
			all = append(all, file)
		}
	}
	return artifact.NewSet(all)
}

// Split takes apart what Join put together. Each file must belong to a folder
// and be what the folder's manifest says.
func Split(files artifact.Set) ([]Whole, error) {
	byFolder := map[string]*Whole{}
	var folders []string
	for _, file := range files {
		if path.Base(file.Path) != ManifestName {
			continue
		}
		w := &Whole{}
		if err := json.Unmarshal(file.Data, &w.Manifest); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		if !folderName().MatchString(w.Folder()) || w.Folder() != path.Dir(file.Path) {
			return nil, fmt.Errorf("%s: the folder is not that of %s", file.Path, w.Folder())
		}
		byFolder[w.Folder()] = w
		folders = append(folders, w.Folder())
	}
	for _, file := range files {
		folder, ok := home(file.Path, byFolder)
		if !ok {
			return nil, fmt.Errorf("%s belongs to no rendered folder", file.Path)
		}
		file.Path = strings.TrimPrefix(file.Path, folder.Folder()+"/")
		folder.Files = append(folder.Files, file)
	}
	slices.Sort(folders)
	var found []Whole
	for _, folder := range folders {
		if err := byFolder[folder].check(); err != nil {
			return nil, err
		}
		found = append(found, *byFolder[folder])
	}
	return found, apart(found)
}

// apart refuses a registry whose folder would hold environments too: no spec
// makes both, and each is replaced as a whole.
func apart(folders []Whole) error {
	alone := map[string]bool{}
	for _, folder := range folders {
		alone[folder.Folder()] = folder.Manifest.Environment == ""
	}
	for _, folder := range folders {
		if folder.Manifest.Environment != "" && alone[folder.Manifest.Name] {
			return fmt.Errorf("%s is a registry, and %s an environment of it: one of them is left from before", folder.Manifest.Name, folder.Folder())
		}
	}
	return nil
}

// folderName is what specs can name their folders.
var folderName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$`)
})

// home finds the innermost folder that a path lies in.
func home(name string, folders map[string]*Whole) (*Whole, bool) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if folder, ok := folders[dir]; ok {
			return folder, true
		}
	}
	return nil, false
}

// check compares the files with the manifest.
func (w Whole) check() error {
	listed := map[string]Entry{}
	for _, entry := range w.Manifest.Files {
		listed[entry.Path] = entry
	}
	for _, file := range w.Files {
		entry, ok := listed[file.Path]
		switch {
		case file.Path == ManifestName:
			continue
		case !ok:
			return fmt.Errorf("%s/%s is not in the manifest of the folder", w.Folder(), file.Path)
		case entry.SHA256 != file.SHA256():
			return fmt.Errorf("%s/%s is not the file of the manifest", w.Folder(), file.Path)
		}
		delete(listed, file.Path)
	}
	if len(listed) > 0 {
		name := slices.Sorted(maps.Keys(listed))[0]
		return fmt.Errorf("%s/%s is in the manifest and not there", w.Folder(), name)
	}
	return nil
}

// StageWhole prepares a folder as Stage does, with the manifest that it has.
func (w *Writer) StageWhole(folder Whole) (Changes, error) {
	return w.stage(filepath.FromSlash(folder.Folder()), folder.Files)
}
