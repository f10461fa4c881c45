package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// unmounted: nothing starts and nothing is written where CephFS is not mounted.
func (p *pair) unmounted(t *testing.T) {
	if _, err := p.two.Run("touch /run/no-monitors && systemctl stop mnt-cephfs-harbor.mount"); err != nil {
		t.Fatal(err)
	}
	p.refuses(t, "systemctl start harbor.service", "dependency job for harbor.service failed")
	for _, script := range []string{"up.sh", "directories.sh", "watch.sh"} {
		p.refuses(t, "sh /opt/hagen/pair/host/"+script, "nothing is mounted on /mnt/cephfs/harbor")
	}
	// without a unit or a line of fstab nobody tries to mount it
	const away = "mv /etc/systemd/system/mnt-cephfs-harbor.mount /root && systemctl daemon-reload && "
	p.refuses(t, away+"systemctl start harbor.service", "Assertion failed on job for harbor.service")
	p.refuses(t, "sh /opt/hagen/pair/host/preflight.sh --start", "nothing is mounted on /mnt/cephfs/harbor")
	if out, _ := p.two.Run("ls -A /mnt/cephfs/harbor; docker ps --quiet"); strings.TrimSpace(out) != "" {
		t.Errorf("something was written or started: %s", out)
	}
	// the line of fstab does what the unit does, and the bundle asks for its mount
	const line = "rm /run/no-monitors && cat /opt/hagen/pair/host/fstab >>/etc/fstab && systemctl daemon-reload && "
	if _, err := p.two.Run(line + "systemctl start harbor.service && findmnt /mnt/cephfs/harbor"); err != nil {
		t.Fatal(err)
	}
	p.serving(t, p.two)
	if _, err := p.two.Run(": >/etc/fstab && mv /root/mnt-cephfs-harbor.mount /etc/systemd/system && systemctl daemon-reload"); err != nil {
		t.Fatal(err)
	}
}

// refuses wants a line to fail with words.
func (p *pair) refuses(t *testing.T, line, words string) {
	t.Helper()
	if out, err := p.two.Run(line); err == nil || !strings.Contains(out, words) {
		t.Errorf("%s: %v, and it says %s", line, err, out)
	}
}

// preflight names all that is wrong, with what to do, and nothing else.
func (p *pair) preflight(t *testing.T) {
	if out, err := p.two.Run("sh /opt/hagen/pair/host/preflight.sh"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, shell := range []string{"bash", "busybox sh"} {
		if out, err := p.two.Run(shell + " /opt/hagen/pair/host/preflight.sh"); err != nil {
			t.Errorf("%s: %v: %s", shell, err, out)
		}
	}
	list := "/opt/hagen/pair/host/node.list"
	for _, c := range []struct{ name, spoil, mend, want string }{
		{"an owner", "chown root /mnt/cephfs/harbor/log/node2", "sh /opt/hagen/pair/host/directories.sh", "belongs to 0, not to 10000"},
		{"secrets", "chmod 644 /etc/hagen/secrets/pair/passwd", "sh /opt/hagen/pair/host/secrets.sh", "the secrets are not what this bundle asks for"},
		{"the clock", "echo no >/run/clock", "rm /run/clock", "the clock is not synchronised"},
		{"a port", "echo 'port 0.0.0.0 8071' >>" + list + "; busybox nc -l -p 8071 >/dev/null 2>&1 & sleep 0.3", "kill $(busybox pidof nc busybox) 2>/dev/null; sed -i /8071/d " + list, "port 8071 is taken"},
		{"a name", "echo 'reach ldap nobody.example 636' >>" + list, "sed -i /ldap/d " + list, "the name nobody.example is unknown here"},
		{"an address", "echo 'reach ldap ldap.lab 636' >>" + list, "sed -i /ldap/d " + list, "ldap.lab:636 does not answer"},
		{"a subnet", "sed -i 's|^subnet .*|subnet 10.77.0.0/16|' " + list, "sed -i 's|^subnet .*|subnet 172.28.1.0/24|' " + list, "lies in 10.77.0.0/16"},
		{"the engine", "mv /run/docker.sock /run/away", "mv /run/away /run/docker.sock", "the Docker engine does not answer"},
	} {
		if out, err := p.two.Run(c.spoil); err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, out)
		}
		out, err := p.two.Run("sh /opt/hagen/pair/host/preflight.sh")
		if err == nil || !strings.Contains(out, c.want) {
			t.Errorf("%s: the preflight says %s", c.name, out)
		}
		_, _ = p.two.Run(c.mend)
	}
	if out, err := p.two.Run("sh /opt/hagen/pair/host/preflight.sh"); err != nil {
		t.Errorf("it is not mended: %v: %s", err, out)
	}
}

// withoutLog: containers go on without the log container; one that ends then is
// given up by Docker, and the timer's script starts it again.
func (p *pair) withoutLog(t *testing.T) {
	if out, err := p.two.Run("docker stop harbor-log && kill -9 $(docker inspect --format '{{.State.Pid}}' harbor-portal)"); err != nil {
		t.Fatal(err, out)
	}
	state := "docker inspect --format '{{.State.Status}}' harbor-portal registry"
	eventually(t, 30*time.Second, func() error {
		out, err := p.two.Run(state)
		if err == nil && out != "exited\nrunning\n" {
			err = fmt.Errorf("portal and registry are %q", out)
		}
		return err
	})
	if _, err := p.two.Run("sh /opt/hagen/pair/host/watch.sh"); err != nil {
		t.Fatal(err)
	}
	if out, _ := p.two.Run(state); out != "running\nrunning\n" {
		t.Errorf("portal and registry are %q", out)
	}
	p.serving(t, p.two)
}

func (p *pair) logsApart(t *testing.T) {
	for _, n := range p.nodes {
		out, err := n.Run("ls /mnt/cephfs/harbor/log /mnt/cephfs/harbor/log/" + n.Name)
		if err != nil || !strings.Contains(out, "core.log") || !strings.Contains(out, "node1") || !strings.Contains(out, "node2") {
			t.Errorf("%v: %s", err, out)
		}
		if out, err := n.Run("docker inspect --format '{{.HostConfig.LogConfig.Config}}' harbor-log"); err != nil || !strings.Contains(out, "max-size:10m") {
			t.Errorf("the words of the log container are kept for ever: %s, %v", out, err)
		}
	}
}
