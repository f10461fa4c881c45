package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// small mounts a file system of some size until the test ends.
func (s *site) small(dir, size string) {
	s.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		s.t.Fatalf("run this test as root, it needs a small file system: %v", err)
	}
	s.t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
}

// fill leaves some pages free on a file system.
func (s *site) fill(dir string, pages int) {
	s.t.Helper()
	name := filepath.Join(dir, "full")
	os.Remove(name)
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		s.t.Fatal(err)
	}
	writeFile(s.t, name, strings.Repeat("x", max(0, int(disk.Bavail)-pages)*int(disk.Bsize)))
}

// TestFullDisk rotates where less and less room is left: the folder is the old
// one, byte for byte, or the new one.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	disk := filepath.Join(s.dir, "secrets")
	s.small(disk, "512k")
	s.must(s.init()...)
	refused, done := 0, 0
	for pages := 20; pages >= 0; pages -= 2 {
		s.env["HAGEN_SECRET_REDIS_PASSWORD"] += "!"
		s.fill(disk, pages)
		before := files(t, s.folder())
		o := s.run(s.rotate("redis_password")...)
		if o.code == 0 {
			done++
			continue
		}
		refused++
		if o.code != 2 || !strings.Contains(o.err, "no space left on device") {
			t.Errorf("exit code %d\n%s", o.code, o.err)
		}
		if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
			t.Errorf("%d pages: %v changed", pages, diff)
		}
	}
	if refused == 0 || done == 0 {
		t.Errorf("%d rotations were refused, %d done: the test shows little", refused, done)
	}
	s.must(s.secrets("check")...)
}

// TestFullTemporary fills the folder for temporary files, where SOPS works on
// what is encrypted.
func TestFullTemporary(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	s.small(s.tmp, "64k")
	before := files(t, s.folder())
	for pages := range 3 {
		s.fill(s.tmp, pages)
		s.refuses(s.rotate("secretkey"), 2, "no space left on device")
	}
	if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
		t.Errorf("%v changed", diff)
	}
	s.must(s.secrets("check")...)
}
