package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// beNode is the first process of a node: it makes the node's root, tells that it
// is ready, and then takes leave of every process that ends there.
func beNode() int {
	name := os.Getenv(nodeVariable)
	if err := root(name); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	ready := os.NewFile(3, "ready")
	_, _ = ready.Write([]byte("."))
	ready.Close()
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(-1, &status, 0, nil); err == syscall.ECHILD {
			_ = syscall.Nanosleep(&syscall.Timespec{Nsec: 200_000_000}, nil)
		}
	}
}

// mount is one of those that a node's root is made of.
type mount struct{ source, target, kind, options string }

// root makes the machine's own file system, with what the node writes on top of
// it, the root of the node. Docker needs a folder that is no overlay.
func root(name string) error {
	disk := func(part string) string { return filepath.Join(Dir(), "nodes", name, part) }
	to := disk("root")
	layers := "lowerdir=/,upperdir=" + disk("upper") + ",workdir=" + disk("work")
	mounts := []mount{
		{"overlay", "", "overlay", layers},
		{"/dev", "/dev", "rbind", ""},
		{"/sys", "/sys", "rbind", ""},
		{"proc", "/proc", "proc", ""},
		{"tmpfs", "/run", "tmpfs", "mode=0755"},
		{"tmpfs", "/tmp", "tmpfs", "mode=1777"},
		{disk("docker"), "/var/lib/docker", "bind", ""},
		{Shared(), "/var/lib/lab/shared", "bind", ""},
		{filepath.Join(Dir(), "resolv.conf"), "/etc/resolv.conf", "bind", ""},
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	for _, m := range mounts {
		if err := m.at(to); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	old := filepath.Join(to, "mnt")
	if err := syscall.PivotRoot(to, old); err != nil {
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := syscall.Unmount("/mnt", syscall.MNT_DETACH); err != nil {
		return err
	}
	return syscall.Sethostname([]byte(name))
}

func (m mount) at(root string) error {
	target := root + m.target
	if m.target != "" {
		if resolved, err := filepath.EvalSymlinks(target); err == nil && strings.HasPrefix(resolved, root) {
			target = resolved
		} else if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
	}
	switch m.kind {
	case "bind":
		return syscall.Mount(m.source, target, "", syscall.MS_BIND, "")
	case "rbind":
		return syscall.Mount(m.source, target, "", syscall.MS_BIND|syscall.MS_REC, "")
	}
	return syscall.Mount(m.source, target, m.kind, 0, m.options)
}
