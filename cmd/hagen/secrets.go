package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/secret"
	"hagen/internal/vault"
)

// secretsOptions are common to the commands that work on secrets.
type secretsOptions struct {
	spec        string
	environment string
}

func (o *secretsOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.spec, "spec", defaultSpec, "work on the secrets of the spec `FILE`")
	cmd.Flags().StringVar(&o.environment, "environment", "", "work on those of the environment `NAME` only")
}

func newSecrets(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Make, keep and check the secrets of a registry",
		Long: "Make the secrets that a spec needs, once, and keep them encrypted beside it, in the\n" +
			"folder secrets/. A build copies what is encrypted and needs no key.\n\n" +
			"The keys that decrypt are found as sops finds them: SOPS_AGE_KEY_FILE,\n" +
			"SOPS_AGE_KEY, SOPS_AGE_SSH_PRIVATE_KEY_FILE, or the default files.",
	}
	cmd.AddCommand(
		newSecretsInit(s), newSecretsRotate(s), newSecretsCheck(s), newSecretsList(s),
		newSecretsImport(s), newSecretsReveal(s), newSecretsKey(s),
	)
	return cmd
}

// needs lists what the secrets of the spec must be, an entry for each
// environment.
func (o secretsOptions) needs() ([]compile.Needs, error) {
	compiler, err := newCompiler()
	if err != nil {
		return nil, err
	}
	jobs, err := readSpecs(compiler, []string{o.spec}, o.environment)
	if err != nil {
		return nil, err
	}
	var problems diag.List
	var all []compile.Needs
	for _, job := range jobs {
		need, err := compiler.Needs(job)
		problems.Add(err)
		all = append(all, need)
	}
	return all, problems.ErrorOrNil()
}

// one is needs for commands that work on one registry at a time.
func (o secretsOptions) one() (compile.Needs, error) {
	all, err := o.needs()
	if err != nil {
		return compile.Needs{}, err
	}
	if len(all) > 1 {
		var names []string
		for _, need := range all {
			names = append(names, need.Environment)
		}
		return compile.Needs{}, diag.Diagnostic{
			Place: diag.Place{File: o.spec}, Message: "the spec has several environments, each with secrets of its own",
			Fix: "name one with --environment: " + strings.Join(names, ", "),
		}
	}
	return all[0], kept(all[0])
}

// kept refuses to work on values that somebody else keeps.
func kept(need compile.Needs) error {
	if need.Kept() {
		return nil
	}
	return diag.Diagnostic{
		Message: fmt.Sprintf("the secrets of %s are kept by the provider %s, not by hagen", registry(need), need.Provider),
		Reason:  "hagen has none of their values",
		Fix:     `hagen secrets list says what must exist; to let hagen keep them: provider = "sops" below [secrets]`,
	}
}

func registry(need compile.Needs) string {
	return strings.Trim(need.Name+"/"+need.Environment, "/")
}

// open opens the secrets of one registry.
func open(need compile.Needs) (*vault.Vault, error) {
	sops, err := vault.FindSOPS()
	if err != nil {
		return nil, err
	}
	return vault.Open(shortPath(need.Dir), need.Need, sops, time.Now)
}

// shortPath is a path as a user would write it.
func shortPath(path string) string {
	here, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(short, "..") {
		return short
	}
	return path
}

// namedMaterial returns a material that the user named.
func namedMaterial(need compile.Needs, name string) (secret.Material, error) {
	if m, ok := need.Material(name); ok {
		return m, nil
	}
	return secret.Material{}, diag.Diagnostic{
		Message: fmt.Sprintf("%s needs no secret of the name %q", registry(need), name),
		Fix:     "it needs: " + strings.Join(need.Names(), ", "),
	}
}
