package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
)

func newEject(s streams) *cobra.Command {
	var environment string
	cmd := &cobra.Command{
		Use:   "eject [SPEC] FOLDER",
		Short: "Write what overlays are applied to, as a kustomization",
		Long: "Write the rendered objects, before your own overlays, into a new folder as a plain\n" +
			"kustomization: to see what an overlay patches, or to go on without hagen.",
		Example: "  hagen eject base\n  kustomize build base",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			return eject(s, args[:len(args)-1], args[len(args)-1], environment)
		},
	}
	cmd.Flags().StringVar(&environment, "environment", "", "the environment `NAME`, for a spec that has some")
	return cmd
}

func eject(s streams, specs []string, folder, environment string) error {
	compiler, err := newCompiler()
	if err != nil {
		return err
	}
	jobs, err := readSpecs(compiler, specs, environment)
	if err != nil {
		return err
	}
	if len(jobs) != 1 {
		return errors.New("the spec has environments: choose one with --environment")
	}
	var files []compile.File
	err = compiler.Each(jobs, func(_ int, site compile.Site) error {
		files, err = compiler.Eject(site)
		return err
	})
	if err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return diag.Diagnostic{
			Place: diag.Place{File: folder}, Message: "the folder cannot be made: " + plainError(err),
			Reason: "eject writes into a new folder only",
		}
	}
	for _, file := range files {
		if err := os.WriteFile(filepath.Join(folder, file.Path), file.Data, 0o644); err != nil {
			return outputError(folder, err)
		}
	}
	fmt.Fprintf(s.out, "%s: %s\n", folder, count(len(files), "file"))
	return nil
}
