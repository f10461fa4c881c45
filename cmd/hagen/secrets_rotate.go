package main

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/secret"
)

func newSecretsRotate(s streams) *cobra.Command {
	var o secretsOptions
	g := giver{streams: s}
	var yes bool
	cmd := &cobra.Command{
		Use:   "rotate NAME...",
		Short: "Make secrets anew, after saying what that breaks",
		Long: "Make the named secrets anew, and all that is made of them. It says first what breaks and\n" +
			"what must restart, and asks. Values that only you know are taken as hagen secrets init\n" +
			"takes them.",
		Example: "  hagen secrets rotate registry_password\n  hagen secrets rotate --yes database_password --from-file database_password=new.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, names []string) error {
			need, err := o.one()
			if err != nil {
				return err
			}
			return rotate(&g, need, names, yes)
		},
	}
	o.flags(cmd)
	g.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func rotate(g *giver, need compile.Needs, names []string, yes bool) error {
	names, err := rotatable(need, names)
	if err != nil {
		return err
	}
	v, err := open(need)
	if err != nil {
		return err
	}
	defer v.Close()
	if len(v.Values) == 0 {
		return diag.Diagnostic{Message: registry(need) + " has no secrets yet", Fix: "make them with: " + need.Command("secrets init")}
	}
	before := maps.Clone(v.Values)
	dropped := material.Drop(need.Need, v.Values, names)
	explainRotation(g.streams, need, names, dropped)
	if !yes {
		if err := confirm(g.streams); err != nil {
			return err
		}
	}
	if err := g.give(need, v.Values); err != nil {
		return err
	}
	if err := finish(g.streams, need, v, before); err != nil {
		return err
	}
	fmt.Fprintf(g.out, "%s: now %s, commit both, and restart what is named above\n", registry(need), need.Command("build"))
	return nil
}

// rotatable checks the names and adds what can only change together.
func rotatable(need compile.Needs, names []string) ([]string, error) {
	var problems diag.List
	all := slices.Clone(names)
	for _, name := range names {
		m, err := namedMaterial(need, name)
		problems.Add(err)
		if m.Made() {
			problems.Add(diag.Diagnostic{
				Message: name + " is made of " + strings.Join(m.Sources(), " and "),
				Fix:     "rotate that, and " + name + " follows",
			})
		}
		for _, other := range need.Materials {
			if m.Key != "" && other.Name == m.Key || other.Key == name && name != "" {
				all = append(all, other.Name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), problems.ErrorOrNil()
}

// explainRotation says what happens when the values change.
func explainRotation(s streams, need compile.Needs, names, dropped []string) {
	var uses []secret.Use
	for _, name := range dropped {
		m, _ := need.Material(name)
		uses = append(uses, m.Uses...)
		if slices.Contains(names, name) {
			fmt.Fprintf(s.err, "%s: %s\n", name, m.Rotation)
		} else {
			fmt.Fprintf(s.err, "%s: changes with it\n", name)
		}
	}
	for _, target := range []string{"compose", "kubernetes"} {
		if list := components(uses, target); len(list) > 0 {
			fmt.Fprintf(s.err, "must restart (%s): %s\n", target, strings.Join(list, ", "))
		}
	}
}

func components(uses []secret.Use, target string) []string {
	var names []string
	for _, use := range uses {
		if use.Target == target && !slices.Contains(names, use.Component) {
			names = append(names, use.Component)
		}
	}
	slices.Sort(names)
	return names
}

// confirm asks before something that cannot be taken back.
func confirm(s streams) error {
	if !s.interactive() {
		return diag.Diagnostic{
			Message: "nothing was changed: there is no terminal to ask on",
			Fix:     "say --yes when this is what you want",
		}
	}
	fmt.Fprint(s.err, "go on? [y/N] ")
	answer, _ := bufio.NewReader(s.in).ReadString('\n')
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return diag.Diagnostic{Message: "nothing was changed"}
	}
	return nil
}
