// Command canonical makes an image the same bytes whenever, and by whichever
// builder, it was built: one layer with its files in their order and one time on
// all of them, and a configuration without history.
//
//	canonical -name hagen:0.1.0 -epoch 1700000000 built.tar image.tar
//
// Both files are archives of docker save.
package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	tag := flag.String("name", "", "`NAME:TAG` of the image")
	epoch := flag.Int64("epoch", 0, "seconds since 1970 that all times become")
	flag.Parse()
	if err := run(*tag, time.Unix(*epoch, 0).UTC(), flag.Arg(0), flag.Arg(1)); err != nil {
		fmt.Fprintln(os.Stderr, "canonical:", err)
		os.Exit(1)
	}
}

func run(tag string, when time.Time, from, to string) error {
	reference, err := name.NewTag(tag)
	if err != nil {
		return err
	}
	built, err := tarball.ImageFromPath(from, &reference)
	if err != nil {
		return err
	}
	image, err := canonical(built, when)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(to, reference, image)
}

// canonical keeps the files and what the image says of running them.
func canonical(built v1.Image, when time.Time) (v1.Image, error) {
	config, err := built.ConfigFile()
	if err != nil {
		return nil, err
	}
	text, err := layer(built, when)
	if err != nil {
		return nil, err
	}
	files, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil })
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(empty.Image, files)
	if err != nil {
		return nil, err
	}
	whole, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	run := config.Config
	whole.OS, whole.Architecture, whole.Variant = config.OS, config.Architecture, config.Variant
	whole.Created, whole.History = v1.Time{Time: when}, nil
	whole.Config = v1.Config{
		Entrypoint: run.Entrypoint, Env: run.Env, Labels: run.Labels, User: run.User, WorkingDir: run.WorkingDir,
	}
	return mutate.ConfigFile(image, whole)
}

type entry struct {
	header *tar.Header
	data   []byte
}

// layer is all files of an image, sorted by their paths.
func layer(image v1.Image, when time.Time) ([]byte, error) {
	all, err := read(image)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.header.Name, b.header.Name) })
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for _, e := range all {
		h := &tar.Header{Typeflag: e.header.Typeflag, Name: e.header.Name, Mode: e.header.Mode & 0o7777, Size: e.header.Size, ModTime: when, Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), w.Close()
}

func read(image v1.Image) ([]entry, error) {
	files := mutate.Extract(image)
	defer files.Close()
	var all []entry
	for r := tar.NewReader(files); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		header.Name = path.Clean("/" + header.Name)[1:]
		switch {
		case header.Name == "":
			continue
		case header.Typeflag == tar.TypeDir:
			header.Name += "/"
		case header.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%s is neither a file nor a folder", header.Name)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all = append(all, entry{header, data})
	}
}
