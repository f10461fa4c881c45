// Package oci carries files to a registry and back, as one artifact that Flux's
// OCIRepository and an OCI source of Argo CD take as well: a manifest, a small
// configuration, and a single layer, a tar archive compressed by gzip. The same
// files and annotations make the same digest, whoever packs them.
package oci

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"

	"hagen/internal/artifact"
)

// The types of the parts. Flux unpacks the first layer whatever its type; Argo CD
// takes only a layer of an image, or one of Helm, unless it is told otherwise.
const (
	configType = "application/vnd.cncf.flux.config.v1+json"
	layerType  = v1.MediaTypeImageLayerGzip
)

// formatKey is the annotation that tells hagen's artifacts from others, and
// format the version of what they hold.
const (
	formatKey = "dev.hagen.format"
	format    = "1"
)

// The annotations that Flux, Argo CD and registries show.
const (
	Created  = v1.AnnotationCreated
	Revision = v1.AnnotationRevision
	Source   = v1.AnnotationSource
)

// Limits are far above what hagen writes: a thousand sites are 500 MB. They keep
// a wrong artifact from filling memory and disk.
const (
	maxLayer    = 256 << 20
	maxUnpacked = 1 << 30
	maxFile     = 16 << 20
	maxManifest = 4 << 20
)

// Image is an artifact with its parts.
type Image struct {
	manifest, config, layer []byte
}

// Digest is what the artifact is called by its content.
func (i Image) Digest() string { return digest.FromBytes(i.manifest).String() }

// Pack makes an artifact of files and annotations. Files above the limits are
// an error.
func Pack(files artifact.Set, annotations map[string]string) (Image, error) {
	archive, err := archived(files)
	if err != nil {
		return Image{}, err
	}
	i := Image{}
	if i.layer, err = compressed(archive); err != nil {
		return Image{}, err
	}
	if len(i.layer) > maxLayer {
		return Image{}, fmt.Errorf("the files have %d MB compressed, the limit is %d", len(i.layer)>>20, maxLayer>>20)
	}
	if i.config, err = json.Marshal(v1.Image{
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(archive)}},
	}); err != nil {
		return Image{}, err
	}
	notes := map[string]string{formatKey: format}
	for key, value := range annotations {
		if value != "" {
			notes[key] = value
		}
	}
	i.manifest, err = json.Marshal(v1.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: v1.MediaTypeImageManifest,
		Config:      content.NewDescriptorFromBytes(configType, i.config),
		Layers:      []v1.Descriptor{content.NewDescriptorFromBytes(layerType, i.layer)},
		Annotations: notes, // a map is encoded in the order of its keys
	})
	return i, err
}

// archived writes files as a tar archive in which nothing but paths, bytes and
// the executable bit is told.
func archived(files artifact.Set) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	made := map[string]bool{".": true}
	total := 0
	for _, file := range files {
		if total += len(file.Data); len(file.Data) > maxFile || total > maxUnpacked {
			return nil, fmt.Errorf("%s has %d bytes: a file may have %d MB, all together %d", file.Path, len(file.Data), maxFile>>20, maxUnpacked>>20)
		}
		if err := folders(w, path.Dir(file.Path), made); err != nil {
			return nil, err
		}
		mode := int64(0o644)
		if file.Executable {
			mode = 0o755
		}
		header := &tar.Header{Typeflag: tar.TypeReg, Name: file.Path, Mode: mode, Size: int64(len(file.Data)), ModTime: time.Unix(0, 0)}
		if err := w.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		if _, err := w.Write(file.Data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// folders writes a folder and those above it, each once.
func folders(w *tar.Writer, dir string, made map[string]bool) error {
	if made[dir] {
		return nil
	}
	made[dir] = true
	if err := folders(w, path.Dir(dir), made); err != nil {
		return err
	}
	return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: time.Unix(0, 0)})
}

// compressed leaves out the time and the name that gzip could tell.
func compressed(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
