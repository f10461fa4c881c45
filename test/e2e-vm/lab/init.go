package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// beNode is the first process of a node: it makes the node's root, tells that it
// is ready, waits until the node is plugged in, and becomes systemd.
func beNode() int {
	name := os.Getenv(nodeVariable)
	// the namespace of control groups belongs to the thread that makes it
	runtime.LockOSThread()
	err := ownGroups(name)
	if err == nil {
		err = root(name)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	ready, plugged := os.NewFile(3, "ready"), os.NewFile(4, "plugged")
	_, _ = ready.Write([]byte("."))
	ready.Close()
	_, _ = plugged.Read(make([]byte, 1))
	plugged.Close()
	err = syscall.Exec(systemd, []string{systemd, "--log-target=journal", "--show-status=false"},
		[]string{"container=lab", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"})
	fmt.Fprintf(os.Stderr, "%s: %s: %v\n", name, systemd, err)
	return 1
}

// systemd is the first program of a machine.
const systemd = "/lib/systemd/systemd"

// hierarchies lists the folders of control groups of this machine: one for each
// controller, or the unified one alone.
func hierarchies() []string {
	const base = "/sys/fs/cgroup"
	if _, err := os.Stat(base + "/cgroup.procs"); err == nil {
		return []string{base}
	}
	found, _ := filepath.Glob(base + "/*/cgroup.procs")
	for i, path := range found {
		found[i] = filepath.Dir(path)
	}
	return found
}

// ownGroups moves this process into control groups of the node's own, which from
// then on are the roots of what it sees.
func ownGroups(name string) error {
	for _, hierarchy := range hierarchies() {
		at := hierarchy
		for _, part := range []string{filepath.Base(Dir()), name} {
			at = filepath.Join(at, part)
			if err := os.Mkdir(at, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
				return err
			}
			// of cpuset, where it is a hierarchy of its own, nothing is inherited
			for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
				if above, err := os.ReadFile(filepath.Join(filepath.Dir(at), file)); err == nil && filepath.Base(hierarchy) == "cpuset" {
					if err := os.WriteFile(filepath.Join(at, file), above, 0); err != nil {
						return err
					}
				}
			}
		}
		if err := os.WriteFile(filepath.Join(at, "cgroup.procs"), []byte("0"), 0); err != nil {
			return err
		}
	}
	return syscall.Unshare(syscall.CLONE_NEWCGROUP)
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
		{"tmpfs", "/dev", "tmpfs", "mode=0755"},
		{"devpts", "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=620"},
		{"tmpfs", "/dev/shm", "tmpfs", "mode=1777"},
		{"/sys", "/sys", "rbind", ""},
		{"proc", "/proc", "proc", ""},
		{"tmpfs", "/run", "tmpfs", "mode=0755"},
		{"tmpfs", "/tmp", "tmpfs", "mode=1777"},
		{disk("docker"), "/var/lib/docker", "bind", ""},
		{Shared(), "/var/lib/lab/shared", "bind", ""},
		{filepath.Join(Dir(), "resolv.conf"), "/etc/resolv.conf", "bind", ""},
	}
	mounts = append(mounts, groupMounts()...)
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	for _, m := range mounts {
		if err := m.at(to); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	if err := errors.Join(devices(filepath.Join(to, "dev")), bare(to, name, os.Getenv(dockerVariable) != "")); err != nil {
		return err
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

// devices makes those that programs ask for. Console and the words of the kernel
// are not the node's: they lead nowhere.
func devices(dir string) error {
	var problems []error
	for name, number := range map[string]int{
		"null": 1<<8 | 3, "zero": 1<<8 | 5, "full": 1<<8 | 7, "random": 1<<8 | 8, "urandom": 1<<8 | 9, "tty": 5 << 8, "console": 1<<8 | 3, "kmsg": 1<<8 | 3,
	} {
		path := filepath.Join(dir, name)
		problems = append(problems, syscall.Mknod(path, syscall.S_IFCHR|0o666, number), os.Chmod(path, 0o666))
	}
	for name, target := range map[string]string{
		"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx",
	} {
		problems = append(problems, os.Symlink(target, filepath.Join(dir, name)))
	}
	return errors.Join(problems...)
}

// groupMounts show the node its own control groups, in the machine's layout.
func groupMounts() []mount {
	all := hierarchies()
	if len(all) == 1 {
		return []mount{{"cgroup2", all[0], "cgroup2", ""}}
	}
	mounts := []mount{{"tmpfs", "/sys/fs/cgroup", "tmpfs", "mode=0755"}}
	for _, path := range all {
		switch name := filepath.Base(path); name {
		case "unified":
			mounts = append(mounts, mount{"cgroup2", path, "cgroup2", ""})
		case "systemd":
			mounts = append(mounts, mount{"cgroup", path, "cgroup", "none,name=systemd"})
		default:
			mounts = append(mounts, mount{"cgroup", path, "cgroup", name})
		}
	}
	return mounts
}

// masked are units that would reach beyond a node: devices, the kernel and its
// modules, consoles, what Debian does by the clock.
var masked = strings.Fields(`systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udev-trigger.service
	systemd-modules-load.service systemd-sysctl.service systemd-binfmt.service systemd-random-seed.service systemd-tmpfiles-setup-dev.service
	systemd-tmpfiles-clean.timer systemd-logind.service systemd-remount-fs.service systemd-firstboot.service systemd-repart.service
	systemd-pstore.service systemd-timesyncd.service kmod-static-nodes.service getty.target proc-sys-fs-binfmt_misc.automount
	dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount`)

// docker are the units that a machine with Docker starts by itself.
var docker = map[string]string{"docker.service": "multi-user.target.wants", "containerd.service": "multi-user.target.wants", "docker.socket": "sockets.target.wants"}

// bare makes the new root one on which nothing is enabled but Docker, if the node
// has it, at its first start.
func bare(root, name string, withDocker bool) error {
	units := filepath.Join(root, "etc/systemd/system")
	if _, err := os.Lstat(filepath.Join(units, masked[0])); err == nil {
		return nil
	}
	problems := []error{
		os.RemoveAll(units), os.MkdirAll(units, 0o755), os.WriteFile(filepath.Join(root, "etc/fstab"), nil, 0o644),
		os.WriteFile(filepath.Join(root, "etc/hostname"), []byte(name+"\n"), 0o644),
	}
	for _, unit := range masked {
		problems = append(problems, os.Symlink("/dev/null", filepath.Join(units, unit)))
	}
	for unit, by := range docker {
		if !withDocker {
			break
		}
		problems = append(problems, os.MkdirAll(filepath.Join(units, by), 0o755), os.Symlink("/lib/systemd/system/"+unit, filepath.Join(units, by, unit)))
	}
	problems = append(problems, os.Symlink("/lib/systemd/system/multi-user.target", filepath.Join(units, "default.target")))
	// systemd's own driver would want a bus
	problems = append(problems, os.MkdirAll(filepath.Join(root, "etc/docker"), 0o755),
		os.WriteFile(filepath.Join(root, "etc/docker/daemon.json"), []byte(`{"exec-opts": ["native.cgroupdriver=cgroupfs"]}`), 0o644))
	return errors.Join(problems...)
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
