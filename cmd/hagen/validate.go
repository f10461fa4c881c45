package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/report"
	"hagen/schema"
)

type validateOptions struct {
	environment, format string
	strict              bool
}

func newValidate(s streams) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate [SPEC...]",
		Short: "Check specs and what they compile to, and write nothing",
		Long: "Compile hagen.toml, or the named specs, and write nothing. It says nothing and exits\n" +
			"with 0 if all is well, with 1 if a spec or what it makes is wrong, with 2 if it could not run.",
		Example: "  hagen validate\n  hagen validate --format github examples/*.toml",
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(report.Formats(), o.format) {
				return fmt.Errorf("--format %s is not known; there are %s", o.format, strings.Join(report.Formats(), ", "))
			}
			compiler, err := newCompiler()
			if err != nil {
				return err
			}
			found, err := findingsOf(compiler, o, args)
			if err != nil {
				return err
			}
			return told(s, compiler, o, found)
		},
	}
	cmd.Flags().StringVar(&o.environment, "environment", "", "check the environment `NAME` only")
	cmd.Flags().StringVar(&o.format, "format", "text", "`FORM` of what is found: "+strings.Join(report.Formats(), ", "))
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit with 1 for warnings too")
	return cmd
}

// findingsOf returns what is wrong with the specs; an error means that one could
// not be read.
func findingsOf(compiler *compile.Compiler, o validateOptions, names []string) ([]diag.Diagnostic, error) {
	jobs, err := readSpecs(compiler, names, o.environment)
	var unreadable unreadableError
	if errors.As(err, &unreadable) {
		return nil, err
	}
	if err != nil {
		return diag.Flatten(err), nil
	}
	now := time.Now()
	outdated := make([]diag.List, len(jobs))
	warnings := make([]diag.List, len(jobs))
	err = compiler.EachSite(jobs, func(i int, site compile.Site) {
		for _, warning := range site.Warnings {
			warnings[i].Add(warning)
		}
		for _, d := range site.Outdated(now) {
			outdated[i].Add(d)
		}
	})
	var all diag.List
	for i := range jobs {
		all.Add(warnings[i].ErrorOrNil())
		all.Add(outdated[i].ErrorOrNil())
	}
	all.Add(err)
	return diag.Flatten(all.ErrorOrNil()), nil
}

// told prints what was found, people's form to standard error and the others
// to standard output, and returns the exit code.
func told(s streams, compiler *compile.Compiler, o validateOptions, found []diag.Diagnostic) error {
	if o.format == "text" {
		show(s.err, found)
	} else if err := report.Write(s.out, o.format, found, report.Options{Version: version, Title: compiler.RuleTitle}); err != nil {
		return err
	}
	for _, d := range found {
		if d.Severity == diag.Error || o.strict && d.Severity == diag.Warning {
			return exitCode(exitDifferent)
		}
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
