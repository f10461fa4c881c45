package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/vault"
)

func newSecretsInit(s streams) *cobra.Command {
	var o secretsOptions
	g := giver{streams: s}
	var prune bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make every secret that is missing, and leave the rest",
		Long: "Make every secret that the spec needs and that is missing, encrypt it, and bring the\n" +
			"encrypted files up to date with the spec: addresses, recipients, namespaces. Values\n" +
			"that are there stay, and so do the bytes of every file that need not change.\n\n" +
			"What only you know is asked for on a terminal, or taken from --from-file NAME=PATH, or\n" +
			"from HAGEN_SECRET_NAME in the environment.",
		Example: "  hagen secrets init\n  hagen secrets init --from-file ceph_key=/etc/ceph/harbor.key --private-ca",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			needs, err := o.needs()
			if err != nil {
				return err
			}
			for _, need := range needs {
				if err := makeSecrets(&g, need, prune); err != nil {
					return err
				}
			}
			return nil
		},
	}
	o.flags(cmd)
	g.flags(cmd)
	cmd.Flags().BoolVar(&prune, "prune", false, "remove values that the spec no longer needs")
	return cmd
}

func makeSecrets(g *giver, need compile.Needs, prune bool) error {
	if err := kept(need); err != nil {
		return err
	}
	v, err := open(need)
	if err != nil {
		return err
	}
	defer v.Close()
	before := maps.Clone(v.Values)
	if prune {
		removeLeftOver(need, v.Values)
	}
	if err := g.give(need, v.Values); err != nil {
		return err
	}
	return finish(g.streams, need, v, before)
}

// removeLeftOver drops values that nothing needs.
func removeLeftOver(need compile.Needs, values material.Values) {
	for _, name := range need.LeftOver(slices.Collect(maps.Keys(values))) {
		delete(values, name)
	}
}

// finish makes what is missing, checks everything and writes what changed.
func finish(s streams, need compile.Needs, v *vault.Vault, before material.Values) error {
	if _, err := material.NewMaker().Complete(need.Need, v.Values); err != nil {
		return err
	}
	var warnings, problems diag.List
	for _, d := range (material.Checker{Need: need.Need, Now: time.Now()}).Check(v.Values) {
		if d.Severity == diag.Warning {
			warnings.Add(d)
		} else {
			problems.Add(d)
		}
	}
	if err := problems.ErrorOrNil(); err != nil {
		return err
	}
	files, err := v.Save(need.Need)
	if err != nil {
		return err
	}
	diag.Print(s.err, warnings.ErrorOrNil())
	reportSecrets(s, need, before, v.Values, files)
	return nil
}

func reportSecrets(s streams, need compile.Needs, before, after material.Values, files []string) {
	made, changed, gone := differences(before, after)
	for _, list := range []struct {
		word  string
		names []string
	}{{"made", made}, {"changed", changed}, {"removed", gone}} {
		if len(list.names) > 0 {
			fmt.Fprintf(s.out, "%s: %s %s\n", registry(need), list.word, strings.Join(list.names, ", "))
		}
	}
	if len(files) == 0 {
		fmt.Fprintf(s.out, "%s: %s is up to date\n", registry(need), filepath.ToSlash(shortPath(need.Dir)))
		return
	}
	fmt.Fprintf(s.out, "%s: wrote %s in %s\n", registry(need), strings.Join(files, ", "), filepath.ToSlash(shortPath(need.Dir)))
}

func differences(before, after material.Values) (made, changed, gone []string) {
	for _, name := range slices.Sorted(maps.Keys(after)) {
		old, had := before[name]
		switch {
		case !had:
			made = append(made, name)
		case old != after[name]:
			changed = append(changed, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[name]; !ok {
			gone = append(gone, name)
		}
	}
	return made, changed, gone
}
