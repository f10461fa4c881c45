package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"hagen/internal/artifact"
)

// ErrNoNode is a folder that holds no bundle of a node.
var ErrNoNode = errors.New("this is no bundle of a node")

// Node is the bundle of one node as it stands there, or a copy of it.
type Node struct {
	// Registry and Name are what the bundle says of itself; Environment and
	// Harbor are "" in bundles that do not tell them.
	Registry, Environment, Name, Harbor string
	Files                               artifact.Set
	// Notes tell what was not read.
	Notes []string
}

// The files of a bundle by which it is known, and those by which a folder of
// decrypted secrets is.
const (
	nodeList      = "host/node.list"
	secretsList   = "host/secrets.list"
	secretsMade   = "docker-compose.secrets.yml"
	secretsRecord = "secrets.list"
)

// ReadNode reads the bundle of a node. Folders of decrypted secrets, which the
// node makes by itself, are not read but for the list of what is in them: it
// tells the fingerprints of what the containers read, which then stand in the
// list of the bundle. A folder without a bundle is ErrNoNode.
func ReadNode(dir string) (Node, error) {
	if whole, err := filepath.EvalSymlinks(dir); err == nil {
		dir = whole
	}
	list, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(nodeList)))
	if errors.Is(err, fs.ErrNotExist) {
		return Node{}, ErrNoNode
	} else if err != nil {
		return Node{}, err
	}
	n := Node{
		Registry: fact(list, "registry"), Environment: fact(list, "environment"), Name: fact(list, "node"), Harbor: fact(list, "harbor"),
	}
	if n.Registry == "" || n.Name == "" {
		return n, fmt.Errorf("%w: %s names no registry and no node", ErrNoNode, nodeList)
	}
	files, made, err := n.read(dir)
	if err != nil {
		return n, err
	}
	n.record(files, made)
	n.Files, err = artifact.NewSet(files)
	return n, err
}

// fact returns what a line of the list says after its first word.
func fact(list []byte, word string) string {
	for line := range strings.Lines(string(list)) {
		if rest, ok := strings.CutPrefix(line, word+" "); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// read returns the files of a bundle, and the list of what its node has
// decrypted if that lies in the folder too.
func (n *Node) read(dir string) (files []artifact.File, made []byte, err error) {
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		if entry.IsDir() {
			list, decrypted := recordOf(name)
			if relative == "host" || !decrypted {
				return nil
			}
			made = list
			if relative == "." {
				return nil
			}
			return filepath.SkipDir
		}
		if relative == secretsMade || relative == secretsRecord {
			return nil
		}
		file, note, err := readEntry(dir, Entry{Path: relative})
		if file == nil {
			n.note(note)
			return err
		}
		files = append(files, *file)
		return err
	})
	return files, made, err
}

func (n *Node) note(note string) {
	if note != "" {
		n.Notes = append(n.Notes, note)
	}
}

// recordOf tells whether a folder holds decrypted secrets, and returns their
// list. Only a few lines of text are ever read there.
func recordOf(dir string) (list []byte, decrypted bool) {
	if _, err := os.Lstat(filepath.Join(dir, secretsMade)); err == nil {
		decrypted = true
	}
	info, err := os.Lstat(filepath.Join(dir, secretsRecord))
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, decrypted
	}
	list, err = os.ReadFile(filepath.Join(dir, secretsRecord))
	return list, decrypted || err == nil
}

// record puts the fingerprints of what the node has decrypted in the place of
// those that its bundle asks for.
func (n *Node) record(files []artifact.File, made []byte) {
	if made == nil {
		return
	}
	for i, file := range files {
		if file.Path != secretsList || bytes.Equal(file.Data, made) {
			continue
		}
		files[i].Data = append(without(file.Data, fingerprintLine), only(made, fingerprintLine)...)
		n.note("the secrets of the node are not those of its bundle: host/secrets.sh has not run since " + path.Base(secretsList) + " changed")
	}
}

func fingerprintLine(line string) bool { return strings.HasPrefix(line, "fingerprint ") }

func only(text []byte, keep func(string) bool) []byte {
	var out []byte
	for line := range strings.Lines(string(text)) {
		if keep(line) {
			out = append(out, line...)
		}
	}
	return out
}

func without(text []byte, drop func(string) bool) []byte {
	return only(text, func(line string) bool { return !drop(line) })
}
