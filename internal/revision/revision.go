// Package revision reads the files of a Git repository as they were at a
// revision: the objects themselves, by the user's own git, without touching
// the checkout. A name of a revision goes in, a file system comes out.
package revision

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hagen/internal/diag"
)

// Revision is a commit of a repository, resolved once.
type Revision struct {
	// Name is what the user called it, Commit the object that it was then.
	Name, Commit string
	// Root is the top of the work tree, with links resolved.
	Root string
}

// Open finds the repository around a folder and resolves the name of a
// revision in it.
func Open(dir, name string) (Revision, error) {
	r := Revision{Name: name}
	if name == "" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, "\x00\n") {
		return r, diag.Diagnostic{
			Message: fmt.Sprintf("%q is no revision", name),
			Reason:  "git would take it for an option, or for nothing",
			Fix:     "name a commit, a branch or a tag",
		}
	}
	root, err := run(dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return r, repositoryError(dir, err)
	}
	if r.Root, err = filepath.EvalSymlinks(strings.TrimRight(root, "\r\n")); err != nil {
		return r, err
	}
	commit, err := run(dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		return r, r.missing(dir)
	}
	r.Commit = strings.TrimSpace(commit)
	return r, nil
}

// missing says what to do about a revision that is not there: a clone that is
// shallow lacks it because nobody asked for it.
func (r Revision) missing(dir string) error {
	d := diag.Diagnostic{
		Message: "there is no revision " + r.Name,
		Reason:  "there is nothing to compare with",
		Fix:     "git fetch gets what the remote has; git log --oneline shows what there is",
	}
	if shallow, err := run(dir, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(shallow) == "true" {
		d.Reason = "this clone is shallow: it holds only the newest commits"
		d.Fix = "git fetch --unshallow, or git fetch --depth=1 origin " + plainName(r.Name) + "; in CI, check out with the full history (fetch-depth: 0, GIT_DEPTH: 0)"
	}
	return d
}

// plainName is a branch as the remote calls it.
func plainName(name string) string {
	name = strings.TrimPrefix(name, "origin/")
	if at := strings.IndexAny(name, "~^@:"); at > 0 {
		name = name[:at]
	}
	return name
}

func repositoryError(dir string, err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return diag.Diagnostic{Message: "there is no git on the PATH", Reason: "revisions are read by it", Fix: "install git"}
	}
	return diag.Diagnostic{
		Place: diag.Place{File: dir}, Message: "this folder is not in a Git repository that can be read",
		Reason: firstLine(err), Fix: "run hagen in the clone that holds the spec",
	}
}

func firstLine(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		line, _, _ := strings.Cut(string(exit.Stderr), "\n")
		return strings.TrimPrefix(line, "fatal: ")
	}
	return err.Error()
}

// run calls git and returns what it printed.
func run(dir string, args ...string) (string, error) {
	cmd := command(dir, args...)
	var out, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &failed
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		exit.Stderr = failed.Bytes()
	}
	return out.String(), err
}

// command prepares git so that it asks nobody and answers in one language.
func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0")
	return cmd
}
