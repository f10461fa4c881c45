//go:build !linux

package bundle

import "errors"

// exchange is not to be had here; the writer renames twice.
func exchange(string, string) error { return errors.ErrUnsupported }
