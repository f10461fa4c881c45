package bundle

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Head is a folder with what its manifest says before its files.
type Head struct {
	Folder string
	Manifest
}

// Heads lists the folders of an output folder and what their manifests say, but
// for the files: of a thousand registries, that takes a thousandth.
func Heads(out string) ([]Head, error) {
	var heads []Head
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name()[0] == '.' {
			continue
		}
		found, err := headsOf(out, entry.Name())
		if err != nil {
			return nil, err
		}
		heads = append(heads, found...)
	}
	return heads, nil
}

// headsOf reads the folder of a registry, or those of its environments.
func headsOf(out, name string) ([]Head, error) {
	head, err := readHead(out, name)
	if err == nil {
		return []Head{head}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(out, name))
	if err != nil {
		return nil, err
	}
	var heads []Head
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		head, err := readHead(out, name+"/"+entry.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		heads = append(heads, head)
	}
	return heads, nil
}

func readHead(out, folder string) (Head, error) {
	head := Head{Folder: folder}
	file, err := os.Open(filepath.Join(out, filepath.FromSlash(folder), ManifestName))
	if err != nil {
		return head, err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	fields := map[string]any{
		"name": &head.Name, "environment": &head.Environment, "harbor": &head.Harbor, "hagen": &head.Hagen, "page": &head.Page,
	}
	if _, err := decoder.Token(); err != nil {
		return head, manifestError(file.Name(), err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return head, manifestError(file.Name(), err)
		}
		if key == "files" {
			break
		}
		var skipped any
		into, ok := fields[key.(string)]
		if !ok {
			into = &skipped
		}
		if err := decoder.Decode(into); err != nil {
			return head, manifestError(file.Name(), err)
		}
	}
	return head, nil
}

// PutFile writes a file of the output folder itself in one step, or removes it if
// there is no data.
func (w *Writer) PutFile(name string, data []byte) error {
	path := filepath.Join(w.out, name)
	if data == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	stage := filepath.Join(w.out, stagePrefix+name)
	if err := os.WriteFile(stage, data, 0o644); err != nil {
		return errors.Join(err, os.Remove(stage))
	}
	return errors.Join(os.Chmod(stage, 0o644), os.Rename(stage, path))
}
