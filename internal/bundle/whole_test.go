package bundle_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
)

func whole(t *testing.T, name, environment string, files ...artifact.File) bundle.Whole {
	t.Helper()
	set, err := artifact.NewSet(files)
	if err != nil {
		t.Fatal(err)
	}
	w, err := bundle.Complete(set, bundle.Manifest{Name: name, Environment: environment, Harbor: "2.15.2"})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func folders(t *testing.T) []bundle.Whole {
	t.Helper()
	return []bundle.Whole{
		whole(t, "hub", "", artifact.File{Path: "kubernetes/a.yaml", Data: []byte("a: 1\n")}),
		whole(t, "hubs", "staging", artifact.File{Path: "compose/one/up.sh", Data: []byte("#!/bin/sh\n"), Executable: true}),
		whole(t, "other", "", artifact.File{Path: "b.yaml", Data: []byte("b: 1\n")}),
	}
}

func TestJoinAndSplit(t *testing.T) {
	want := folders(t)
	files, err := bundle.Join(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := bundle.Split(files)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d folders, %v", len(got), err)
	}
	for i := range want {
		if got[i].Folder() != want[i].Folder() || !slices.EqualFunc(got[i].Files, want[i].Files, sameFile) {
			t.Errorf("got %s, want %s", got[i].Folder(), want[i].Folder())
		}
	}
	if _, err := bundle.Join(append(want, want[0])); err == nil {
		t.Error("two folders of one name are taken")
	}
	_, err = bundle.Join(append(want, whole(t, "hub", "staging")))
	if err == nil || !strings.Contains(err.Error(), "hub is a registry, and hub/staging an environment of it") {
		t.Errorf("got %v", err)
	}
}

func sameFile(a, b artifact.File) bool {
	return a.Path == b.Path && bytes.Equal(a.Data, b.Data) && a.Executable == b.Executable
}

func TestSplitRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(files []artifact.File) []artifact.File
		want   string
	}{
		"another file":        {func(f []artifact.File) []artifact.File { f[0].Data = []byte("a: 2\n"); return f }, "hub/kubernetes/a.yaml is not the file of the manifest"},
		"a file too many":     {add("hub/x.yaml", ""), "hub/x.yaml is not in the manifest of the folder"},
		"a file missing":      {func(f []artifact.File) []artifact.File { return f[1:] }, "hub/kubernetes/a.yaml is in the manifest and not there"},
		"a file outside":      {add("x.yaml", ""), "x.yaml belongs to no rendered folder"},
		"another folder":      {add("evil/manifest.json", `{"name":"hub"}`), "evil/manifest.json: the folder is not that of hub"},
		"a folder that climb": {add("evil/manifest.json", `{"name":"..","environment":"evil"}`), "evil/manifest.json: the folder is not that of ../evil"},
		"no name":             {add("manifest.json", `{}`), "manifest.json: the folder is not that of "},
		"a stage of a build":  {add(".hagen-stage-hub/manifest.json", `{"name":".hagen-stage-hub"}`), "manifest.json: the folder is not that of .hagen-stage-hub"},
		"no manifest":         {add("evil/manifest.json", `[`), "evil/manifest.json: unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := bundle.Join(folders(t)[:1])
			if err != nil {
				t.Fatal(err)
			}
			changed, err := artifact.NewSet(test.change(files))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bundle.Split(changed); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func add(path, data string) func([]artifact.File) []artifact.File {
	return func(files []artifact.File) []artifact.File {
		return append(files, artifact.File{Path: path, Data: []byte(data)})
	}
}

// What is written is read back as it was, manifest and all.
func TestStageWholeAndReadWhole(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	want := folders(t)[1:]
	// a later hagen may tell more than this one knows
	manifest := slices.IndexFunc(want[1].Files, func(f artifact.File) bool { return f.Path == bundle.ManifestName })
	want[1].Files[manifest].Data = bytes.Replace(want[1].Files[manifest].Data, []byte("{"), []byte(`{"later": true,`), 1)
	writer, err := bundle.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for _, folder := range want {
		if _, err := writer.StageWhole(folder); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Commit(); err != nil {
		t.Fatal(err)
	}
	got, err := bundle.ReadWhole(out)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d folders, %v", len(got), err)
	}
	for i := range want {
		if !slices.EqualFunc(got[i].Files, want[i].Files, sameFile) {
			t.Errorf("%s is not what was written", want[i].Folder())
		}
	}
	if err := os.WriteFile(filepath.Join(out, "other", "mine"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var unlike *bundle.UnlikeError
	if _, err := bundle.ReadWhole(out); !errors.As(err, &unlike) || !strings.Contains(err.Error(), "not made by hagen, and not compared: mine") {
		t.Errorf("got %v", err)
	}
}
