package main

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
)

func newSecretsImport(s streams) *cobra.Command {
	var o secretsOptions
	g := giver{streams: s}
	var replace bool
	cmd := &cobra.Command{
		Use:   "import PATH...",
		Short: "Take the secrets over from an existing installation",
		Long: "Find secrets in files and folders of an existing installation: private_key.pem, root.crt,\n" +
			"secretkey, env files, harbor.yml or harbor.cfg, the registry's config.yml. Values that are\n" +
			"there already stay, unless --replace is given. What is still missing is made, or taken as\n" +
			"hagen secrets init takes it.",
		Example: "  hagen secrets import /data/secret /opt/harbor",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, paths []string) error {
			need, err := o.one()
			if err != nil {
				return err
			}
			return importSecrets(&g, need, paths, replace)
		},
	}
	o.flags(cmd)
	g.flags(cmd)
	cmd.Flags().BoolVar(&replace, "replace", false, "replace values that are there already")
	return cmd
}

func importSecrets(g *giver, need compile.Needs, paths []string, replace bool) error {
	sources, err := sourcesBelow(need, paths)
	if err != nil {
		return err
	}
	values, err := material.Import(need.Need, sources)
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return diag.Diagnostic{
			Message: "there are no secrets in " + strings.Join(paths, ", "),
			Fix:     "name the folder of the installer (harbor.yml, common/config) and that of its data (secret/)",
		}
	}
	v, err := open(need)
	if err != nil {
		return err
	}
	defer v.Close()
	before := maps.Clone(v.Values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		old, had := v.Values[name]
		if had && old != values[name] && !replace {
			fmt.Fprintf(g.err, "%s: kept; the installation has another one (--replace takes it)\n", name)
			continue
		}
		v.Values[name] = values[name]
	}
	if err := g.give(need, v.Values); err != nil {
		return err
	}
	return finish(g.streams, need, v, before)
}

// maxSources bounds what is read when somebody names the wrong folder.
const maxSources = 1000

// sourcesBelow reads the files that may hold secrets.
func sourcesBelow(need compile.Needs, paths []string) ([]material.Source, error) {
	var sources []material.Source
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !entry.Type().IsRegular() || !material.Imports(need.Need, entry.Name()) {
				return nil
			}
			if len(sources) == maxSources {
				return fmt.Errorf("there are more than %d files that may hold secrets", maxSources)
			}
			info, err := entry.Info()
			if err != nil || info.Size() > maxValue {
				return err
			}
			data, err := os.ReadFile(path)
			sources = append(sources, material.Source{Path: filepath.ToSlash(path), Data: data})
			return err
		})
		if err != nil {
			return nil, diag.Diagnostic{Place: diag.Place{File: root}, Message: "it cannot be read: " + plainError(err)}
		}
	}
	return sources, nil
}
