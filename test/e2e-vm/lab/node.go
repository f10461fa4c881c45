package lab

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Node is a machine: a disk, a network interface, systemd, and a Docker engine
// unless it is Plain. Its root is the machine of the tests with everything that it
// writes kept apart.
type Node struct {
	Name, Address string
	Plain         bool
	init          *exec.Cmd
}

// disk is the folder that stays when a node is cut off from power.
func (n *Node) disk(parts ...string) string {
	return filepath.Join(append([]string{Dir(), "nodes", n.Name}, parts...)...)
}

// Shared is the folder in place of CephFS.
func Shared() string { return filepath.Join(Dir(), "shared") }

// Boot starts the machine: systemd, and what is enabled on it, Docker at first.
// The engine starts the containers that it knows, as after a power cut.
func (n *Node) Boot() error {
	for _, dir := range []string{n.disk("upper"), n.disk("work"), n.disk("root"), n.disk("docker"), Shared()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	ready, signal, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ready.Close()
	wait, plugged, err := os.Pipe()
	if err != nil {
		return err
	}
	defer plugged.Close()
	n.init = exec.Command("/proc/self/exe")
	n.init.Env = append(os.Environ(), nodeVariable+"="+n.Name)
	up := "systemctl is-active multi-user.target"
	if !n.Plain {
		n.init.Env = append(n.init.Env, dockerVariable+"=yes")
		up = "docker version --format '{{.Server.Version}}'"
	}
	n.init.Stdout, n.init.Stderr, n.init.ExtraFiles = os.Stdout, os.Stderr, []*os.File{signal, wait}
	n.init.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
	}
	err = n.init.Start()
	signal.Close()
	wait.Close()
	if err != nil {
		return err
	}
	if _, err := ready.Read(make([]byte, 1)); err != nil {
		return fmt.Errorf("%s: its first process did not come up", n.Name)
	}
	if err := plug(n.Name, n.Address, n.init.Process.Pid); err != nil {
		return err
	}
	plugged.Close()
	err = Until(2*time.Minute, func() error {
		_, err := n.Run(up)
		return err
	})
	if err != nil {
		said, _ := n.Run("systemctl --failed --no-pager; systemctl list-jobs --no-pager; journalctl --no-pager --lines 60")
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// PowerOff ends everything on the node at once; its disk stays.
func (n *Node) PowerOff() {
	if n.init == nil || n.init.Process == nil {
		return
	}
	_ = n.init.Process.Kill()
	_ = n.init.Wait()
	_, _ = run("ip", "link", "del", n.Name)
}

// Unplug and Plug take the network away and give it back.
func (n *Node) Unplug() error { _, err := run("ip", "link", "set", n.Name, "down"); return err }

// Plug gives the network back.
func (n *Node) Plug() error { _, err := run("ip", "link", "set", n.Name, "up"); return err }

// Command is a line of shell on the node, as root in /root.
func (n *Node) Command(line string) *exec.Cmd {
	cmd := exec.Command("nsenter", "-t", fmt.Sprint(n.init.Process.Pid), "-m", "-n", "-p", "-u", "-i", "-C", "--", "/bin/sh", "-c", "cd /root && "+line)
	cmd.Env = []string{
		"PATH=/usr/local/lab:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
		// the folder in place of CephFS lies in memory
		"HAGEN_FILE_SYSTEMS=tmpfs",
	}
	return cmd
}

// Run runs a line of shell on the node and returns what it says.
func (n *Node) Run(line string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := n.Command(line)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	if err := cmd.Wait(); err != nil {
		return out.String(), fmt.Errorf("%s: %s: %w\n%s", n.Name, line, err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// Root is a path of the node as the lab sees it.
func (n *Node) Root(path string) string {
	return fmt.Sprintf("/proc/%d/root%s", n.init.Process.Pid, path)
}

// Write puts a file on the node.
func (n *Node) Write(path, text string, mode os.FileMode) error {
	cmd := n.Command(fmt.Sprintf("mkdir -p '%s' && cat >'%s' && chmod %o '%s'", filepath.Dir(path), path, mode, path))
	cmd.Stdin = strings.NewReader(text)
	return cmd.Run()
}
