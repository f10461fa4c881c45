package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/schema"
)

func newValidate(s streams) *cobra.Command {
	var environment string
	cmd := &cobra.Command{
		Use:   "validate [SPEC...]",
		Short: "Check specs and what they compile to, and write nothing",
		Long: "Compile hagen.toml, or the named specs, and write nothing. It says nothing and exits\n" +
			"with 0 if all is well, with 1 if a spec is wrong, with 2 if one cannot be read.",
		Example: "  hagen validate\n  hagen validate examples/*.toml",
		RunE: func(_ *cobra.Command, args []string) error {
			compiler, err := newCompiler()
			if err != nil {
				return err
			}
			jobs, err := readSpecs(compiler, args, environment)
			if err != nil {
				return invalid(s, err)
			}
			return validate(s, compiler, jobs)
		},
	}
	cmd.Flags().StringVar(&environment, "environment", "", "check the environment `NAME` only")
	return cmd
}

func validate(s streams, compiler *compile.Compiler, jobs []compile.Job) error {
	warnings := make([]diag.List, len(jobs))
	err := compiler.Each(jobs, func(i int, site compile.Site) error {
		for _, warning := range site.Warnings {
			warnings[i].Add(warning)
		}
		return nil
	})
	var all diag.List
	for _, list := range warnings {
		all.Add(list.ErrorOrNil())
	}
	all.Add(err)
	if err != nil {
		return invalid(s, all.ErrorOrNil())
	}
	diag.Print(s.err, all.ErrorOrNil())
	return nil
}

// invalid tells a spec that is wrong, which is an answer, from one that could
// not be read.
func invalid(s streams, err error) error {
	var unreadable unreadableError
	if errors.As(err, &unreadable) {
		return err
	}
	diag.Print(s.err, err)
	return exitCode(exitDifferent)
}

func newSchema(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of specs, for editors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			data, err := schema.FS.ReadFile("spec.schema.json")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s", data)
			return err
		},
	}
}
