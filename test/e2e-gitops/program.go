package gitops

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A program runs until its test ends.
type program struct {
	name string
	log  string
	cmd  *exec.Cmd
	// ended is closed when the program is gone.
	ended chan struct{}

	mu       sync.Mutex
	expected bool
}

// starts takes what is to be started. Linux kills a child with the thread that
// started it: this one lives as long as the tests do, so that nothing survives
// them, however they end.
var starts = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range work {
			start()
		}
	}()
	return work
})

// start runs a program in a folder of its own; what it says is kept there, and
// shown if the test fails. That it ends before the test does is a failure.
func start(t testing.TB, name, path string, env, args []string) *program {
	t.Helper()
	p := &program{name: name, log: filepath.Join(t.TempDir(), name+".log"), ended: make(chan struct{})}
	output, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(path, args...)
	p.cmd.Dir = filepath.Dir(p.log)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error)
	starts() <- func() { started <- p.cmd.Start() }
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	go p.watch(t, output)
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("last words of %s:\n%s", name, p.lastWords())
		}
	})
	return p
}

// watch waits for the end of the program.
func (p *program) watch(t testing.TB, output *os.File) {
	err := p.cmd.Wait()
	output.Close()
	p.mu.Lock()
	if !p.expected {
		t.Errorf("%s ended by itself: %v", p.name, err)
	}
	p.mu.Unlock()
	close(p.ended)
}

// stop ends the program and whatever it started.
func (p *program) stop() {
	const patience = 10 * time.Second
	p.mu.Lock()
	p.expected = true
	p.mu.Unlock()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// lastWords are the last lines of the log.
func (p *program) lastWords() string {
	const wanted = 40
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-wanted):], "\n")
}
