//go:build unix

// Package lock keeps two commands from writing to one folder at once.
package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// Folder waits for a folder and locks it until the file is closed. It is the
// folder itself that is locked, so that no lock file appears in what is
// committed; the kernel drops the lock when the process ends, however it ends.
func Folder(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
