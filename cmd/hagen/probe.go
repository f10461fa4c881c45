package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hagen/internal/diag"
	"hagen/internal/probe"
	"hagen/schema"
)

// passwordVariable is where the password comes from without a terminal; never
// the command line, which every user of the machine can read.
const passwordVariable = "HAGEN_PROBE_PASSWORD"

type probeOptions struct {
	probe.Options
	authority string
	json      bool
}

func newProbe(s streams) *cobra.Command {
	o := probeOptions{Options: probe.Options{Symptoms: schema.Symptoms}}
	cmd := &cobra.Command{
		Use:   "probe URL",
		Short: "Check a running registry through its address and every node",
		Long: "Ask a running registry through its public address and, with --node, through each node\n" +
			"behind it: log in, use sessions and tokens of one node on the others, push a tiny image to a\n" +
			"private project and pull it everywhere, let an upload change the node, start a small job. It\n" +
			"says which known symptom it sees and what causes it, and removes what it made. The password\n" +
			"comes from " + passwordVariable + " or is asked for. It exits with 1 if it finds something.",
		Example: "  hagen probe https://hub.example.com --node 10.0.0.21 --node 10.0.0.22\n" +
			"  hagen probe http://hub.example.com:8070 --read-only",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.URL = args[0]
			return runProbe(cmd.Context(), s, o)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&o.Nodes, "node", nil, "ask the node at `ADDRESS` too: host, host:port or URL; can be repeated")
	flags.StringVar(&o.User, "user", "admin", "log in as `NAME`")
	flags.BoolVar(&o.ReadOnly, "read-only", false, "make nothing: no project, no image, no job")
	flags.BoolVar(&o.Insecure, "insecure", false, "accept any certificate")
	flags.StringVar(&o.authority, "ca-file", "", "trust the certificates in `FILE` too")
	flags.BoolVar(&o.json, "json", false, "write the report as JSON")
	return cmd
}

func runProbe(ctx context.Context, s streams, o probeOptions) error {
	var err error
	if o.Authority, err = readAuthority(o.authority); err != nil {
		return err
	}
	if o.Password, err = probePassword(s, o); err != nil {
		return err
	}
	// what was made is removed also when the user has had enough
	ctx, stop := interruptible(ctx)
	defer stop()
	report, err := probe.Run(ctx, o.Options)
	if err != nil {
		return err
	}
	if o.json {
		if err := printValue(s.out, report); err != nil {
			return err
		}
	} else {
		printProbe(s.out, report)
	}
	if len(report.Findings) > 0 {
		return exitCode(exitDifferent)
	}
	return nil
}

func probePassword(s streams, o probeOptions) (string, error) {
	if password := os.Getenv(passwordVariable); password != "" {
		return password, nil
	}
	if s.interactive() {
		fmt.Fprintf(s.err, "password of %s: ", o.User)
		password, err := term.ReadPassword(int(s.in.Fd()))
		fmt.Fprintln(s.err)
		return string(password), err
	}
	if o.ReadOnly {
		return "", nil
	}
	return "", diag.Diagnostic{
		Message: "there is no password",
		Reason:  "sessions, tokens and a private project need a user who may make projects",
		Fix:     "put it into " + passwordVariable + ", or look at what everybody sees: --read-only",
	}
}

func printProbe(w io.Writer, report probe.Report) {
	version := report.Harbor
	if version == "" {
		version = "Harbor"
	}
	fmt.Fprintf(w, "%s: %s, asked through %s\n", report.URL, version, strings.Join(report.Points, ", "))
	for _, f := range report.Findings {
		fmt.Fprintf(w, "\n%s: %s\n  seen:  %s\n  cause: %s\n", f.Where, f.Symptom, f.Seen, f.Cause)
		if f.Log != "" {
			fmt.Fprintf(w, "  log:   %s\n", f.Log)
		}
		fmt.Fprintf(w, "  fix:   %s\n", f.Fix)
	}
	for _, left := range report.Left {
		fmt.Fprintf(w, "\nnot removed: %s\n", left)
	}
	if len(report.Findings) == 0 {
		fmt.Fprintf(w, "nothing found in %s\n", count(len(report.Checks), "check"))
	}
}
