package revision

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Files is the file system of a revision. Paths are those of the checkout.
// What lies outside of the repository has no revision: it is read as it is.
type Files struct {
	filesys.FileSystem // what lies outside
	revision           Revision
	objects            *objects
}

// Files returns the files of a revision; Close ends what reads them.
func (r Revision) Files() *Files {
	return &Files{
		FileSystem: filesys.MakeFsOnDisk(), revision: r,
		objects: &objects{dir: r.Root, commit: r.Commit, answers: map[string]answer{}},
	}
}

// Close ends the reading.
func (f *Files) Close() error { return f.objects.close() }

var errReadOnly = errors.New("a revision cannot be written to")

// Create refuses.
func (f *Files) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir refuses.
func (f *Files) Mkdir(string) error { return errReadOnly }

// MkdirAll refuses.
func (f *Files) MkdirAll(string) error { return errReadOnly }

// RemoveAll refuses.
func (f *Files) RemoveAll(string) error { return errReadOnly }

// WriteFile refuses.
func (f *Files) WriteFile(string, []byte) error { return errReadOnly }

// Open refuses: whoever reads a revision reads whole files.
func (f *Files) Open(name string) (filesys.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.ErrUnsupported}
}

// inside returns the path below the root of the repository, and whether the
// path is there. The folders above it are those of the checkout, whose links
// count: the root has none.
func (f *Files) inside(name string) (string, bool) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return "", false
	}
	for _, candidate := range []string{absolute, resolved(absolute)} {
		relative, err := filepath.Rel(f.revision.Root, candidate)
		if err == nil && filepath.IsLocal(relative) {
			return filepath.ToSlash(relative), true
		}
	}
	return "", false
}

// resolved follows the links of the longest part of a path that exists.
func resolved(name string) string {
	for dir, rest := name, ""; ; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(real, rest)
		}
		if dir == filepath.Dir(dir) {
			return name
		}
	}
}

func (f *Files) get(name string) (found object, inside bool, err error) {
	relative, inside := f.inside(name)
	if !inside {
		return object{}, false, nil
	}
	if relative == "." {
		relative = ""
	}
	found, err = f.objects.get(relative)
	return found, true, err
}

// ReadFile reads a file.
func (f *Files) ReadFile(name string) ([]byte, error) {
	found, inside, err := f.get(name)
	switch {
	case !inside:
		return f.FileSystem.ReadFile(name)
	case err == nil && found.folder:
		err = errors.New("is a directory")
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return found.data, nil
}

// Exists tells whether there is something.
func (f *Files) Exists(name string) bool {
	_, inside, err := f.get(name)
	if !inside {
		return f.FileSystem.Exists(name)
	}
	return err == nil
}

// IsDir tells whether there is a folder.
func (f *Files) IsDir(name string) bool {
	found, inside, err := f.get(name)
	if !inside {
		return f.FileSystem.IsDir(name)
	}
	return err == nil && found.folder
}

// ReadDir lists a folder.
func (f *Files) ReadDir(name string) ([]string, error) {
	found, inside, err := f.get(name)
	if !inside {
		return f.FileSystem.ReadDir(name)
	}
	if err == nil && !found.folder {
		err = errors.New("is no directory")
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return found.names, nil
}

// CleanedAbs parts a path into folder and file.
func (f *Files) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	found, inside, err := f.get(name)
	if !inside {
		return f.FileSystem.CleanedAbs(name)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	absolute, err := filepath.Abs(name)
	if err != nil || found.folder {
		return filesys.ConfirmedDir(absolute), "", err
	}
	return filesys.ConfirmedDir(filepath.Dir(absolute)), filepath.Base(absolute), nil
}

// Glob lists what matches a pattern in its last part.
func (f *Files) Glob(pattern string) ([]string, error) {
	if _, inside := f.inside(pattern); !inside {
		return f.FileSystem.Glob(pattern)
	}
	dir, last := filepath.Split(pattern)
	names, err := f.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil, nil // as filepath.Glob does
	}
	var found []string
	for _, name := range names {
		ok, err := path.Match(last, name)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, dir+name)
		}
	}
	return found, nil
}

// Walk visits what lies below a path.
func (f *Files) Walk(name string, visit filepath.WalkFunc) error {
	if _, inside := f.inside(name); !inside {
		return f.FileSystem.Walk(name, visit)
	}
	return f.walk(name, visit)
}

func (f *Files) walk(name string, visit filepath.WalkFunc) error {
	found, _, err := f.get(name)
	if err != nil {
		return visit(name, nil, err)
	}
	err = visit(name, info{filepath.Base(name), found}, nil)
	if !found.folder || err != nil {
		if found.folder && errors.Is(err, filepath.SkipDir) {
			return nil
		}
		return err
	}
	for _, below := range found.names {
		if err := f.walk(filepath.Join(name, below), visit); err != nil {
			if errors.Is(err, filepath.SkipDir) {
				return nil
			}
			return err
		}
	}
	return nil
}

// Holds tells whether a path lies in the repository, so that it has a revision.
func (f *Files) Holds(name string) bool {
	_, inside := f.inside(name)
	return inside
}

// info is what a revision knows of a file.
type info struct {
	name string
	object
}

func (i info) Name() string { return i.name }
func (i info) Size() int64  { return int64(len(i.data)) }
func (i info) IsDir() bool  { return i.folder }
func (i info) Sys() any     { return nil }
func (i info) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// ModTime is none: bytes count.
func (i info) ModTime() time.Time { return time.Time{} }
