package bundle

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk builds onto a file system of 256 KiB until it is full.
func TestFullDisk(t *testing.T) {
	out := t.TempDir()
	if err := unix.Mount("tmpfs", out, "tmpfs", 0, "size=256k"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a small file system is needed: %v", err)
		}
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	defer unix.Unmount(out, unix.MNT_DETACH)
	old := set(t, "a", "1", "b", strings.Repeat("x", 50_000))
	mustWrite(t, out, "hub", old)
	_, err := write(out, "hub", set(t, "a", "2", "b", strings.Repeat("y", 500_000)))
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a full disk", err)
	}
	changes, err := Compare(filepath.Join(out, "hub"), old, manifest)
	if err != nil || changes.Any() {
		t.Errorf("the old folder is not as it was: %+v, %v", changes, err)
	}
	entries, _ := os.ReadDir(out)
	if len(entries) != 1 {
		t.Errorf("leftovers: %v", entries)
	}
}
