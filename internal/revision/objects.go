package revision

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// object is a file or a folder of the tree.
type object struct {
	data   []byte
	folder bool
	// names are the entries of a folder.
	names []string
}

// maxObject is far above what a spec or what it names may have.
const maxObject = 64 << 20

// objects asks one running git for one object after the other and keeps the
// answers.
type objects struct {
	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	dir     string
	commit  string
	answers map[string]answer
}

type answer struct {
	object object
	err    error
}

// get returns what lies at a slash-separated path below the root; links inside
// of the tree are followed.
func (o *objects) get(path string) (object, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known, ok := o.answers[path]; ok {
		return known.object, known.err
	}
	found, err := o.ask(path)
	o.answers[path] = answer{found, err}
	return found, err
}

func (o *objects) ask(path string) (object, error) {
	if strings.ContainsAny(path, "\n\x00") {
		return object{}, fs.ErrNotExist // git reads a path a line
	}
	if err := o.start(); err != nil {
		return object{}, err
	}
	if _, err := fmt.Fprintf(o.in, "%s:%s\n", o.commit, path); err != nil {
		return object{}, fmt.Errorf("ask git: %w", err)
	}
	header, err := o.out.ReadString('\n')
	if err != nil {
		return object{}, fmt.Errorf("read from git: %w", err)
	}
	words := strings.Fields(header)
	if strings.HasPrefix(header, o.commit+":") || len(words) != 3 {
		return object{}, o.absent(words)
	}
	return o.body(words[1], words[2], len(words[0])/2)
}

// absent reads the rest of an answer that brings no object: a link that leads
// out of the tree, or round in a circle, has its target on a line of its own.
func (o *objects) absent(words []string) error {
	if len(words) != 2 {
		return fs.ErrNotExist
	}
	switch words[0] {
	case "symlink", "dangling", "loop", "notdir":
		size, err := strconv.Atoi(words[1])
		if err != nil {
			return fs.ErrNotExist
		}
		if _, err := io.CopyN(io.Discard, o.out, int64(size)+1); err != nil {
			return err
		}
		if words[0] == "symlink" {
			return errors.New("the link leads out of the repository")
		}
	}
	return fs.ErrNotExist
}

func (o *objects) body(kind, length string, digest int) (object, error) {
	size, err := strconv.Atoi(length)
	if err != nil {
		return object{}, err
	}
	if size > maxObject {
		_, err := io.CopyN(io.Discard, o.out, int64(size)+1)
		return object{}, errors.Join(fmt.Errorf("it has %d bytes", size), err)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(o.out, data); err != nil {
		return object{}, fmt.Errorf("read from git: %w", err)
	}
	switch data = data[:size]; kind {
	case "blob":
		return object{data: data}, nil
	case "tree":
		return object{folder: true, names: entries(data, digest)}, nil
	}
	return object{}, fs.ErrNotExist
}

// entries reads the names of a tree: mode, blank, name, zero, digest.
func entries(data []byte, digest int) []string {
	var names []string
	for len(data) > 0 {
		head, rest, ok := strings.Cut(string(data), "\x00")
		_, name, named := strings.Cut(head, " ")
		if !ok || !named || len(rest) < digest {
			break
		}
		names = append(names, name)
		data = data[len(head)+1+digest:]
	}
	return names
}

func (o *objects) start() error {
	if o.cmd != nil {
		return nil
	}
	cmd := command(o.dir, "cat-file", "--batch", "--follow-symlinks")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git: %w", err)
	}
	o.cmd, o.in, o.out = cmd, in, bufio.NewReaderSize(out, 1<<16)
	return nil
}

// close ends git; it has nothing to write.
func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cmd == nil {
		return nil
	}
	o.in.Close()
	err := o.cmd.Wait()
	o.cmd = nil
	return err
}
