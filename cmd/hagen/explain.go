package main

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/spec"
	"hagen/schema"
)

type explainOptions struct {
	spec, environment string
	// current is a measured value, pods how many there are, for what is scaled.
	current string
	pods    int
}

func newExplain(s streams) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain RULE|FIELD|FILE",
		Short: "Say what a rule, a field of the spec or a written file is about",
		Long: "Explain a rule by its id, a field of the spec by its dotted name, or a file of the output by\n" +
			"its path. What follows from a field, and what a file follows from, is found out with the spec\n" +
			"in hagen.toml, or the one that --spec names.",
		Example: "  hagen explain HG040\n  hagen explain registry.url\n  hagen explain out/hub/kubernetes/deployment-core.yaml\n" +
			"  hagen explain autoscaling.registry --current 20 --pods 3",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return explain(s, o, args[0])
		},
	}
	cmd.Flags().StringVar(&o.spec, "spec", defaultSpec, "`FILE` of the spec")
	cmd.Flags().StringVar(&o.environment, "environment", "", "`NAME` of the environment, the first if not said")
	cmd.Flags().StringVar(&o.current, "current", "", "a measured `VALUE` of what a component is scaled by, such as 20, 500m or 85%")
	cmd.Flags().IntVar(&o.pods, "pods", 0, "`NUMBER` of pods that it was measured with, the least if not said")
	return cmd
}

// explain looks the word up as a rule, then as a field, then as a file.
func explain(s streams, o explainOptions, word string) error {
	compiler, err := newCompiler()
	if err != nil {
		return err
	}
	e := &explainer{streams: s, options: o, compiler: compiler}
	e.read()
	if o.current != "" {
		return e.scaling(word)
	}
	rules, err := e.worker.Rules()
	if err != nil {
		return err
	}
	if r, err := rules.Rule(word); err == nil {
		fmt.Fprint(s.out, diag.Clean(r.Page()))
		return nil
	}
	root, err := schema.Spec()
	if err != nil {
		return err
	}
	if field := root.At(fieldName(word)); field != nil && field.Description != "" {
		return e.field(word, field, rules)
	}
	if strings.ContainsAny(word, "/") || filepath.Ext(word) == ".md" {
		return e.file(word)
	}
	d := diag.Diagnostic{Message: "there is no rule, no field and no file " + word}
	if near := diag.Nearest(word, append(rules.IDs(), fieldNames(root, "")...)); near != "" {
		d.Fix = "did you mean " + near
	}
	return d
}

// explainer has the spec at hand, if there is one that can be read.
type explainer struct {
	streams
	options  explainOptions
	compiler *compile.Compiler
	worker   *compile.Worker
	document *spec.Document
	// unread says why there is no document.
	unread error
}

func (e *explainer) read() {
	dir, err := filepath.Abs(filepath.Dir(e.options.spec))
	e.worker, e.unread = e.compiler.Worker(dir), err
	if err != nil {
		return
	}
	if e.document, e.unread = readSpec(e.options.spec); e.unread != nil {
		return
	}
	var jobs []compile.Job
	if jobs, e.unread = e.compiler.Jobs(e.document, dir, e.options.environment); e.unread == nil {
		e.options.environment = jobs[0].Environment
	}
}

// file explains a written file.
func (e *explainer) file(name string) error {
	if e.unread != nil {
		return e.unread
	}
	trace, err := e.worker.Trace(e.document, e.options.environment, filepath.ToSlash(filepath.Clean(name)))
	if err != nil {
		return err
	}
	if trace == nil && path.Base(filepath.ToSlash(name)) == bundle.ManifestName {
		fmt.Fprintln(e.out, diag.Clean(name))
		fmt.Fprintln(e.out, "  lists what hagen made here and of what: every build writes it, and only files in it are replaced or removed")
		return nil
	}
	if trace == nil {
		return diag.Diagnostic{
			Place: diag.Place{File: e.options.spec}, Message: "this spec does not make the file " + name,
			Fix: "name another with --spec, or its --environment; hagen build --json lists what is made",
		}
	}
	fmt.Fprintln(e.out, diag.Clean(trace.File))
	if trace.Maker != "" {
		fmt.Fprintf(e.out, "  made by %s\n", diag.Clean(trace.Maker))
	}
	for _, overlay := range trace.Overlays {
		fmt.Fprintf(e.out, "  changed by %s\n", diag.Clean(overlay))
	}
	for _, reader := range trace.Readers {
		fmt.Fprintf(e.out, "  %s\n", diag.Clean(reader))
	}
	if len(trace.Fields) > 0 {
		fmt.Fprintln(e.out, "  follows from")
	}
	for _, origin := range trace.Fields {
		fmt.Fprintf(e.out, "    %s: %s\n", origin.Place, diag.Clean(diag.PathString(origin.Path)))
	}
	return nil
}
