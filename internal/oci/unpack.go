package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"hagen/internal/artifact"
)

// ErrForeign is an artifact that hagen did not make.
var ErrForeign = errors.New("this is no artifact of hagen")

// Unpack returns the files of an artifact. A path that leads out of a folder,
// two files of one path, links and devices are errors, and so is what is larger
// than the limits.
func (i Image) Unpack() (artifact.Set, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(i.layer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	defer unzipped.Close()
	var files []artifact.File
	r := tar.NewReader(io.LimitReader(unzipped, maxUnpacked))
	for {
		header, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return artifact.NewSet(files)
		case err != nil:
			return nil, fmt.Errorf("the archive cannot be read, or unpacks to more than %d MB: %w", maxUnpacked>>20, err)
		case header.Typeflag == tar.TypeDir:
			continue
		case header.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%q is no regular file but a link or a device", header.Name)
		case header.Size > maxFile:
			return nil, fmt.Errorf("%q has %d bytes, the limit is %d", header.Name, header.Size, maxFile)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", header.Name, err)
		}
		files = append(files, artifact.File{Path: header.Name, Data: data, Executable: header.Mode&0o100 != 0})
	}
}
