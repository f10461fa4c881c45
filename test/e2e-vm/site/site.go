// Package site makes what an operator has: a spec, its secrets, and what hagen
// builds of them. A spec and a folder go in, a site whose bundles are rendered
// comes out; the test that asked for it fails when hagen refuses anything.
package site

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/test/e2e-vm/lab"
)

// Passwords with what a shell, a URL, YAML and Compose could break.
const (
	DatabasePassword = `p@ss %:/#?&$"'\ word`
	RedisPassword    = `r@dis%:/#?&$"'\word`
)

// File is the name of the spec in the folder of a site.
const File = "hagen.toml"

// Site is a spec, its secrets and what hagen makes of them.
type Site struct {
	T         testing.TB
	Name, Dir string
	Authority *lab.Authority
	Key       string // of age, the operator's and the nodes'
}

// Program is hagen as it is built.
func Program(t testing.TB) string {
	t.Helper()
	path := os.Getenv("HAGEN_BIN")
	if path == "" {
		path = filepath.Join(module(t), "../../bin/hagen")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("there is no hagen: make build (%v)", err)
	}
	return path
}

// module is the folder of this module, from whichever of its packages runs.
func module(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("there is no go.mod above this test")
	return ""
}

var (
	// secretsTable is the part of a spec that the site writes itself.
	secretsTable = regexp.MustCompile(`(?ms)^\[secrets\]\n.*?(^\[|\z)`)
	nameLine     = regexp.MustCompile(`(?m)^name = "(.*)"`)
)

// New takes a spec over into a folder of its own below a folder, with a key and
// an authority of its own, makes its secrets and builds it.
func New(t testing.TB, below, spec string) *Site {
	t.Helper()
	authority, err := lab.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{T: t, Name: nameLine.FindStringSubmatch(spec)[1], Authority: authority}
	s.Dir = filepath.Join(below, s.Name)
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.Write("ca.crt", string(authority.PEM))
	s.Command("age-keygen", "-o", "age.key")
	s.Key = s.Read("age.key")
	public := strings.TrimSpace(s.Command("age-keygen", "-y", "age.key"))
	table := fmt.Sprintf("\n[secrets]\nprovider = \"sops\"\nrecipients = [%q]\nnode_recipients = [%[1]q]\n", public)
	s.Write(File, secretsTable.ReplaceAllString(spec, "$1")+table)
	args := []string{"secrets", "init"}
	if strings.Contains(spec, `url = "https://`) {
		args = append(args, "--private-ca")
	}
	s.Hagen(args...)
	s.Hagen("build")
	return s
}

// Copy is the same site in another folder, for a test of its own.
func (s *Site) Copy(t testing.TB, to string) *Site {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(s.Dir)); err != nil {
		t.Fatal(err)
	}
	other := *s
	other.T, other.Dir = t, to
	return &other
}

// Path is that of a file in the site's folder.
func (s *Site) Path(name string) string { return filepath.Join(s.Dir, filepath.FromSlash(name)) }

// Write writes a file of the site's folder, and the folders that lead to it.
func (s *Site) Write(name, text string) {
	s.T.Helper()
	err := os.MkdirAll(filepath.Dir(s.Path(name)), 0o755)
	if err := errors.Join(err, os.WriteFile(s.Path(name), []byte(text), 0o644)); err != nil {
		s.T.Fatal(err)
	}
}

// Read returns the text of a file of the site's folder.
func (s *Site) Read(name string) string {
	s.T.Helper()
	data, err := os.ReadFile(s.Path(name))
	if err != nil {
		s.T.Fatal(err)
	}
	return string(data)
}

// Hagen runs hagen and returns what it prints; it must succeed.
func (s *Site) Hagen(args ...string) string {
	s.T.Helper()
	return s.Command(Program(s.T), args...)
}

// Command runs a program that must succeed, and returns what it prints.
func (s *Site) Command(name string, args ...string) string {
	s.T.Helper()
	out, err := s.Prepare(name, args...).Output()
	if err != nil {
		s.T.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, Said(err))
	}
	return string(out)
}

// Prepare makes a command that runs in the site's folder, with what only an
// operator knows.
func (s *Site) Prepare(name string, args ...string) *exec.Cmd {
	s.T.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "SOPS_AGE_KEY_FILE=age.key", "HAGEN_SECRET_CEPH_KEY=AQCk2YpmAAAAABAAcxq0ghn3Qe7XQ4k8m9p1uA==",
		"HAGEN_SECRET_DATABASE_PASSWORD="+DatabasePassword, "HAGEN_SECRET_REDIS_PASSWORD="+RedisPassword)
	return cmd
}

// Said is what a command that failed has said.
func Said(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(exit.Stderr)
	}
	return ""
}

// Bundle is the folder of a node.
func (s *Site) Bundle(node string) string {
	return filepath.Join(s.Dir, "out", s.Name, "compose", node)
}
