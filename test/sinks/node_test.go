package sinks

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// node is a bundle on a node of its own: the script, its list and its keys.
type node struct {
	t *testing.T
	// bundle is its folder, secrets the directory that the script makes.
	bundle, secrets, key, ceph string
}

// newNode stages the bundle of a spec whose paths lie in folders of the test.
func newNode(t *testing.T) node {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("these tests need root: the script gives files to the users of containers")
	}
	need(t, "age")
	root := t.TempDir()
	n := node{t: t, secrets: root + "/secrets/sinks", key: root + "/age.key", ceph: root + "/ceph/key"}
	text := strings.Replace(specText, `user = "registry"`, fmt.Sprintf("user = \"registry\"\nsecret_file = %q", n.ceph), 1)
	text = strings.Replace(text, "[secrets]\n", fmt.Sprintf("[secrets]\nkey_file = %q\n", n.key), 1)
	text += fmt.Sprintf("[vm]\nsecrets_directory = %q\n\n", root+"/secrets")
	n.bundle, _ = stage(t, buildText(t, moved(text)))
	n.command("age-keygen", "-o", n.key)
	return n
}

// moved puts [vm] before its nodes, where TOML wants it.
func moved(text string) string {
	nodes := "[[vm.nodes]]\nname = \"a\"\naddress = \"10.1.0.11\"\n"
	return strings.Replace(text, nodes, "", 1) + nodes
}

func (n node) command(program string, args ...string) string {
	n.t.Helper()
	out, err := exec.CommandContext(n.t.Context(), program, args...).Output()
	if err != nil {
		n.t.Fatalf("%s: %v", program, err)
	}
	return strings.TrimSpace(string(out))
}

// list is what the bundle asks for: by default what the rendering does.
func (n node) list() string { return n.bundle + "/host/secrets.list" }

// values makes one for each secret that the list asks for.
func (n node) values() map[string]string {
	n.t.Helper()
	data, err := os.ReadFile(n.list())
	if err != nil {
		n.t.Fatal(err)
	}
	values := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		words := strings.Split(line, " ")
		name := words[1]
		if words[0] == "variable" {
			name = words[3]
		}
		values[name] = "valueof-" + name
	}
	return values
}

// archive encrypts each value to a key, as secrets.age of the bundle.
func (n node) archive(values map[string]string, recipient string) {
	n.t.Helper()
	var sections strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		write(n.t, n.bundle, "value", values[name])
		sections.WriteString("secret " + name + "\n" + n.command("age", "-a", "-r", recipient, n.bundle+"/value") + "\n")
	}
	write(n.t, n.bundle, "host/secrets.age", sections.String())
}

func (n node) recipient() string { return n.command("age-keygen", "-y", n.key) }

// folder writes values as files.
func (n node) folder(values map[string]string) string {
	n.t.Helper()
	dir := n.t.TempDir()
	for name, value := range values {
		write(n.t, dir, name, value)
	}
	return dir
}

// run runs the script by a shell, and returns what it says and whether it agreed.
// It never may say a secret, or leave a decrypted one behind.
func (n node) run(shell string, args ...string) (said string, agreed bool) {
	n.t.Helper()
	words := append(strings.Fields(shell), n.bundle+"/host/secrets.sh")
	command := exec.CommandContext(n.t.Context(), words[0], append(words[1:], args...)...)
	command.Dir = n.bundle
	out, err := command.CombinedOutput()
	if strings.Contains(string(out), "valueof-") {
		n.t.Errorf("%s prints a secret: %s", shell, out)
	}
	left, _ := filepath.Glob(n.secrets + ".*")
	for _, name := range left {
		if !strings.HasSuffix(name, ".lock") {
			n.t.Errorf("%s leaves %s behind", shell, name)
		}
	}
	return string(out), err == nil
}

// state is the directory as it is: names, modes, owners, inodes and contents.
func (n node) state() string {
	n.t.Helper()
	if _, err := os.Stat(n.secrets); err != nil {
		return "none"
	}
	names, _ := filepath.Glob(n.secrets + "/*")
	names = append(names, n.secrets, n.ceph)
	slices.Sort(names)
	var text strings.Builder
	for _, name := range names {
		text.WriteString(n.command("stat", "-c", "%n %a %u:%g %i", name) + "\n")
		data, _ := os.ReadFile(name)
		text.Write(data)
	}
	return text.String()
}
