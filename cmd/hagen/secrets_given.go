package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/secret"
)

// giver takes values from the user: from files, from the environment, or by
// asking. Never from an argument, which every user of the machine can read.
type giver struct {
	streams
	files     map[string]string
	authority bool
}

func (g *giver) flags(cmd *cobra.Command) {
	cmd.Flags().StringToStringVar(&g.files, "from-file", nil, "take the value of a secret from a file: `NAME=PATH`, - is standard input; can be repeated")
	cmd.Flags().BoolVar(&g.authority, "private-ca", false, "make a private certificate authority, and the certificate of the registry with it")
}

// give adds the values of given materials that are missing. All that nobody
// gives are named together, and what is given in vain.
func (g *giver) give(need compile.Needs, values material.Values) error {
	var problems diag.List
	for _, m := range need.Materials {
		if m.Kind != secret.Given || values[m.Name] != "" {
			if err := g.inVain(m, values); isWarning(err) {
				diag.Print(g.err, err)
			} else {
				problems.Add(err)
			}
			continue
		}
		value, err := g.value(need, m, values)
		problems.Add(err)
		if err == nil {
			values[m.Name] = value
		}
	}
	for name := range g.files {
		if _, ok := need.Material(name); !ok {
			_, err := namedMaterial(need, name)
			problems.Add(err)
		}
	}
	return problems.ErrorOrNil()
}

// inVain refuses a value for a material that has another one, or that nobody can
// give. A variable may be meant for another registry: it is told of, if somebody
// could have given it.
func (g *giver) inVain(m secret.Material, values material.Values) error {
	_, inFile := g.files[m.Name]
	if m.Kind != secret.Given {
		if !inFile {
			return nil
		}
		return diag.Diagnostic{
			Message: m.Name + " cannot be given: hagen makes it",
			Fix:     "remove the --from-file; the values of an installation that is there come in with hagen secrets import",
		}
	}
	value, said, err := g.given(m)
	if err != nil || !said || strings.TrimSpace(value) == strings.TrimSpace(values[m.Name]) {
		return err
	}
	severity := diag.Error
	if !inFile {
		severity = diag.Warning
	}
	return diag.Diagnostic{
		Severity: severity,
		Message:  m.Name + " is there already, with another value than the one that is given",
		Reason:   "the one that is there stays",
		Fix:      "change it with: hagen secrets rotate " + m.Name + "; or do not give it",
	}
}

func isWarning(err error) bool {
	var d diag.Diagnostic
	return errors.As(err, &d) && d.Severity == diag.Warning
}

func (g *giver) value(need compile.Needs, m secret.Material, values material.Values) (string, error) {
	if value, said, err := g.given(m); said {
		return value, err
	}
	pem := isPEM(m)
	if pem && (g.authority || values[secret.AuthorityKey] != "") {
		return g.sign(need, m, values)
	}
	if g.interactive() {
		return g.ask(m, pem)
	}
	return "", diag.Diagnostic{
		Message: m.Name + " must be given: " + m.Description,
		Reason:  "hagen cannot make it",
		Fix:     fmt.Sprintf("--from-file %s=PATH, or the variable %s", m.Name, variableOf(m.Name)),
	}
}

// given is the value that a file holds, else the environment, and whether one of them
// was named.
func (g *giver) given(m secret.Material) (value string, said bool, err error) {
	if path, ok := g.files[m.Name]; ok {
		value, err = g.file(path, isPEM(m))
		return value, true, err
	}
	value = os.Getenv(variableOf(m.Name))
	return value, value != "", nil
}

func isPEM(m secret.Material) bool { return strings.HasPrefix(m.Format, "pem-") }

// variableOf is the environment variable that holds a material.
func variableOf(name string) string {
	return "HAGEN_SECRET_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

// maxValue is far above the longest chain of certificates.
const maxValue = 256 << 10

func (g *giver) file(path string, pem bool) (string, error) {
	f := g.in
	if path != "-" {
		var err error
		if f, err = os.Open(path); err != nil {
			return "", diag.Diagnostic{Place: diag.Place{File: path}, Message: "it cannot be read: " + plainError(err)}
		}
		defer f.Close()
	}
	data, err := io.ReadAll(io.LimitReader(f, maxValue+1))
	if err != nil || len(data) > maxValue || len(data) == 0 {
		return "", diag.Diagnostic{Place: diag.Place{File: path}, Message: "it is empty, too long, or cannot be read"}
	}
	if pem {
		return string(data), nil
	}
	return material.OneLine(string(data)), nil
}

// sign makes the certificate and the key with a private authority, both at
// once: they belong together.
func (g *giver) sign(need compile.Needs, m secret.Material, values material.Values) (string, error) {
	maker := material.NewMaker()
	if err := maker.Authority(need.Name, values); err != nil {
		return "", err
	}
	for _, cert := range need.Materials {
		if cert.Format != secret.FormatCertificate || cert.Name != m.Name && cert.Key != m.Name {
			continue
		}
		chain, key, err := maker.Server(cert.Host, values)
		if err != nil {
			return "", err
		}
		values[cert.Name], values[cert.Key] = chain, key
		return values[m.Name], nil
	}
	return "", fmt.Errorf("no certificate belongs to %s", m.Name)
}

// ask asks on the terminal. What fits on a line is typed unseen, twice.
func (g *giver) ask(m secret.Material, pem bool) (string, error) {
	fmt.Fprintf(g.err, "%s: %s\n", m.Name, m.Description)
	if pem {
		fmt.Fprintf(g.err, "  path of the file: ")
		var path string
		if _, err := fmt.Fscanln(g.in, &path); err != nil {
			return "", fmt.Errorf("read the path of %s: %w", m.Name, err)
		}
		return g.file(path, true)
	}
	for {
		value, err := g.unseen("  value: ")
		if err != nil {
			return "", fmt.Errorf("read %s: %w", m.Name, err)
		}
		again, err := g.unseen("  again: ")
		if err != nil {
			return "", fmt.Errorf("read %s: %w", m.Name, err)
		}
		if value == again && value != "" {
			return value, nil
		}
		fmt.Fprintln(g.err, "  these differ, or are empty")
	}
}

func (g *giver) unseen(prompt string) (string, error) {
	fmt.Fprint(g.err, prompt)
	value, err := term.ReadPassword(int(g.in.Fd()))
	fmt.Fprintln(g.err)
	return string(value), err
}
