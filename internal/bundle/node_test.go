package bundle_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/bundle"
)

const listOfNode = "registry hub\nenvironment west\nharbor 2.15.2\nnode one\nnodes 3\n"

// onNode writes a bundle as it stands on a node, with more files.
func onNode(t *testing.T, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"host/node.list": listOfNode, "host/secrets.list": "file a 0 0 0400\nfingerprint a 11\nfingerprint b 22\n", "docker-compose.yml": "services: {}\n",
	}
	for name, text := range more {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func paths(n bundle.Node) []string {
	var found []string
	for _, file := range n.Files {
		found = append(found, file.Path)
	}
	return found
}

func TestReadNode(t *testing.T) {
	dir := onNode(t, map[string]string{"config/a.conf": "a"})
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "config", "link")); err != nil {
		t.Fatal(err)
	}
	n, err := bundle.ReadNode(dir)
	if err != nil {
		t.Fatal(err)
	}
	if n.Registry != "hub" || n.Environment != "west" || n.Harbor != "2.15.2" || n.Name != "one" {
		t.Errorf("got %+v", n)
	}
	if got, want := paths(n), []string{"config/a.conf", "docker-compose.yml", "host/node.list", "host/secrets.list"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []string{"config/link is no regular file, and not read"}; !slices.Equal(n.Notes, want) {
		t.Errorf("got %q, want %q", n.Notes, want)
	}
}

// What a node has decrypted is not read; its list tells what containers read.
func TestReadNodeWithSecrets(t *testing.T) {
	const made = "file a 0 0 0400\nfingerprint a 11\nfingerprint b 33\n"
	for name, more := range map[string]map[string]string{
		"a folder":         {"secrets/secrets.list": made, "secrets/docker-compose.secrets.yml": "hunter2", "secrets/a": "hunter2", "secrets/deep/b": "hunter2"},
		"the list alone":   {"etc/hagen/secrets.list": made},
		"beside the files": {"secrets.list": made, "docker-compose.secrets.yml": "hunter2"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := bundle.ReadNode(onNode(t, more))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range n.Files {
				if strings.Contains(string(file.Data), "hunter2") {
					t.Errorf("%s is read", file.Path)
				}
			}
			if want := []string{"docker-compose.yml", "host/node.list", "host/secrets.list"}; !slices.Equal(paths(n), want) {
				t.Errorf("got %q, want %q", paths(n), want)
			}
			if got := string(n.Files[2].Data); got != made || len(n.Notes) != 1 {
				t.Errorf("got %q, %q", got, n.Notes)
			}
		})
	}
	n, err := bundle.ReadNode(onNode(t, map[string]string{"secrets/docker-compose.secrets.yml": "hunter2"}))
	if err != nil || len(n.Files) != 3 || len(n.Notes) != 0 {
		t.Errorf("secrets without a list: got %+v, %v", n, err)
	}
}

func TestReadNodeRefuses(t *testing.T) {
	for name, dir := range map[string]string{
		"nothing": filepath.Join(t.TempDir(), "missing"), "another folder": t.TempDir(),
		"an empty list": onNode(t, map[string]string{"host/node.list": ""}), "no node": onNode(t, map[string]string{"host/node.list": "registry hub\n"}),
	} {
		if _, err := bundle.ReadNode(dir); !errors.Is(err, bundle.ErrNoNode) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
