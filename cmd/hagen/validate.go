package main

import (
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
		RunE: func(_ *cobra.Command, args []string) error {
			compiler, err := newCompiler()
			if err != nil {
				return err
			}
			jobs, err := readSpecs(compiler, args, environment)
			if err != nil {
				return err
			}
			return validate(s, compiler, jobs)
		},
	}
	cmd.Flags().StringVar(&environment, "environment", "", "check this environment only")
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
	diag.Print(s.err, all.ErrorOrNil())
	if err != nil {
		return exitCode(exitDifferent)
	}
	return nil
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
