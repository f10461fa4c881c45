package editors

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// hagen runs the program that `make build` made, and returns what it prints to
// standard output, whatever its exit code.
func hagen(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(root, "bin/hagen"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	return out
}

// taplo checks a file against the schema that its first line names.
func taplo(t *testing.T, file string) (string, error) {
	t.Helper()
	program, err := filepath.Abs("node_modules/.bin/taplo")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "check", filepath.Base(file))
	cmd.Dir = filepath.Dir(file)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTaploTakesExamples(t *testing.T) {
	files, err := filepath.Glob(root + "/examples/*.toml")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(text), "#:schema ../schema/spec.schema.json\n") {
			t.Errorf("%s does not name its schema: %v", file, err)
		}
		if out, err := taplo(t, file); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}

// A new spec names the schema that lies beside it.
func TestTaploTakesNewSpecs(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "schema.json"), hagen(t, dir, "schema"))
	for _, args := range [][]string{{"init", "a.toml"}, {"init", "--harbor", "1.2", "b.toml"}} {
		hagen(t, dir, args...)
		file := args[len(args)-1]
		if out, err := taplo(t, filepath.Join(dir, file)); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
}

// What hagen refuses for its shape, editors underline.
func TestTaploRefuses(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{`name = "node1"`, `nome = "node1"`, "nome"},
		{`monitors = [`, `monitor = [`, "monitor"},
		{`url = "http`, `url = "ftp`, "ftp://"},
		{`username = "harbor"`, `port = "3306"`, "3306"},
		{`version = "1.1.2"`, `version = "9.9.9"`, "9.9.9"},
		{`addresses = ["redis.internal:6379"]`, `mode = "cluster"`, "cluster"},
	} {
		dir := t.TempDir()
		text, err := os.ReadFile(root + "/examples/hub-vm.toml")
		if err != nil || !strings.Contains(string(text), test.old) {
			t.Fatalf("the example does not hold %q: %v", test.old, err)
		}
		broken := strings.Replace(string(text), test.old, test.new, 1)
		broken = strings.Replace(broken, "../schema/spec.schema.json", "schema.json", 1)
		write(t, filepath.Join(dir, "schema.json"), hagen(t, dir, "schema"))
		write(t, filepath.Join(dir, "hub.toml"), []byte(broken))
		out, err := taplo(t, filepath.Join(dir, "hub.toml"))
		if _, failed := err.(*exec.ExitError); !failed || !strings.Contains(out, test.want) {
			t.Errorf("%s: %v\n%s", test.new, err, out)
		}
	}
}
