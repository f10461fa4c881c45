package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// onTerminal runs a command whose error stream is a terminal, and returns what
// appears there.
func onTerminal(t *testing.T, args ...string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		var all strings.Builder
		for buffer := make([]byte, 4096); ; {
			n, err := master.Read(buffer)
			all.Write(buffer[:n])
			if err != nil { // the other end is closed
				shown <- strings.ReplaceAll(all.String(), "\r\n", "\n")
				return
			}
		}
	}()
	run(args, os.Stdin, os.Stdout, terminal)
	terminal.Close()
	return <-shown
}

// On a terminal a message shows the line that it speaks of, in colours unless
// somebody asks for none.
func TestTerminal(t *testing.T) {
	both, err := os.ReadFile("testdata/both.toml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "hub.toml", strings.Replace(string(both), `version = "2.15.2"`, `version = "2.15.99"`, 1))
	for _, command := range []string{"validate", "build"} {
		t.Setenv("TERM", "xterm")
		t.Setenv("NO_COLOR", "1")
		plain := onTerminal(t, command, "hub.toml")
		if !strings.Contains(plain, "\n  version = \"2.15.99\"\n            ^~~~~~~~~\n") || strings.Contains(plain, "\x1b") {
			t.Errorf("%s shows %q", command, plain)
		}
		t.Setenv("NO_COLOR", "")
		if colored := onTerminal(t, command, "hub.toml"); !strings.Contains(colored, "\x1b[31m^~~~~~~~~\x1b[0m") {
			t.Errorf("%s shows %q", command, colored)
		}
		t.Setenv("TERM", "dumb")
		if dumb := onTerminal(t, command, "hub.toml"); strings.Contains(dumb, "\x1b") {
			t.Errorf("%s shows %q", command, dumb)
		}
	}
}
