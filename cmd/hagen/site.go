package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/diag"
)

func newSite(s streams) *cobra.Command {
	cmd := &cobra.Command{Use: "site", Short: "Show the pages of artifacts", Args: cobra.NoArgs}
	cmd.AddCommand(newSiteServe(s))
	return cmd
}

type serveOptions struct{ listen, environment string }

func newSiteServe(s streams) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve [SPEC...]",
		Short: "Show the pages of specs in a browser while you write them",
		Long: "Compile hagen.toml, or the named specs, and show their pages on this machine. Nothing is written.\n" +
			"When a file beside a spec changes, it is compiled anew, and open pages load again.",
		Example: "  hagen site serve\n  hagen site serve examples/*.toml --listen 127.0.0.1:9000",
		RunE:    func(_ *cobra.Command, args []string) error { return serveSite(s, args, o) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "`ADDRESS` of this machine and port; port 0 takes a free one")
	cmd.Flags().StringVar(&o.environment, "environment", "", "show the environment `NAME` only")
	return cmd
}

func serveSite(s streams, args []string, o serveOptions) error {
	listener, err := listenHere(o.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	if len(args) == 0 {
		args = []string{defaultSpec}
	}
	pages := newLivePages()
	compileAll := func() error {
		files, err := compiledPages(args, o.environment)
		if err == nil {
			pages.put(files)
		}
		return err
	}
	watched, err := watch(foldersOf(args))
	if err != nil {
		return diag.Diagnostic{Message: "changes cannot be watched: " + plainError(err), Fix: "look at the pages that hagen build writes"}
	}
	defer watched.Close()
	if err := compileAll(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(s.out, "http://%s/\n", listener.Addr())
	for {
		select {
		case <-ctx.Done():
			return server.Close()
		case err := <-failed:
			return err
		case <-watched.changed:
			if err := compileAll(); err != nil {
				show(s.err, diag.Flatten(err))
				continue
			}
			fmt.Fprintln(s.out, "compiled anew")
		}
	}
}

// listenHere listens on this machine only: pages tell what outsiders need not know.
func listenHere(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, diag.Diagnostic{
			Message: fmt.Sprintf("--listen: %q is no address of this machine alone", address),
			Reason:  "the pages name machines, ports and versions to everybody who reaches them",
			Fix:     "write 127.0.0.1:8080 or [::1]:8080; to show them to others, let a web server serve the output folder",
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		reason := "cannot listen on " + address + ": " + plainError(err)
		if errors.Is(err, syscall.EADDRINUSE) {
			reason = address + " is taken by another program"
		}
		return nil, diag.Diagnostic{Message: reason, Fix: "choose another port with --listen"}
	}
	return listener, nil
}

// compiledPages is what a build would write, by its path below the output folder.
func compiledPages(args []string, environment string) (map[string][]byte, error) {
	compiler, err := newCompiler()
	if err != nil {
		return nil, err
	}
	jobs, err := readSpecs(compiler, args, environment)
	if err != nil {
		return nil, err
	}
	into := &inMemory{files: map[string][]byte{}}
	results, err := compileInto(compiler, jobs, into, newProgress(streams{}, true, len(jobs)))
	if err != nil {
		return nil, err
	}
	index, err := indexPage(headsAfter(nil, results))
	if index != nil {
		into.files["index.html"] = index
	}
	return into.files, err
}

func foldersOf(specs []string) []string {
	var folders []string
	for _, name := range specs {
		folders = append(folders, filepath.Dir(name))
	}
	return distinct(folders)
}

var _ target = (*inMemory)(nil)

// Compiling is done once a change has come to rest.
const rest = 150 * time.Millisecond
