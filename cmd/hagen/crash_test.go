package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hagen/internal/bundle"
)

// binary builds hagen once for the tests that must kill it or run it as a
// process of its own.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hagen")
	build := exec.Command("go", "build", "-o", path, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// specWith returns a spec whose artifacts differ with the log level.
func specWith(t *testing.T, level string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/both.toml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hub.toml")
	text := string(data) + "\n[logging]\nlevel = \"" + level + "\"\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKilledAtAnyMoment kills builds that go back and forth between two specs:
// the folder must be the whole of one or the whole of the other, and the next
// build must find its way.
func TestKilledAtAnyMoment(t *testing.T) {
	hagen := binary(t)
	out := filepath.Join(t.TempDir(), "out")
	specs := []string{specWith(t, "info"), specWith(t, "debug")}
	states := map[string]bool{}
	for _, spec := range specs {
		mustRun(t, hagen, "build", spec, "-o", out)
		states[wholeState(t, filepath.Join(out, "hub"))] = true
	}
	if len(states) != 2 {
		t.Fatalf("%d states: the two specs make the same", len(states))
	}
	limit := buildTime(t, hagen, specs[0], out)
	random := rand.New(rand.NewSource(1))
	killed := 0
	for i := range 60 {
		cmd := exec.Command(hagen, "build", specs[i%2], "-o", out)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.Int63n(int64(limit))), func() { cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		if state := wholeState(t, filepath.Join(out, "hub")); !states[state] {
			t.Fatalf("build %d left a mixture", i)
		}
	}
	if killed < 10 {
		t.Errorf("only %d of 60 builds were killed: the test shows little", killed)
	}
	mustRun(t, hagen, "build", specs[0], "-o", out)
	var names []string
	entries, _ := os.ReadDir(out)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, []string{"hub", "index.html"}) {
		t.Errorf("leftovers: %v", names)
	}
}

func buildTime(t *testing.T, hagen, spec, out string) time.Duration {
	start := time.Now()
	mustRun(t, hagen, "build", spec, "-o", out)
	return time.Since(start) * 3 / 2
}

func mustRun(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// wholeState checks a folder against its manifest and returns a digest of it;
// a folder that is no whole build has the digest "".
func wholeState(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, bundle.ManifestName))
	if err != nil {
		return ""
	}
	var m bundle.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return ""
	}
	count := 0
	filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			count++
		}
		return nil
	})
	if count != len(m.Files)+1 {
		return ""
	}
	for _, file := range m.Files {
		content, err := os.ReadFile(filepath.Join(dir, file.Path))
		sum := sha256.Sum256(content)
		if err != nil || hex.EncodeToString(sum[:]) != file.SHA256 {
			return ""
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// TestTwoBuildsAtOnce starts builds of two specs into one folder together.
func TestTwoBuildsAtOnce(t *testing.T) {
	hagen := binary(t)
	out := filepath.Join(t.TempDir(), "out")
	specs := []string{specWith(t, "info"), specWith(t, "debug")}
	for range 8 {
		var running []*exec.Cmd
		for _, spec := range specs {
			cmd := exec.Command(hagen, "build", "-q", spec, "-o", out)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, cmd)
		}
		for _, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		if wholeState(t, filepath.Join(out, "hub")) == "" {
			t.Fatal("the folder is no whole build")
		}
	}
}
