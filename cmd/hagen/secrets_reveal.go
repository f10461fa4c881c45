package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hagen/internal/diag"
	"hagen/internal/vault"
)

func newSecretsReveal(s streams) *cobra.Command {
	var o secretsOptions
	cmd := &cobra.Command{
		Use:   "reveal NAME",
		Short: "Print the value of one secret",
		Long:  "Print the value of one secret, as it is; a line break follows on a terminal only.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			need, err := o.one()
			if err != nil {
				return err
			}
			v, err := open(need)
			if err != nil {
				return err
			}
			defer v.Close()
			value, ok := v.Values[args[0]]
			if !ok {
				if _, err := namedMaterial(need, args[0]); err != nil {
					return err
				}
				return diag.Diagnostic{Message: args[0] + " was not made yet", Fix: "run: " + need.Command("secrets init")}
			}
			fmt.Fprint(s.out, value)
			if term.IsTerminal(int(s.out.Fd())) && !strings.HasSuffix(value, "\n") {
				fmt.Fprintln(s.out)
			}
			return nil
		},
	}
	o.flags(cmd)
	return cmd
}

func newSecretsKey(s streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Print your public key, and make the pair if there is none",
		Long: "Print the public key of your pair of age keys, for secrets.recipients in the spec. Where\n" +
			"there is none yet, one is made in the file in which sops looks for it. The private key\n" +
			"never leaves that file: back it up, without it the secrets cannot be read.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if file == "" {
				var err error
				if file, err = vault.KeyFile(); err != nil {
					return err
				}
			}
			recipients, made, err := vault.Key(file)
			if err != nil {
				return err
			}
			if made {
				fmt.Fprintf(s.err, "made a pair of keys in %s; back it up\n", file)
			}
			for _, recipient := range recipients {
				fmt.Fprintln(s.out, recipient)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "use the key `FILE` instead of the one where sops looks")
	return cmd
}
