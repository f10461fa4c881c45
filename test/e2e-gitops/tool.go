package gitops

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// root is the folder of hagen's repository.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// newest is the minor version of Kubernetes that the engines meet.
const newest = "1.36"

// tool is a program that tools/build.sh made, around a minor version of
// Kubernetes.
func tool(t testing.TB, minor, name string) string {
	t.Helper()
	path := filepath.Join(root(), "bin", "e2e", minor, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; make e2e-tools builds it", err)
	}
	return path
}

// moduleFolder is where the files of a module lie that the module of a tool
// needs: definitions that are published nowhere else.
func moduleFolder(t testing.TB, tool, path string) string {
	t.Helper()
	data := run(t, pins(tool), nil, "go", "mod", "download", "-json", path)
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(data), &module); err != nil {
		t.Fatal(err)
	}
	return module.Dir
}

// pins is the folder with the go.mod of a tool.
func pins(tool string) string {
	return filepath.Join(root(), "test", "e2e-gitops", "tools", tool)
}

// run executes a command in a folder and gives what it printed, without the
// last line break. A command that fails ends the test.
func run(t testing.TB, folder string, env []string, name string, args ...string) string {
	t.Helper()
	out, err := attempt(folder, env, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return out
}

// attempt is run with an error that the caller looks at; what the command
// printed is then both streams.
func attempt(folder string, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = time.Second
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), env...)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	text := strings.TrimSuffix(string(out), "\n")
	if err != nil {
		return strings.TrimSpace(text + "\n" + errors.String()), err
	}
	return text, nil
}
