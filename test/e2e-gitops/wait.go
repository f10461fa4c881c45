package gitops

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// Everything must happen within patience, on a machine that does much else.
const (
	patience = 2 * time.Minute
	pause    = 200 * time.Millisecond
)

// eventually asks until there is no error any more, and says how long it took.
// It gives up when something else has failed, such as a program that ended.
func eventually(t testing.TB, what string, ask func() error) {
	t.Helper()
	began := time.Now()
	for {
		err := ask()
		if err == nil {
			t.Logf("%s: %.1f s", what, time.Since(began).Seconds())
			return
		}
		if t.Failed() || time.Since(began) > patience {
			t.Fatalf("%s: not within %.0f s: %v", what, time.Since(began).Seconds(), err)
		}
		time.Sleep(pause)
	}
}

// during asks again and again while something else happens, and fails with the
// first error.
func during(t testing.TB, what string, ask func() error) (end func()) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			case <-time.After(pause):
			}
			if err := ask(); err != nil {
				done <- err
				return
			}
		}
	}()
	return func() {
		t.Helper()
		close(stop)
		if err := <-done; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// address finds a port of the loopback interface that nobody uses.
func address(t testing.TB) (host, port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	host, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// listens is the address of address as one text.
func listens(t testing.TB) string {
	host, port := address(t)
	return fmt.Sprintf("%s:%s", host, port)
}
