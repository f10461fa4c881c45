package oci_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/oci"
)

func set(t *testing.T, files ...artifact.File) artifact.Set {
	t.Helper()
	s, err := artifact.NewSet(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func some() []artifact.File {
	return []artifact.File{
		{Path: "hub/manifest.json", Data: []byte("{}\n")},
		{Path: "hub/compose/one/host/up.sh", Data: []byte("#!/bin/sh\n"), Executable: true},
		{Path: "hub/kubernetes/namespace.yaml", Data: []byte(strings.Repeat("kind: Namespace\n", 200))},
		{Path: "hub/" + strings.Repeat("long/", 60) + "ä.yaml", Data: nil},
	}
}

// The digest is pinned: clusters take a new one for a change. If another release
// of Go compresses otherwise, this tells.
func TestDigestIsPinned(t *testing.T) {
	image, err := oci.Pack(set(t, some()...), map[string]string{oci.Revision: "sha1:1", oci.Source: ""})
	if err != nil {
		t.Fatal(err)
	}
	const want = "sha256:18fc0f7067e4a8b37809a0d345e86e9ca8acffb45d14a69e4f5baa7115d23d95"
	if got := image.Digest(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDigestFollowsFromFiles(t *testing.T) {
	digest := func(notes map[string]string, files ...artifact.File) string {
		t.Helper()
		image, err := oci.Pack(set(t, files...), notes)
		if err != nil {
			t.Fatal(err)
		}
		return image.Digest()
	}
	first := digest(nil, some()...)
	files := some()
	slices.Reverse(files)
	if digest(nil, files...) != first {
		t.Error("the order of files changes the digest")
	}
	files = some()
	files[1].Executable = false
	if digest(nil, files...) == first {
		t.Error("the executable bit does not change the digest")
	}
	if digest(map[string]string{oci.Revision: "sha1:2"}, some()...) == first {
		t.Error("the revision does not change the digest")
	}
}

func TestUnpackGivesBack(t *testing.T) {
	want := set(t, some()...)
	image, err := oci.Pack(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := image.Unpack()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d files, %v", len(got), err)
	}
	for i := range want {
		if got[i].Path != want[i].Path || !bytes.Equal(got[i].Data, want[i].Data) || got[i].Executable != want[i].Executable {
			t.Errorf("got %s %v, want %s %v", got[i].Path, got[i].Executable, want[i].Path, want[i].Executable)
		}
	}
}

func TestPackRefusesWhatIsTooLarge(t *testing.T) {
	_, err := oci.Pack(set(t, artifact.File{Path: "hub/a", Data: make([]byte, 17<<20)}), nil)
	if err == nil || !strings.Contains(err.Error(), "hub/a has 17825792 bytes") {
		t.Errorf("got %v", err)
	}
}

// An archive comes from a registry, and whoever may push there wrote it.
func TestUnpackRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		headers []tar.Header
		want    string
	}{
		"a path that climbs":   {[]tar.Header{{Name: "hub/../../etc/cron.d/x"}}, `"hub/../../etc/cron.d/x" cannot be the path`},
		"an absolute path":     {[]tar.Header{{Name: "/etc/passwd"}}, `"/etc/passwd" cannot be the path`},
		"a symbolic link":      {[]tar.Header{{Name: "hub/a", Typeflag: tar.TypeSymlink, Linkname: "/etc"}}, `"hub/a" is no regular file`},
		"a hard link":          {[]tar.Header{{Name: "hub/a", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}}, `"hub/a" is no regular file`},
		"a device":             {[]tar.Header{{Name: "hub/a", Typeflag: tar.TypeChar}}, `"hub/a" is no regular file`},
		"two files of a path":  {[]tar.Header{{Name: "hub/a"}, {Name: "hub/a"}}, "two artifacts have the path hub/a"},
		"a file in a file":     {[]tar.Header{{Name: "hub/a"}, {Name: "hub/a/b"}}, "hub/a is both a file and a folder"},
		"a path with a break":  {[]tar.Header{{Name: "hub/a\nb"}}, `"hub/a\nb" cannot be the path`},
		"a file of 20 MB":      {[]tar.Header{{Name: "hub/a", Size: 20 << 20}}, `"hub/a" has 20971520 bytes`},
		"a path with a point":  {[]tar.Header{{Name: "./hub/a"}}, `"./hub/a" cannot be the path`},
		"a path without words": {[]tar.Header{{Name: "hub//a"}}, `"hub//a" cannot be the path`},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := oci.WithLayer(archive(t, test.headers)).Unpack()
			if err == nil || !strings.Contains(err.Error(), test.want) || files != nil {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	for name, layer := range map[string][]byte{
		"no gzip": []byte("kind: Namespace\n"), "half an archive": archive(t, []tar.Header{{Name: "hub/a", Size: 1 << 20}})[:60],
	} {
		if _, err := oci.WithLayer(layer).Unpack(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func archive(t *testing.T, headers []tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	for _, header := range headers {
		header.Mode = 0o644
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, header.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
