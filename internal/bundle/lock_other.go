//go:build !unix

package bundle

import "os"

// lockFolder only opens the folder: this system has no lock for it.
func lockFolder(dir string) (*os.File, error) { return os.Open(dir) }
