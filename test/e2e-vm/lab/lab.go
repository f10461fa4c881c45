// Package lab is a company's network on one machine: nodes with a Docker engine
// each, a database, Redis, a balancer and names, all in namespaces of their own
// that end with the process that made them.
//
// Enter starts the program again as the first process of new namespaces: its
// mounts, processes and network are nobody else's, and when it ends, however it
// ends, the kernel ends all of them. What a crash can leave are empty folders.
package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	insideVariable = "HAGEN_E2E_LAB"
	nodeVariable   = "HAGEN_E2E_NODE"
	dockerVariable = "HAGEN_E2E_DOCKER"
	// prefix of the folder of a lab; the number of the process that started it follows
	prefix = "/var/tmp/hagen-e2e-vm."
)

// programs are what a lab runs, all of Debian.
var programs = strings.Fields(
	"dockerd docker docker-compose containerd runc iptables ip nsenter mount haproxy redis-server redis-sentinel nginx rsyslogd docker-registry curl busybox age findmnt keepalived skopeo systemctl " + systemd)

// Enter returns the exit code of the program in its lab, and true; or false
// inside of it, where the tests run. The first process of a node ends here too.
func Enter() (code int, done bool) {
	if os.Getenv(nodeVariable) != "" {
		return beNode(), true
	}
	if os.Getenv(insideVariable) != "" {
		if err := arrive(); err != nil {
			fmt.Fprintln(os.Stderr, "lab:", err)
			return 1, true
		}
		return 0, false
	}
	if err := able(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e-vm cannot run here:", err)
		return 1, true
	}
	return start(), true
}

// able tells what a machine lacks, all at once.
func able() error {
	if os.Getuid() != 0 {
		return errors.New("it needs root, for namespaces, mounts and Docker engines")
	}
	path := os.Getenv("PATH") + ":/usr/sbin:/sbin"
	if err := os.Setenv("PATH", path); err != nil {
		return err
	}
	var missing []string
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("there is no %s: run test/install.sh e2e-vm", strings.Join(missing, ", "))
	}
	return nil
}

// start makes the lab's folder, and removes what can outlive the lab.
func start() int {
	sweep()
	dir := fmt.Sprint(prefix, os.Getpid())
	if err := os.MkdirAll(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, "e2e-vm cannot run here:", err)
		return 1
	}
	code := inside(dir)
	removeGroups(filepath.Base(dir))
	if err := errors.Join(os.Remove(dir), gone(filepath.Base(dir))); err != nil {
		fmt.Fprintln(os.Stderr, "e2e-vm leaves something behind:", err)
		return 1
	}
	return code
}

// gone wants nothing of a lab to be on the machine any more.
func gone(name string) error {
	for _, pattern := range []string{"/sys/fs/cgroup/*/" + name, "/sys/fs/cgroup/" + name} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			return fmt.Errorf("the control groups %s", strings.Join(left, ", "))
		}
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if strings.Contains(string(mounts), name) {
		return errors.New("mounts of " + name)
	}
	return err
}

// inside runs the program again in new namespaces and returns its exit code.
func inside(dir string) int {
	// the signal on a parent's death is tied to the thread that starts the child
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), insideVariable+"="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e-vm cannot run here: new namespaces: %v (in a container: run it privileged)\n", err)
		return 1
	}
	go func() {
		leave()
		_ = cmd.Process.Kill()
	}()
	if err := cmd.Wait(); err != nil {
		if code := cmd.ProcessState.ExitCode(); code > 0 {
			return code
		}
		return 1
	}
	return 0
}

// leave returns when the lab is to end before its tests have: somebody says so,
// or whoever started them is gone.
func leave() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	parent := os.Getppid()
	for os.Getppid() == parent {
		select {
		case <-signals:
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// sweep removes what labs left that were killed together with their parent:
// folders without anything in them.
func sweep() {
	left, _ := filepath.Glob(prefix + "*")
	for _, dir := range left {
		if _, err := os.Stat("/proc/" + strings.TrimPrefix(dir, prefix)); err != nil {
			removeGroups(filepath.Base(dir))
			_ = os.Remove(dir)
		}
	}
}

// removeGroups removes the control groups of the engines' containers, which end
// a moment after the first process of their namespace.
func removeGroups(name string) {
	for range 100 {
		left, _ := filepath.Glob("/sys/fs/cgroup/*/" + name)
		unified, _ := filepath.Glob("/sys/fs/cgroup/" + name)
		left = append(left, unified...)
		if len(left) == 0 {
			return
		}
		for _, root := range left {
			removeDirectories(root)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// removeDirectories removes a tree of folders from its leaves.
func removeDirectories(root string) {
	var dirs []string
	_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	for i := len(dirs) - 1; i >= 0; i-- {
		_ = os.Remove(dirs[i])
	}
}

// Dir is where the lab keeps everything; it lies in memory.
func Dir() string { return os.Getenv(insideVariable) }

// arrive makes the new namespaces a place to work in.
func arrive() error {
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"private mounts", func() error { return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "") }},
		{"mount /proc", func() error { return syscall.Mount("proc", "/proc", "proc", 0, "") }},
		{"mount memory", func() error { return syscall.Mount("tmpfs", Dir(), "tmpfs", 0, "size=8g,mode=0755") }},
		{"network", network},
		{"names", names},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// run runs a program of the machine and returns what it says.
func run(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// Until asks again and again until there is no error, or time is up.
func Until(limit time.Duration, try func() error) error {
	end := time.Now().Add(limit)
	for {
		err := try()
		if err == nil || time.Now().After(end) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}
