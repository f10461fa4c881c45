package s3

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Keys that YAML, a shell and a URL would each read as something else.
const (
	accessKey = "0123"
	secretKey = "a: #b $HOME/%+\"'"
)

var gateway string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hagen-s3-")
	if err != nil {
		panic(err)
	}
	gateway = filepath.Join(dir, "versitygw")
	build := exec.Command("go", "build", "-o", gateway, "github.com/versity/versitygw/cmd/versitygw")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build the S3 server: %v\n%s", err, out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// output collects what a process says.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// start runs a program with no other variables than these until the test ends, and
// waits until it listens.
func start(t *testing.T, address string, variables []string, name string, args ...string) *output {
	t.Helper()
	said := &output{}
	command := exec.CommandContext(t.Context(), name, args...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, variables...)
	command.Stdout, command.Stderr = said, said
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	ended := make(chan struct{})
	go func() {
		_ = command.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", name, said)
		}
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			return said
		}
		select {
		case <-ended:
			t.Fatalf("%s ended:\n%s", name, said)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen on %s:\n%s", name, address, said)
		}
	}
}

// free returns an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// store is an S3 server that keeps one bucket in a folder.
type store struct{ address, folder string }

func newStore(t *testing.T, bucket string) store {
	t.Helper()
	s := store{free(t), t.TempDir()}
	if err := os.Mkdir(filepath.Join(s.folder, bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	keys := []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey}
	start(t, s.address, keys, gateway, "--port", s.address, "posix", s.folder)
	return s
}

// objects lists the blobs below a folder of the bucket.
func (s store) objects(t *testing.T, below string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(s.folder, below, "docker/registry/v2/blobs/sha256/*/*/data"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// redis is the registry's cache.
func redis(t *testing.T) string {
	t.Helper()
	address := free(t)
	_, port, _ := net.SplitHostPort(address)
	start(t, address, nil, "redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir())
	return address
}

// hosts notes whom a client asks.
type hosts struct {
	mutex sync.Mutex
	seen  map[string]int
}

func (h *hosts) RoundTrip(request *http.Request) (*http.Response, error) {
	h.mutex.Lock()
	if h.seen == nil {
		h.seen = map[string]int{}
	}
	h.seen[request.Method+" "+request.URL.Host]++
	h.mutex.Unlock()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	return transport.RoundTrip(request)
}

func (h *hosts) count(request string) int {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.seen[request]
}

func run(ctx context.Context, variables []string, name string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH")}, variables...)
	return command.CombinedOutput()
}
