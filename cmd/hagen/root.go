package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// A single build allocates less than the limit and never collects; many sites
// share a heap that is collected at leisure, up to a limit: a third less memory
// for a twentieth more time. What is kept of a site until all are written, the
// names of its changes, comes on top.
const (
	gcPercentShort   = -1
	memoryLimitShort = 96 << 20
	gcPercentLong    = 300
	memoryLimitLong  = 120 << 20
	memoryOfASite    = 16 << 10
)

// streams are the files that a command talks to.
type streams struct {
	in, out, err *os.File
}

func (s streams) interactive() bool {
	return term.IsTerminal(int(s.in.Fd())) && term.IsTerminal(int(s.err.Fd()))
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "hagen",
		Short: "Compile one spec into a highly available Harbor for VMs and Kubernetes",
		Long: "hagen compiles one TOML spec into docker-compose bundles for virtual machines and\n" +
			"manifests for Kubernetes that describe the same highly available Harbor registry.",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("hagen {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newInit(s), newBuild(s), newValidate(s), newExplain(s), newSchema(s), newDiff(s), newEject(s), newSecrets(s), newPush(s), newPull(s), newProbe(s), newSite(s), newVersion(s))
	refuseOtherShells(root)
	return root
}

// refuseOtherShells makes the completion for an unknown shell an error: cobra prints
// help and succeeds, into the file that should hold the completion.
func refuseOtherShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Args = func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no completion for %q; see hagen completion --help", args[0])
			}
			return nil
		}
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of hagen and of what it was built with",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(s.out, "hagen %s\n", version)
			if info, ok := debug.ReadBuildInfo(); ok {
				fmt.Fprintf(s.out, "built with %s\n", info.GoVersion)
				for _, module := range info.Deps {
					if mainLibraries[module.Path] {
						fmt.Fprintf(s.out, "%s %s\n", module.Path, module.Version)
					}
				}
			}
			return nil
		},
	}
}

// mainLibraries are those whose version shows in the output.
var mainLibraries = map[string]bool{
	"github.com/google/go-jsonnet":       true,
	"sigs.k8s.io/kustomize/api":          true,
	"github.com/BurntSushi/toml":         true,
	"github.com/hashicorp/go-multierror": true,
}
