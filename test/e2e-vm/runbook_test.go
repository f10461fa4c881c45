package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// step is a numbered section of a runbook with its commands.
type step struct{ title, commands string }

var (
	heading = regexp.MustCompile(`(?m)^## \d+\. (.*)$`)
	fence   = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
)

// steps takes a runbook apart.
func steps(text string) []step {
	var list []step
	at := heading.FindAllStringSubmatchIndex(text, -1)
	for i, place := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		var commands strings.Builder
		for _, block := range fence.FindAllStringSubmatch(text[place[1]:end], -1) {
			commands.WriteString(block[1])
		}
		list = append(list, step{text[place[2]:place[3]], commands.String()})
	}
	return list
}

// mountCeph mounts in place of CephFS a folder that all nodes share, as long as
// the node has the key and the monitors answer.
const mountCeph = `#!/bin/sh
[ -s /etc/ceph/admin.secret ] || { echo 'mount error: there is no secret file' >&2; exit 32; }
[ ! -e /run/no-monitors ] || { echo 'mount error: no mds server is up or the cluster is laggy' >&2; exit 32; }
exec mount --bind /var/lib/lab/shared "$2"
`

// otherFileSystem tells the units that the shared folder lies in memory.
const otherFileSystem = "[Service]\nEnvironment=HAGEN_FILE_SYSTEMS=tmpfs\n"

// furnish makes a node a machine with packages and the key of the site.
func furnish(n *lab.Node, s *site.Site) error {
	compose, err := exec.Command("go", "-C", "../compose", "tool", "-n", "cmd").Output()
	if err != nil {
		return fmt.Errorf("build Compose in test/compose: %w", err)
	}
	for path, text := range map[string]string{
		"/usr/sbin/mount.ceph":   mountCeph,
		"/usr/local/lab/apt-get": "#!/bin/sh\nexit 0\n",
		// all nodes have the clock of this machine, which nobody may synchronise
		"/usr/local/lab/timedatectl":                               "#!/bin/sh\ncat /run/clock 2>/dev/null || echo yes\n",
		"/etc/systemd/system/harbor.service.d/override.conf":       otherFileSystem,
		"/etc/systemd/system/harbor-watch.service.d/override.conf": otherFileSystem,
	} {
		if err := n.Write(path, text, 0o755); err != nil {
			return err
		}
	}
	if err := n.Write("/etc/hagen/age.key", s.Key, 0o600); err != nil {
		return err
	}
	if n.Name != "node3" {
		return nil
	}
	// the third node has the newest Compose, the others docker-compose 1.29
	program, err := os.ReadFile(strings.TrimSpace(string(compose)))
	if err != nil {
		return err
	}
	return n.Write("/usr/local/lib/docker/cli-plugins/docker-compose", string(program), 0o755)
}

// copyBundle brings the folder of a node to it, as scp -r does.
func copyBundle(n *lab.Node, from, to string) error {
	tar := exec.Command("tar", "-C", from, "-c", ".")
	data, err := tar.Output()
	if err != nil {
		return err
	}
	cmd := n.Command("rm -rf '" + to + "' && mkdir -p '" + to + "' && tar -C '" + to + "' -x --no-same-owner")
	cmd.Stdin = strings.NewReader(string(data))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", n.Name, err, out)
	}
	return nil
}

// follow does the steps of a node's runbook in their order, up to the one of a
// title, each in the folder where the one before has led.
func follow(n *lab.Node, s *site.Site, last string) error {
	data, err := os.ReadFile(filepath.Join(s.Bundle(n.Name), "RUNBOOK.md"))
	if err != nil {
		return err
	}
	folder := "/root/hub"
	for _, step := range steps(string(data)) {
		// the image of 1.x that holds its tables cannot be had; the lab has loaded them
		if strings.HasPrefix(step.title, "Load the tables") {
			continue
		}
		if _, err := n.Run("cd " + folder + " && set -e\n" + step.commands); err != nil {
			return fmt.Errorf("step %q: %w", step.title, err)
		}
		folder = "/opt/hagen/" + s.Name
		if step.title == last {
			return nil
		}
	}
	return fmt.Errorf("there is no step %q", last)
}
