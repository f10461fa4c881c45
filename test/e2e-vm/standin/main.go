// Command standin stands in for Harbor's own programs, which cannot be had
// where these tests run: core, jobservice and registryctl of 2.x, ui,
// adminserver and jobservice of 1.x, and what answers for the scanner and the
// exporter. Each reads the files and variables of the bundle at the paths where
// the real one does, and fails as real ones were seen to fail. It proves the
// bundle; it proves nothing about Harbor.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	roles := map[string]func() error{
		"core": runCore, "jobservice": runJobservice, "registryctl": runRegistryctl, "answering": runAnswering,
		"ui": runUI, "adminserver": runAdminserver, "jobservice1": runOldJobservice,
	}
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		log.Fatalf("usage: standin ROLE")
	}
	if err := roles[os.Args[1]](); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
}

// serve answers until the container is told to stop, and then ends what is
// under way.
func serve(address string, handler http.Handler) error {
	server := &http.Server{Addr: address, Handler: logged(handler)}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	done := make(chan error, 1)
	go func() {
		<-stop
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		done <- server.Shutdown(ctx)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Printf("%s %s %s", r.Method, r.URL.Path, r.RemoteAddr)
		next.ServeHTTP(w, r)
	})
}

// runAnswering answers every request, for programs that no test asks more of.
func runAnswering() error {
	return serve(":8080", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }))
}

// wanted are variables without which the real program does not start.
func wanted(names ...string) error {
	for _, name := range names {
		if os.Getenv(name) == "" {
			return fmt.Errorf("the variable %s is not set", name)
		}
	}
	return nil
}

// patiently tries for a minute, as Harbor does with what it depends on.
func patiently(what string, try func() error) error {
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Second) {
		if err = try(); err == nil {
			return nil
		}
		log.Printf("%s: %v", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
