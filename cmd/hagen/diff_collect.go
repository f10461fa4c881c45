package main

import (
	"html/template"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
	"hagen/internal/review"
)

// collector gathers the reports of all registries.
type collector struct {
	streams  streams
	reviewer *review.Reviewer
	mu       sync.Mutex
	reports  []diff.Report
	// problems are what is told beside the reports: warnings, a broken base.
	problems diag.List
	broken   bool
	// pictures are those of the registries that differ, if somebody looks at them.
	pictures map[string]template.HTML
}

func (c *collector) compare(args []string, o diffOptions) error {
	if o.two(args) {
		return c.twoStates(args[0], args[1])
	}
	compiler, err := newCompiler()
	if err != nil {
		return err
	}
	if o.bundle != "" {
		return c.withNode(compiler, args, o)
	}
	if o.live {
		return c.withCluster(compiler, args, o)
	}
	if o.base != "" {
		return c.withBase(compiler, args, o)
	}
	return c.withOutput(compiler, args, o)
}

// add compares two states and keeps the report, without the states.
func (c *collector) add(p pairOfStates) {
	var filters []review.Filter
	for _, text := range p.ignore {
		if filter, err := review.ParseFilter(text); err == nil { // the schema of the spec checks it
			filters = append(filters, filter)
		}
	}
	report := c.reviewer.Also(filters).Report(p.old, p.new, p.notes...)
	if p.broken {
		report.Status = diff.Broken
	}
	if c.pictures != nil && report.Status != diff.Same && !p.broken {
		if err := c.draw(report, p.old, p.new); err != nil {
			report.Notes = append(report.Notes, "there are no pictures: "+err.Error())
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports = append(c.reports, report)
}

func (c *collector) warn(site compile.Site) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, warning := range site.Warnings {
		c.problems.Add(warning)
	}
}

// sideOf is what a spec compiles to.
func sideOf(site compile.Site, label string) diff.Side {
	return diff.Side{
		Label: label, Registry: site.Manifest.Name, Environment: site.Manifest.Environment,
		Harbor: site.Manifest.Harbor, Files: site.Files,
	}
}

// hiddenBy are the filters of a spec.
func hiddenBy(site compile.Site) []string {
	var filters []string
	for _, item := range artifact.List(artifact.Map(site.Evidence.Spec["diff"])["ignore"]) {
		filters = append(filters, artifact.Text(item))
	}
	return filters
}
