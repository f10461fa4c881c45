package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/test/e2e-vm/lab"
)

// block is a fenced block of the guide and where it says that it runs.
var block = regexp.MustCompile("(?ms)^```sh\n# (desk|node|balancer)([^\n]*)\n(.*?)^```$")

// desk makes the commands of an operator's machine: the lab's ways for those
// that lead out of it.
func (c *cluster) desk(t *testing.T, admin string) []string {
	t.Helper()
	bin := filepath.Join(c.dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program(t), filepath.Join(bin, "hagen")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"scp":     "#!/bin/sh\nset -e\nrm -rf \"arrived/${3%%:*}\"\nmkdir -p arrived\ncp -r \"$2\" \"arrived/${3%%:*}\"\n",
		"apt-get": "#!/bin/sh\nexit 0\n",
		// HAProxy reads the file itself; the lab has started it
		"systemctl": "#!/bin/sh\nexit 0\n",
		"install":   "#!/bin/sh\ncase $4 in /etc/haproxy/*) exec cp \"$3\" haproxy.cfg ;; esac\nexec /usr/bin/install \"$@\"\n",
		"haproxy":   "#!/bin/sh\nexec /usr/sbin/haproxy -c -f haproxy.cfg\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "SOPS_AGE_KEY_FILE=age.key", "HAGEN_PROBE_PASSWORD="+admin,
		"HAGEN_SOPS="+filepath.Join(filepath.Dir(program(t)), "sops"))
}

// follow runs every block of the guide in its order.
func (c *cluster) guide(t *testing.T, admin string) {
	t.Helper()
	data, err := os.ReadFile("../../docs/operating-vms.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("example.com", "lab", "10.10.4.", "10.77.0.").Replace(string(data))
	found := block.FindAllStringSubmatch(text, -1)
	if fences := strings.Count(text, "```sh"); len(found) != fences || len(found) < 8 {
		t.Fatalf("%d of %d blocks say where they run", len(found), fences)
	}
	environment := c.desk(t, admin)
	for _, match := range found {
		where, how, commands := match[1], match[2], match[3]
		run := func(n *lab.Node) error { _, err := n.Run("set -e\n" + commands); return err }
		switch {
		case where == "node" && how == "":
			c.each(run)
		case where == "node":
			for _, n := range c.nodes {
				if err := run(n); err != nil {
					t.Fatal(err)
				}
			}
		default:
			cmd := exec.Command("sh", "-ec", commands)
			cmd.Dir, cmd.Env = c.dir, environment
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s:\n%s%v\n%s", where, commands, err, out)
			}
			c.deliver(t)
		}
	}
}

// deliver brings what scp has sent to the nodes.
func (c *cluster) deliver(t *testing.T) {
	t.Helper()
	for _, n := range c.nodes {
		sent := filepath.Join(c.dir, "arrived", "root@"+n.Address)
		if _, err := os.Stat(sent); err != nil {
			continue
		}
		if err := copyBundle(n, sent, "/root/hub"); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(sent); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", n.Name, err))
		}
	}
}
