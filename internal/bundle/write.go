package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/lock"
)

// Folders that begin with these exist only while a build runs, or after one
// was killed.
const (
	stagePrefix  = ".hagen-stage-"
	backupPrefix = ".hagen-old-"
)

// Writer replaces folders below one output folder. New folders are staged
// beside the old ones and take their place in Commit, each in one step.
//
// A Writer holds a lock on the output folder; a second build waits for it.
type Writer struct {
	out string
	// created is set while the output folder is new and holds nothing.
	created bool
	lock    *os.File
	mu      sync.Mutex
	staged  []staged
}

type staged struct {
	stage string // "" when the folder is to be removed
	dir   string
}

// Open makes the output folder if need be, waits for builds that write to it
// and clears away what a killed one left behind.
func Open(out string) (*Writer, error) {
	_, missing := os.Lstat(out)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	folderLock, err := lock.Folder(out)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", out, err)
	}
	w := &Writer{out: out, created: missing != nil, lock: folderLock}
	if err := w.recover(); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// Close drops what was staged and not committed, and the lock.
func (w *Writer) Close() error {
	for _, s := range w.staged {
		if s.stage != "" {
			os.RemoveAll(s.stage)
		}
	}
	w.staged = nil
	if w.created {
		os.Remove(w.out) // Succeeds only if nothing was committed.
	}
	return w.lock.Close()
}

// recover puts an old folder back whose replacement was cut off between two
// renames, and removes leftovers.
func (w *Writer) recover() error {
	entries, err := os.ReadDir(w.out)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(w.out, entry.Name())
		if name, ok := strings.CutPrefix(entry.Name(), backupPrefix); ok {
			dir := filepath.Join(w.out, unflatten(name))
			if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
				if err := os.Rename(path, dir); err != nil {
					return err
				}
				continue
			}
		}
		if strings.HasPrefix(entry.Name(), backupPrefix) || strings.HasPrefix(entry.Name(), stagePrefix) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// flatten names a folder in one path element; names of registries and
// environments hold no "+".
func flatten(name string) string   { return strings.ReplaceAll(filepath.ToSlash(name), "/", "+") }
func unflatten(name string) string { return filepath.FromSlash(strings.ReplaceAll(name, "+", "/")) }

// Stage prepares the folder name (relative to the output folder) to hold
// exactly the files of set and the manifest. An unchanged folder costs a
// comparison and nothing else. It is safe for concurrent use.
func (w *Writer) Stage(name string, set artifact.Set, m Manifest) (Changes, error) {
	files, err := complete(set, m)
	if err != nil {
		return Changes{}, err
	}
	return w.stage(name, files)
}

func (w *Writer) stage(name string, files artifact.Set) (Changes, error) {
	dir := filepath.Join(w.out, name)
	changes, err := compare(dir, files)
	if err != nil || !changes.Any() {
		return changes, err
	}
	stage := filepath.Join(w.out, stagePrefix+flatten(name))
	w.mu.Lock()
	w.staged = append(w.staged, staged{stage: stage, dir: dir})
	w.mu.Unlock()
	return changes, fill(stage, dir, files, changes)
}

// Remove marks a folder that hagen made for removal.
func (w *Writer) Remove(name string) error {
	dir := filepath.Join(w.out, name)
	present, err := filesBelow(dir)
	if err != nil {
		return err
	}
	if err := refuseForeign(dir, present, nil); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.staged = append(w.staged, staged{dir: dir})
	return nil
}

// fill writes the new files and links those that stay, so that their times do
// not change.
func fill(stage, dir string, files artifact.Set, changes Changes) error {
	fresh := map[string]bool{}
	for _, path := range append(append([]string{}, changes.Added...), changes.Changed...) {
		fresh[path] = true
	}
	if err := makeFolders(stage, files); err != nil {
		return err
	}
	return eachFile(files, func(file artifact.File) error {
		path := filepath.Join(stage, filepath.FromSlash(file.Path))
		if !fresh[file.Path] && os.Link(filepath.Join(dir, filepath.FromSlash(file.Path)), path) == nil {
			return nil
		}
		return writeFile(path, file)
	})
}

func makeFolders(stage string, files artifact.Set) error {
	made := map[string]bool{}
	for _, file := range files {
		parent := filepath.Dir(filepath.Join(stage, filepath.FromSlash(file.Path)))
		if made[parent] {
			continue
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return err
		}
		made[parent] = true
	}
	return nil
}

// eachFile works on several files at once: a file system answers many calls
// together sooner than one by one. The first error in the order of the files
// is returned.
func eachFile(files artifact.Set, work func(artifact.File) error) error {
	const together = 4
	errs := make([]error, len(files))
	var group sync.WaitGroup
	for start := range together {
		group.Go(func() {
			for i := start; i < len(files); i += together {
				errs[i] = work(files[i])
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, file artifact.File) error {
	mode := fs.FileMode(0o644)
	if file.Executable {
		mode = 0o755
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	n, err := f.Write(file.Data)
	if err == nil && n < len(file.Data) {
		err = io.ErrShortWrite
	}
	// The umask of whoever builds must not show in the result.
	if err == nil {
		err = f.Chmod(mode)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}

// Commit puts every staged folder in its place.
func (w *Writer) Commit() error {
	for _, s := range w.staged {
		if err := w.put(s); err != nil {
			return err
		}
	}
	w.staged = nil
	return nil
}

func (w *Writer) put(s staged) error {
	if s.stage == "" {
		return w.takeAway(s.dir)
	}
	if err := os.MkdirAll(filepath.Dir(s.dir), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(s.stage, s.dir)
	}
	if err := exchange(s.stage, s.dir); err == nil {
		return os.RemoveAll(s.stage)
	}
	// A file system without exchange: two renames, which recover finishes.
	backup := w.backup(s.dir)
	if err := os.Rename(s.dir, backup); err != nil {
		return err
	}
	if err := os.Rename(s.stage, s.dir); err != nil {
		return errors.Join(err, os.Rename(backup, s.dir))
	}
	return os.RemoveAll(backup)
}

func (w *Writer) backup(dir string) string {
	name, _ := filepath.Rel(w.out, dir)
	return filepath.Join(w.out, backupPrefix+flatten(name))
}

// takeAway renames before it removes: a removal that is cut off must not leave
// half a folder under its name.
func (w *Writer) takeAway(dir string) error {
	name, _ := filepath.Rel(w.out, dir)
	stage := filepath.Join(w.out, stagePrefix+flatten(name))
	if err := os.Rename(dir, stage); err != nil {
		return err
	}
	return os.RemoveAll(stage)
}
