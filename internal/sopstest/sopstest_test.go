package sopstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The program that tests get is the release that tools/sops pins.
func TestProgram(t *testing.T) {
	pinned, err := os.ReadFile(filepath.Join(moduleFolder(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(Program(t), "--version", "--disable-version-check").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	fields := strings.Fields(string(out))
	if len(fields) < 2 || !strings.Contains(string(pinned), "getsops/sops/v3 v"+fields[1]+" ") {
		t.Errorf("the program says %q, which is not the release that is pinned", out)
	}
}

func TestFresh(t *testing.T) {
	dir := t.TempDir()
	source, made := filepath.Join(dir, "go.mod"), filepath.Join(dir, "sops")
	touch := func(path string, at time.Time) {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	touch(source, now)
	if fresh(made, source) {
		t.Error("a file that is not there is fresh")
	}
	touch(made, now.Add(-time.Minute))
	if fresh(made, source) {
		t.Error("a file older than its source is fresh")
	}
	touch(made, now.Add(time.Minute))
	if !fresh(made, source) {
		t.Error("a file newer than its source is not fresh")
	}
}
