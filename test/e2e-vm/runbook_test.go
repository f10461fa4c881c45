package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"hagen/test/e2e-vm/lab"
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

// systemctl plays systemd's part on a node: it does what the units say. Types of
// file systems and packages are the two things that the lab does not have.
const systemctl = `#!/bin/sh
set -e
units=/etc/systemd/system
value() { sed -n "s/^$1=//p" "$units/$2"; }
lines() { value "$1" "$2" | while read -r line; do (cd "$(value WorkingDirectory "$2")" && sh -ec "$line") || exit 1; done; }
start() {
	case $1 in
	*.mount)
		where=$(value Where "$1")
		mkdir -p "$where"
		mountpoint -q "$where" || mount --bind /var/lib/lab/shared "$where"
		;;
	*.service)
		need=$(value AssertPathIsMountPoint "$1")
		[ -z "$need" ] || mountpoint -q "$need" || { echo "Assertion failed for $1: $need is not a mount point" >&2; exit 1; }
		lines ExecStartPre "$1"
		lines ExecStart "$1"
		;;
	esac
}
verb=$1
shift
[ "${1-}" != --now ] || { verb=start; shift; }
for unit; do
	[ -e "$units/$unit" ] || { echo "Unit $unit not found." >&2; exit 1; }
	case $verb in
	start) start "$unit" ;;
	reload) lines ExecReload "$unit" ;;
	stop) lines ExecStop "$unit" ;;
	esac
done
`

// furnish makes a node a machine with systemd, packages and the key of the site.
func furnish(n *lab.Node, s *site) error {
	compose, err := exec.Command("go", "-C", "../compose", "tool", "-n", "cmd").Output()
	if err != nil {
		return fmt.Errorf("build Compose in test/compose: %w", err)
	}
	for path, text := range map[string]string{
		"/usr/local/lab/systemctl": systemctl,
		"/usr/local/lab/apt-get":   "#!/bin/sh\nexit 0\n",
	} {
		if err := n.Write(path, text, 0o755); err != nil {
			return err
		}
	}
	if err := n.Write("/etc/hagen/age.key", s.key, 0o600); err != nil {
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
func follow(n *lab.Node, s *site, last string) error {
	data, err := os.ReadFile(filepath.Join(s.bundle(n.Name), "RUNBOOK.md"))
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
		folder = "/opt/hagen/" + s.name
		if step.title == last {
			return nil
		}
	}
	return fmt.Errorf("there is no step %q", last)
}
