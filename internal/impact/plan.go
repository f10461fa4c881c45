package impact

import (
	"fmt"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// Step is a line of a plan: it is there if a change asks for it.
type Step struct {
	// Tags and Impacts are those that a change must have one of, Target is where
	// it must be, Unless are tags that no change may have.
	Tags    []string      `json:"tags,omitempty"`
	Impacts []diff.Impact `json:"impacts,omitempty"`
	Target  string        `json:"target,omitempty"`
	Unless  []string      `json:"unless,omitempty"`
	// Text may name {nodes}, {workloads} and {what}.
	Text string `json:"text"`
}

// PlanOf derives the order in which to take changes.
func (s *Set) PlanOf(changes []diff.Change) []string {
	var plan []string
	for _, step := range s.Plan {
		var who []diff.Change
		for _, change := range changes {
			if step.asks(change) {
				who = append(who, change)
			}
		}
		who = step.everywhere(who, changes)
		if len(who) > 0 && !slices.ContainsFunc(changes, step.spares) {
			plan = append(plan, step.line(who))
		}
	}
	return plan
}

// everywhere takes all changes of a target in place of one of the registry as a
// whole, such as its version.
func (s Step) everywhere(who, changes []diff.Change) []diff.Change {
	if s.Target == "" || !slices.ContainsFunc(who, func(c diff.Change) bool { return c.Object.Kind == "registry" }) {
		return who
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c diff.Change) bool {
		return c.Object.Target != s.Target || c.Impact > diff.Manual
	})
}

func (s Step) asks(c diff.Change) bool {
	return (s.Target == "" || s.Target == c.Object.Target || c.Object.Kind == "registry") &&
		(len(s.Impacts) == 0 || slices.Contains(s.Impacts, c.Impact)) &&
		(len(s.Tags) == 0 || overlap(s.Tags, c.Tags))
}

func (s Step) spares(c diff.Change) bool {
	return overlap(s.Unless, c.Tags) && (s.Target == "" || s.Target == c.Object.Target || c.Object.Target == "")
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(tag string) bool { return slices.Contains(b, tag) })
}

func (s Step) line(changes []diff.Change) string {
	var nodes, workloads, what []string
	for _, c := range changes {
		nodes = merge(nodes, c.Nodes())
		workloads = merge(workloads, c.Concerns)
		what = merge(what, []string{c.Object.String()})
	}
	slices.Sort(nodes)
	return strings.NewReplacer("{nodes}", some(nodes), "{workloads}", some(workloads), "{what}", some(what)).Replace(s.Text)
}

func merge(list, more []string) []string {
	for _, item := range more {
		if !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

// mostNamed bounds what a line of a plan names.
const mostNamed = 8

func some(list []string) string {
	if len(list) <= mostNamed {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:mostNamed], ", "), len(list)-mostNamed)
}
