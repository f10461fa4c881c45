package main

import (
	"archive/tar"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// built makes an image as a builder does: with a layer for each list of files, a
// time on each, and a history.
func built(t *testing.T, when time.Time, layers ...string) v1.Image {
	t.Helper()
	var image v1.Image = empty.Image
	for _, names := range layers {
		var text bytes.Buffer
		w := tar.NewWriter(&text)
		for name := range strings.FieldsSeq(names) {
			header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(name)), ModTime: when, Uname: when.String()}
			data := []byte(name)
			if strings.HasSuffix(name, "/") {
				header.Typeflag, header.Size, data = tar.TypeDir, 0, nil
			}
			if err := w.WriteHeader(header); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text.Bytes())), nil })
		if err != nil {
			t.Fatal(err)
		}
		if image, err = mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: when.String()}}); err != nil {
			t.Fatal(err)
		}
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config.Created, config.DockerVersion = v1.Time{Time: when}, when.String()
	config.Config.Entrypoint, config.Config.Hostname = []string{"/b"}, when.String()
	if image, err = mutate.ConfigFile(image, config); err != nil {
		t.Fatal(err)
	}
	return image
}

// TestCanonical: the same files are the same image, however and whenever they were put
// into layers; other files are another.
func TestCanonical(t *testing.T) {
	digest := func(image v1.Image) v1.Hash {
		t.Helper()
		image, err := canonical(image, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		hash, err := image.ConfigName()
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
	one := digest(built(t, time.Unix(1000, 0), "a/ a/c b"))
	if two := digest(built(t, time.Unix(2000, 0), "b", "a/ a/c")); two != one {
		t.Errorf("%s and %s", one, two)
	}
	if other := digest(built(t, time.Unix(1000, 0), "a/ a/d b")); other == one {
		t.Error("other files, the same image")
	}
	image, err := canonical(built(t, time.Unix(1000, 0), "b"), time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil || len(config.Config.Entrypoint) != 1 || config.Created.Unix() != 1 || len(config.History) > 0 {
		t.Errorf("%+v, %v", config, err)
	}
}
