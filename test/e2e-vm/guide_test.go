package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// block is a fenced block of the guide and where it says that it runs.
var block = regexp.MustCompile("(?ms)^```sh\n# (desk|node|balancer)([^\n]*)\n(.*?)^```$")

// desk makes the commands of an operator's machine: the lab's ways for those
// that lead out of it.
func (c *cluster) desk(t *testing.T, admin string) []string {
	t.Helper()
	bin := filepath.Join(c.Dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(site.Program(t), filepath.Join(bin, "hagen")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"scp": "#!/bin/sh\nset -e\nrm -rf \"arrived/${3%%:*}\"\nmkdir -p arrived\ncp -r \"$2\" \"arrived/${3%%:*}\"\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "SOPS_AGE_KEY_FILE=age.key", "HAGEN_PROBE_PASSWORD="+admin,
		"HAGEN_SOPS="+filepath.Join(filepath.Dir(site.Program(t)), "sops"))
}

// guide runs every block of the guide in its order.
func (c *cluster) guide(t *testing.T, admin string) {
	t.Helper()
	data, err := os.ReadFile("../../docs/operating-vms.md")
	if err != nil {
		t.Fatal(err)
	}
	text := inLab(string(data))
	found := block.FindAllStringSubmatch(text, -1)
	if fences := strings.Count(text, "```sh"); len(found) != fences || len(found) < 8 {
		t.Fatalf("%d of %d blocks say where they run", len(found), fences)
	}
	environment := c.desk(t, admin)
	for _, match := range found {
		where, how, commands := match[1], match[2], match[3]
		run := func(n *lab.Node) error { _, err := n.Run("set -e\n" + commands); return err }
		machines := map[string][]*lab.Node{"node": c.nodes, "balancer": c.balancers}[where]
		switch {
		case where != "desk" && how == "":
			c.each(machines, run)
			if where == "balancer" {
				c.inRunbook(t, commands)
				eventually(t, 30*time.Second, func() error { _, err := c.holder(); return err })
			}
		case where != "desk":
			for _, n := range machines {
				if err := run(n); err != nil {
					t.Fatal(err)
				}
			}
		default:
			cmd := exec.Command("sh", "-ec", commands)
			cmd.Dir, cmd.Env = c.Dir, environment
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s:\n%s%v\n%s", where, commands, err, out)
			}
			c.deliver(t)
		}
	}
}

// inRunbook wants the runbooks to say the same, but for the folder.
func (c *cluster) inRunbook(t *testing.T, commands string) {
	t.Helper()
	_, same, _ := strings.Cut(commands, "\n")
	for _, n := range c.nodes {
		data, err := os.ReadFile(filepath.Join(c.Bundle(n.Name), "RUNBOOK.md"))
		if err != nil || !strings.Contains(string(data), same) {
			t.Errorf("the runbook of %s says otherwise than the guide: %v", n.Name, err)
		}
	}
}

// deliver brings what scp has sent to the nodes.
func (c *cluster) deliver(t *testing.T) {
	t.Helper()
	for _, n := range slices.Concat(c.nodes, c.balancers) {
		sent := filepath.Join(c.Dir, "arrived", "root@"+n.Address)
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
