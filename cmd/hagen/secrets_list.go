package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/secret"
)

// listed is one secret as list prints it; it holds no value.
type listed struct {
	Name        string     `json:"name"`
	Kind        string     `json:"kind"`
	Description string     `json:"description"`
	Created     *time.Time `json:"created"`
	Expires     *time.Time `json:"expires,omitempty"`
	Fingerprint string     `json:"fingerprint"`
	Uses        []string   `json:"uses"`
	Cluster     []string   `json:"cluster"`
	Node        bool       `json:"node"`
}

func newSecretsList(s streams) *cobra.Command {
	var o secretsOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the secrets: name, kind, age, fingerprint, where each is used",
		Long: "List the secrets of a registry, never a value, and without a key. Of providers that keep\n" +
			"the values elsewhere it says what must exist, key by key.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			needs, err := o.needs()
			if err != nil {
				return err
			}
			return listSecrets(s.out, needs, asJSON, time.Now())
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func listSecrets(w io.Writer, needs []compile.Needs, asJSON bool, now time.Time) error {
	var sites []map[string]any
	for i, need := range needs {
		folder, err := secret.Read(need.Need, readBelow(need.Dir))
		if err != nil {
			return fmt.Errorf("%s: %w", shortPath(need.Dir), err)
		}
		list := listing(need, folder.Index)
		if asJSON {
			sites = append(sites, map[string]any{"name": need.Name, "environment": need.Environment, "provider": need.Provider, "secrets": list})
			continue
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		printListing(w, need, list, now)
	}
	if !asJSON {
		return nil
	}
	return printValue(w, map[string]any{"format": 1, "sites": sites})
}

func listing(need compile.Needs, index secret.Index) []listed {
	list := []listed{}
	for _, name := range need.Names() {
		m, _ := need.Material(name)
		entry := listed{Name: name, Kind: m.Kind, Description: m.Description, Uses: []string{}, Cluster: []string{}, Node: slices.Contains(need.Node, name)}
		if known, ok := index.Secrets[name]; ok && need.Kept() {
			entry.Created, entry.Fingerprint, entry.Expires = &known.Created, known.Fingerprint, known.Expires
		}
		for _, use := range m.Uses {
			entry.Uses = append(entry.Uses, use.Target+" "+use.Component+": "+use.As)
		}
		for _, s := range need.Cluster {
			for _, item := range s.Items {
				if item.Material == name {
					entry.Cluster = append(entry.Cluster, s.Name+"/"+item.Key)
				}
			}
		}
		list = append(list, entry)
	}
	return list
}

func printListing(w io.Writer, need compile.Needs, list []listed, now time.Time) {
	fmt.Fprintf(w, "%s (%s)\n", registry(need), need.Provider)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if need.Kept() {
		fmt.Fprintln(table, "NAME\tKIND\tAGE\tFINGERPRINT\tUSED BY")
	} else {
		fmt.Fprintln(table, "NAME\tKIND\tIN THE CLUSTER\tON NODES\tUSED BY")
	}
	for _, entry := range list {
		by := strings.Join(usersOf(need, entry.Name), ", ")
		if need.Kept() {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", entry.Name, entry.Kind, age(entry.Created, now), orDash(entry.Fingerprint), orDash(by))
			continue
		}
		node := "-"
		if entry.Node {
			node = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", entry.Name, entry.Kind, orDash(strings.Join(entry.Cluster, ", ")), node, orDash(by))
	}
	table.Flush()
}

func usersOf(need compile.Needs, name string) []string {
	m, _ := need.Material(name)
	var names []string
	for _, use := range m.Uses {
		if !slices.Contains(names, use.Component) {
			names = append(names, use.Component)
		}
	}
	return names
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// age says how long ago something was made, in its largest unit.
func age(created *time.Time, now time.Time) string {
	if created == nil {
		return "missing"
	}
	past := now.Sub(*created)
	switch {
	case past < time.Hour:
		return fmt.Sprintf("%dm", max(0, int(past.Minutes())))
	case past < 24*time.Hour:
		return fmt.Sprintf("%dh", int(past.Hours()))
	}
	return fmt.Sprintf("%dd", int(past.Hours()/24))
}
