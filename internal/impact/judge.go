package impact

import (
	"cmp"
	"slices"

	"hagen/internal/diff"
)

// Judge gives every change of a comparison its verdict and returns them worst
// first, joined where several nodes have the same.
func (s *Set) Judge(x diff.Comparison) []diff.Change {
	j := newJudge(s, x)
	changes := append(versionChange(x), x.Changes...)
	for i := range changes {
		j.judge(&changes[i])
	}
	changes = diff.Gather(changes)
	slices.SortStableFunc(changes, func(a, b diff.Change) int {
		return cmp.Or(cmp.Compare(a.Impact, b.Impact), cmp.Compare(rank(a), rank(b)))
	})
	return changes
}

// rank puts what a change follows from before the change.
func rank(c diff.Change) int {
	switch {
	case c.Object.Kind == "registry":
		return 0
	case c.Follows:
		return 2
	}
	return 1
}

type judge struct {
	set *Set
	x   diff.Comparison
	// rolled are the workloads whose pod template changes, and the services of
	// bundles that are made anew.
	rolled map[string]bool
	// named are the old names of objects that have another one now.
	named map[string]string
	users *users
}

func newJudge(s *Set, x diff.Comparison) *judge {
	j := &judge{set: s, x: x, rolled: map[string]bool{}, named: map[string]string{}}
	for _, c := range x.Changes {
		if c.Op == diff.Renamed {
			j.named[who(c.Object, c.Places[0].Node)], _ = c.Old.(string)
		}
		if c.Object.Kind == "service" || len(c.Path) > 1 && diff.Step(c.Path[1]) == "template" {
			j.rolled[who(c.Object, c.Places[0].Node)] = true
		}
	}
	j.users = &users{model: x.New, old: x.Old}
	return j
}

func who(o diff.Object, node string) string {
	return node + "|" + o.Kind + "|" + o.Namespace + "|" + o.Name
}

// verdicts gathers what rules say of one change.
type verdicts struct {
	rules    []*Rule
	concerns []string
}

func (j *judge) judge(c *diff.Change) {
	v := verdicts{}
	known := j.factsOf(c)
	for _, use := range j.users.of(c) {
		f := known.with(facts{"use": use.how, "owner": use.kind, "rolls": yesNo(j.rolled[use.who]), "strategy": use.strategy})
		if use.label != "" && !slices.Contains(v.concerns, use.label) {
			v.concerns = append(v.concerns, use.label)
		}
		for _, place := range placesOf(c) {
			v.first(j.set.Places, c, place, f)
		}
	}
	for _, place := range placesOf(c) {
		v.all(j.set.Settings, c, j.users.settings(c, place), place, known)
	}
	c.Verdict = v.verdict()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// first adds the first rule that fits a place.
func (v *verdicts) first(rules []Rule, c *diff.Change, place []string, f facts) {
	for i := range rules {
		if r := &rules[i]; r.fits(c) && r.reaches(place) && f.fit(r.If) {
			v.add(r)
			return
		}
	}
}

func (v *verdicts) add(r *Rule) {
	if !slices.Contains(v.rules, r) {
		v.rules = append(v.rules, r)
	}
}

// all adds every rule that speaks of a setting that changed.
func (v *verdicts) all(rules []Rule, c *diff.Change, settings []setting, place []string, f facts) {
	for i := range rules {
		r := &rules[i]
		if !r.fits(c) || !f.fit(r.If) {
			continue
		}
		if r.ofPlace() && r.reaches(place) {
			v.add(r)
			continue
		}
		for _, s := range settings {
			if s.fits(r) {
				v.add(r)
				break
			}
		}
	}
}

// ofPlace tells whether a rule speaks of an object and not of a setting.
func (r *Rule) ofPlace() bool { return len(r.Env)+len(r.File)+len(r.Mount)+len(r.Secret) == 0 }

// verdict takes the worst; what else was said comes after it.
func (v *verdicts) verdict() diff.Verdict {
	slices.SortStableFunc(v.rules, func(a, b *Rule) int { return cmp.Compare(a.Impact, b.Impact) })
	out := diff.Verdict{Impact: diff.None, Rule: "unknown", Reason: "no rule speaks of it", Concerns: v.concerns}
	for i, r := range v.rules {
		if i == 0 {
			out.Impact, out.Rule, out.Reason, out.Source = r.Impact, r.ID, r.Reason, r.Source
		} else if (r.Impact < diff.None || !r.ofPlace()) && !slices.Contains(out.Also, r.Impact.String()+": "+r.Reason) {
			out.Also = append(out.Also, r.Impact.String()+": "+r.Reason)
		}
		for _, tag := range r.Tags {
			if !slices.Contains(out.Tags, tag) {
				out.Tags = append(out.Tags, tag)
			}
		}
	}
	return out
}

// placesOf are the place of a change and, where a whole piece came or went, all
// places below it.
func placesOf(c *diff.Change) [][]string {
	base := make([]string, len(c.Path))
	for i, step := range c.Path {
		base[i] = diff.Step(step)
	}
	places := [][]string{base}
	if len(c.Path) == 0 {
		return places
	}
	for _, value := range []any{c.Old, c.New} {
		below(value, base, &places)
	}
	return places
}

func below(value any, base []string, into *[][]string) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sorted(v) {
			place := append(slices.Clone(base), key)
			*into = append(*into, place)
			below(v[key], place, into)
		}
	case []any:
		for _, item := range v {
			name := "#"
			if m, ok := item.(map[string]any); ok {
				if text, ok := m["name"].(string); ok {
					name = text
				}
			}
			below(item, append(slices.Clone(base), name), into)
		}
	}
}

func sorted(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
