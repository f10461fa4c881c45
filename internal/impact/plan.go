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
	// it must be, Of are the kinds of workloads, one of which must feel it. Unless
	// are tags for which the plan has a line on that target already.
	Tags    []string      `json:"tags,omitempty"`
	Impacts []diff.Impact `json:"impacts,omitempty"`
	Target  string        `json:"target,omitempty"`
	Of      []string      `json:"of,omitempty"`
	Unless  []string      `json:"unless,omitempty"`
	// Text may name {nodes}, {workloads}, {keys} of secrets,
	// {gone} for old names and {what}.
	Text string `json:"text"`
}

// PlanOf derives the order in which to take changes.
func (s *Set) PlanOf(changes []diff.Change) []string {
	var plan []string
	told := map[string]bool{}
	for _, step := range s.Plan {
		var who []diff.Change
		for _, change := range changes {
			if step.asks(change) {
				who = append(who, change)
			}
		}
		who = step.everywhere(who, changes)
		if len(who) == 0 || slices.ContainsFunc(step.Unless, func(tag string) bool { return told[tag+" on "+step.Target] }) {
			continue
		}
		plan = append(plan, step.line(who))
		for _, tag := range step.Tags {
			told[tag+" on "+step.Target] = true
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
		return c.Object.Target != s.Target || c.Impact > diff.Manual || len(s.Of) > 0 && len(s.named(c)) == 0
	})
}

func (s Step) asks(c diff.Change) bool {
	return (s.Target == "" || s.Target == c.Object.Target || c.Object.Kind == "registry") &&
		(len(s.Impacts) == 0 || slices.Contains(s.Impacts, c.Impact)) &&
		(len(s.Tags) == 0 || overlap(s.Tags, c.Tags)) && (len(s.Of) == 0 || len(s.named(c)) > 0 || c.Object.Kind == "registry")
}

// named are the workloads of a change that a step speaks of.
func (s Step) named(c diff.Change) []string {
	if len(s.Of) == 0 {
		return c.Concerns
	}
	return slices.DeleteFunc(slices.Clone(c.Concerns), func(label string) bool {
		kind, _, _ := strings.Cut(label, " ")
		return !slices.Contains(s.Of, kind)
	})
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(tag string) bool { return slices.Contains(b, tag) })
}

func (s Step) line(changes []diff.Change) string {
	var nodes, workloads, gone, what []string
	for _, c := range changes {
		nodes = merge(nodes, c.Nodes())
		workloads = merge(workloads, s.named(c))
		gone = merge(gone, []string{goneBy(c)})
		what = merge(what, []string{c.Object.String()})
	}
	slices.Sort(nodes)
	return strings.NewReplacer("{nodes}", some(nodes), "{workloads}", some(workloads), "{keys}", some(secretsOf(changes)), "{gone}", some(gone), "{what}", some(what)).Replace(s.Text)
}

// goneBy is the object that a change leaves without a manifest.
func goneBy(c diff.Change) string {
	if c.Op == diff.Renamed {
		return fmt.Sprintf("%s %v", c.Object.Kind, c.Old)
	}
	return c.Object.String()
}

// secretsOf names secrets as people who keep them know them.
func secretsOf(changes []diff.Change) []string {
	var names []string
	keys := map[string][]string{}
	for _, c := range changes {
		name := c.Object.Name
		if c.Object.Target != "vm" {
			name = "Secret " + name
		}
		names = merge(names, []string{name})
		if key := keyOf(&c); key != "" && c.Object.Target != "vm" {
			keys[name] = merge(keys[name], []string{key})
		}
	}
	for i, name := range names {
		if len(keys[name]) > 0 {
			names[i] = some(keys[name]) + " of " + name
		}
	}
	return names
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
