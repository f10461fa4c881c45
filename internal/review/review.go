// Package review makes of two states of a registry what a reviewer reads: the
// changes with their impacts, worst first, what filters hide, and a plan.
package review

import (
	"io/fs"
	"slices"

	"hagen/internal/diff"
	"hagen/internal/impact"
)

// Reviewer knows what changes do. It is safe for concurrent use.
type Reviewer struct {
	comparer *diff.Comparer
	rules    *impact.Set
	filters  []Filter
}

// New reads what is known from the folder of the schema.
func New(folder fs.FS, filters []Filter) (*Reviewer, error) {
	comparer, err := diff.NewComparer(folder)
	if err != nil {
		return nil, err
	}
	rules, err := impact.Load(folder)
	return &Reviewer{comparer, rules, filters}, err
}

// Also returns a reviewer with more filters.
func (r *Reviewer) Also(filters []Filter) *Reviewer {
	return &Reviewer{r.comparer, r.rules, slices.Concat(r.filters, filters)}
}

// Report compares two states of a registry.
func (r *Reviewer) Report(old, new diff.Side, notes ...string) diff.Report {
	report := diff.Report{
		Registry: new.Registry, Environment: new.Environment, Old: old.Label, New: new.Label,
		OldHarbor: old.Harbor, NewHarbor: new.Harbor, Changes: []diff.Change{}, Notes: notes,
	}
	if new.Absent {
		report.Registry, report.Environment = old.Registry, old.Environment
	}
	comparison := r.comparer.Compare(old, new)
	changes := r.rules.Judge(comparison)
	report.Status = status(old, new, changes)
	report.Changes, report.Hidden = hide(changes, r.filters)
	if report.Status == diff.Different {
		report.Plan = r.rules.PlanOf(changes)
	}
	return report
}

func status(old, new diff.Side, changes []diff.Change) diff.Status {
	switch {
	case old.Absent && new.Absent:
		return diff.Same
	case old.Absent:
		return diff.New
	case new.Absent:
		return diff.Gone
	case len(changes) == 0:
		return diff.Same
	}
	return diff.Different
}
