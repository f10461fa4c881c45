package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"hagen/internal/diag"
	"hagen/internal/oci"
)

// ociOptions are how a registry is spoken to.
type ociOptions struct {
	authority string
	plain     bool
	json      bool
}

func (o *ociOptions) flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.authority, "ca-file", "", "trust the certificates in `FILE` too")
	flags.BoolVar(&o.plain, "plain-http", false, "speak HTTP without TLS; a registry on this machine is spoken to like that unasked")
	flags.BoolVar(&o.json, "json", false, "print what was done as JSON")
}

// open prepares to speak to the registry of an address. On loopback nobody
// listens in, so TLS is used there only if an authority is named.
func (o ociOptions) open(ref oci.Reference) (*oci.Remote, error) {
	authority, err := readAuthority(o.authority)
	if err != nil {
		return nil, err
	}
	return oci.Open(ref, oci.Options{
		Plain: o.plain || ref.Loopback() && o.authority == "", Authority: authority, Agent: "hagen/" + version,
	})
}

// readAuthority reads the file of --ca-file, if there is one.
func readAuthority(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, diag.Diagnostic{Place: diag.Place{File: name}, Message: "the file cannot be read: " + plainError(err)}
	}
	return data, nil
}

// interruptible ends what is under way when the user has had enough.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx == nil {
		ctx = context.Background()
	}
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

func printValue(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
