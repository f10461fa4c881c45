package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/secret"
)

func newSecretsCheck(s streams) *cobra.Command {
	var o secretsOptions
	var check checkOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check that all secrets are there, fit, and are kept well",
		Long: "Check lengths and formats, that certificates belong to their keys and have not run out,\n" +
			"that no value is one that everybody knows, that nothing is missing or left over, that all\n" +
			"bundles and the cluster's Secrets hold the same, and that Git holds the encrypted files and\n" +
			"nothing in the clear. It exits with 1 if something is wrong. With --no-key it checks what can be seen without a key.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			needs, err := o.needs()
			if err != nil {
				return err
			}
			return checkSecrets(s, needs, check)
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&check.keyless, "no-key", false, "check only what can be seen without a key")
	cmd.Flags().StringVarP(&check.output, "output", "o", "out", "compare with what is rendered below the `FOLDER`")
	return cmd
}

type checkOptions struct {
	keyless bool
	output  string
}

func checkSecrets(s streams, needs []compile.Needs, o checkOptions) error {
	var all diag.List
	failed := false
	for _, need := range needs {
		if err := kept(need); err != nil {
			return err
		}
		found, err := findings(need, o)
		if err != nil {
			return err
		}
		for _, d := range found {
			if d.Place.File == "" {
				d.Place.File = filepath.ToSlash(shortPath(need.Dir))
			}
			failed = failed || d.Severity == diag.Error
			all.Add(d)
		}
		if len(found) == 0 {
			fmt.Fprintf(s.out, "%s: %d secrets, all well\n", registry(need), len(need.Materials))
		}
	}
	diag.Print(s.err, all.ErrorOrNil())
	if failed {
		return exitCode(exitDifferent)
	}
	return nil
}

// findings checks one registry. Its values are checked even if its files are
// not what they should be.
func findings(need compile.Needs, o checkOptions) ([]diag.Diagnostic, error) {
	folder, err := secret.Read(need.Need, readBelow(need.Dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shortPath(need.Dir), err)
	}
	found := folder.Problems(need.Need, need.Command)
	differing, err := inRendered(need, folder, o.output)
	if err != nil {
		return nil, err
	}
	found = append(found, differing...)
	if o.keyless || folder.Missing {
		found = append(found, expired(folder.Index, time.Now())...)
		return append(found, inGit(need, nil)...), nil
	}
	v, err := open(need)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	found = append(found, v.Drift(need.Need)...)
	found = append(found, material.Checker{Need: need.Need, Now: time.Now()}.Check(v.Values)...)
	return append(found, inGit(need, v.Values)...), nil
}

func readBelow(dir string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	}
}

// expired lists certificates whose end the index knows.
func expired(index secret.Index, now time.Time) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, name := range slices.Sorted(maps.Keys(index.Secrets)) {
		if end := index.Secrets[name].Expires; end != nil && now.After(*end) {
			found = append(found, diag.Diagnostic{
				Message: name + " ran out on " + end.Format(time.DateOnly),
				Reason:  "clients refuse it: certificate has expired",
				Fix:     "make it anew: hagen secrets rotate " + name,
			})
		}
	}
	return found
}
