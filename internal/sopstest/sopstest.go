// Package sopstest gives tests the program sops: the release that tools/sops
// pins goes in, the path of its binary comes out. Nothing is skipped where it
// is not installed.
package sopstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"hagen/internal/lock"
)

// Program returns the path of bin/sops in this repository, as make sops makes
// it. It is built when it is not there or older than what pins it; tests of
// several packages wait for each other.
func Program(t testing.TB) string {
	t.Helper()
	module := moduleFolder(t)
	held, err := lock.Folder(module)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	program := filepath.Join(module, "..", "..", "bin", "sops")
	if fresh(program, filepath.Join(module, "go.mod"), filepath.Join(module, "go.sum")) {
		return program
	}
	build(t, module, program)
	return program
}

// build uses the flags of the Makefile: with others, all would be compiled a
// second time.
func build(t testing.TB, module, program string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "github.com/getsops/sops/v3/cmd/sops")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build sops: %v\n%s", err, out)
	}
	now := time.Now()
	// An up-to-date binary is left as it was, with its old time.
	if err := os.Chtimes(program, now, now); err != nil {
		t.Fatal(err)
	}
}

// moduleFolder finds tools/sops above the package under test.
func moduleFolder(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		module := filepath.Join(dir, "tools", "sops")
		if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
			return module
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("tools/sops is nowhere above this package")
		}
		dir = parent
	}
}

// fresh tells whether a file is there and no older than what it is made from.
func fresh(file string, sources ...string) bool {
	made, err := os.Stat(file)
	if err != nil {
		return false
	}
	for _, source := range sources {
		info, err := os.Stat(source)
		if err != nil || info.ModTime().After(made.ModTime()) {
			return false
		}
	}
	return true
}
