package main

import (
	"errors"
	"fmt"
	"html/template"
	"sort"

	"github.com/spf13/cobra"

	"hagen/internal/diag"
	"hagen/internal/diff"
	"hagen/internal/review"
	"hagen/schema"
)

type diffOptions struct {
	out         string
	environment string
	base, head  string
	bundle      string
	node        string
	allowBroken bool
	each        bool
	live        bool
	kubeconfig  string
	context     string
	ignore      []string
	defaults    bool
	failOn      string
	exitZero    bool
	show        showOptions
}

func newDiff(s streams) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [SPEC... | A B]",
		Short: "Show what a change will do to the running registry",
		Long: "Compare what hagen.toml, or the named specs, compile to with the output folder, and say\n" +
			"what each change will do: which pods restart, what is at risk, in which order to go.\n" +
			"With --base, compare with what they compiled to at a revision of Git, with --live with\n" +
			"what a cluster has, by a dry run of its API server, with --bundle with what a node has.\n" +
			"With two arguments, compare one with the other: rendered folders, specs, or environments\n" +
			"of specs as SPEC:ENVIRONMENT. Exit 0: the same, 1: different, 2: an error.",
		Example: "  hagen diff\n  hagen diff --base origin/main\n  hagen diff hagen.toml:staging hagen.toml:production\n" +
			"  hagen diff --base v1 --format markdown --fail-on outage\n  hagen diff --bundle /opt/hagen/hub",
		RunE: func(_ *cobra.Command, args []string) error {
			return runDiff(s, args, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.out, "output", "o", "out", "`FOLDER` to compare with")
	flags.StringVar(&o.environment, "environment", "", "compare the environment `NAME` only")
	flags.StringVar(&o.base, "base", "", "compare with what the specs were at the revision `REV`")
	flags.StringVar(&o.head, "head", "", "with --base: compare the revision `REV` instead of the files on the disk")
	flags.StringVar(&o.bundle, "bundle", "", "compare with the bundle of a node as it stands there, or a copy of it, in `FOLDER`")
	flags.StringVar(&o.node, "node", "", "with --bundle: the bundle must be that of the node `NAME`")
	flags.BoolVar(&o.allowBroken, "allow-broken-base", false, "go on if the specs of --base do not compile")
	flags.BoolVar(&o.live, "live", false, "compare with the cluster that kubectl reaches, by a dry run")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "with --live: the kubeconfig `FILE`")
	flags.StringVar(&o.context, "context", "", "with --live: the context `NAME` of the kubeconfig")
	flags.BoolVar(&o.each, "each", false, "take two arguments for two specs, each compared with its output folder")
	flags.StringArrayVar(&o.ignore, "ignore", nil, "hide changes that fit `KEY=PATTERN`: impact, kind, name, file, path; repeat it")
	flags.BoolVar(&o.defaults, "ignore-defaults", false, "hide fields that say what the API server would fill in")
	flags.StringVar(&o.failOn, "fail-on", "", "exit 1 only for changes as bad as `IMPACT` or worse")
	flags.BoolVar(&o.exitZero, "exit-zero", false, "exit 0 even if something differs")
	o.show.flags(flags)
	return cmd
}

// pairOfStates is what is compared: two states of one registry and what to say
// of them.
type pairOfStates struct {
	old, new diff.Side
	notes    []string
	broken   bool
	// ignore are the filters of the spec.
	ignore []string
}

func runDiff(s streams, args []string, o diffOptions) error {
	limit, err := o.check(args)
	if err != nil {
		return err
	}
	filters, err := o.filters()
	if err != nil {
		return err
	}
	reviewer, err := review.New(schema.Impact, filters)
	if err != nil {
		return err
	}
	c := &collector{reviewer: reviewer, streams: s}
	if o.illustrated() {
		c.pictures = map[string]template.HTML{}
	}
	if err := c.compare(args, o); err != nil {
		return err
	}
	sort.SliceStable(c.reports, func(i, j int) bool { return c.reports[i].Name() < c.reports[j].Name() })
	if err := o.show.print(s, c); err != nil {
		return err
	}
	diag.Print(s.err, c.problems.ErrorOrNil())
	return o.outcome(c, limit)
}

// filters are those of the flags.
func (o diffOptions) filters() ([]review.Filter, error) {
	var filters []review.Filter
	for _, text := range o.ignore {
		filter, err := review.ParseFilter(text)
		if err != nil {
			return nil, err
		}
		filters = append(filters, filter)
	}
	if !o.defaults {
		return filters, nil
	}
	filter, err := review.Defaults(schema.Impact)
	return append(filters, filter), err
}

// check refuses flags that do not go together.
func (o diffOptions) check(args []string) (diff.Impact, error) {
	switch {
	case o.head != "" && o.base == "":
		return 0, errors.New("--head needs --base; see hagen diff --help")
	case o.node != "" && o.bundle == "":
		return 0, errors.New("--node needs --bundle; see hagen diff --help")
	case o.bundle != "" && (o.base != "" || o.live || o.each || len(args) > 1):
		return 0, errors.New("--bundle compares one spec with one node: leave --base, --live, --each and other arguments out; see hagen diff --help")
	case o.live && o.base != "":
		return 0, errors.New("--live compares with a cluster, --base with a revision: leave one out; see hagen diff --help")
	case !o.live && o.kubeconfig+o.context != "":
		return 0, errors.New("--kubeconfig and --context need --live; see hagen diff --help")
	case o.out == "":
		return 0, errors.New("the output folder has no name; see hagen diff --help")
	case o.environment != "" && o.two(args):
		return 0, errors.New("two states are named as SPEC:ENVIRONMENT, without --environment; see hagen diff --help")
	}
	if err := o.show.check(); err != nil {
		return 0, err
	}
	if o.failOn == "" {
		return diff.None, nil
	}
	limit, err := diff.ParseImpact(o.failOn)
	if err != nil {
		return 0, fmt.Errorf("--fail-on: %w: there are %v", err, diff.Impacts())
	}
	return limit, nil
}

// two tells whether the arguments are two states to compare with each other.
func (o diffOptions) two(args []string) bool {
	return len(args) == 2 && !o.each && !o.live && o.base == ""
}

func (o diffOptions) outcome(c *collector, limit diff.Impact) error {
	if c.broken && !o.allowBroken {
		return exitCode(exitFailed)
	}
	for _, r := range c.reports {
		differs := r.Status != diff.Same
		if o.failOn != "" {
			differs = differs && len(r.Changes) > 0 && r.Worst() <= limit
		}
		if differs && !o.exitZero {
			return exitCode(exitDifferent)
		}
	}
	return nil
}
