package accept

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// command runs an installed program and returns both of its streams. A program
// that is not there is an error, never a reason to skip.
func command(dir string, env []string, name string, args ...string) (stdout, stderr string, err error) {
	path, err := lookUp(name)
	if err != nil {
		return "", "", err
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("%s: %w\n%s", name, err, strings.TrimSpace(errs.String()))
	}
	return out.String(), errs.String(), err
}

// lookUp finds a program, also where daemons live and a user's PATH does not lead.
func lookUp(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed: run test/install.sh", name)
}

// stage writes data to a file of the given name in a folder of its own, with the
// mode that careful programs (logrotate) insist on.
func stage(name string, data []byte) (path string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "hagen-accept-")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return path, func() { os.RemoveAll(dir) }, nil
}
