// Package impact says what changes do to a running registry: changes go in
// without a verdict and come out with one, and with a plan. What it knows are
// the rules in schema/impact; the code only finds which of them fit.
package impact

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// Rule is one thing that is known of a change.
type Rule struct {
	ID string `json:"id"`
	// On are kinds of objects, Group is their API group, Names are patterns of
	// their names. Target is "kubernetes" or "vm".
	On     []string `json:"on,omitempty"`
	Target string   `json:"target,omitempty"`
	Group  []string `json:"group,omitempty"`
	Names  []string `json:"names,omitempty"`
	// Paths are patterns of places in the object or file: steps between
	// slashes, * for one step, ** for any. What is below fits too.
	Paths []string  `json:"paths,omitempty"`
	Op    []diff.Op `json:"op,omitempty"`
	// Env, File, Mount and Secret are settings of a program, wherever they are
	// carried: a variable, the base name of a configuration file, the target of a
	// mount, a secret.
	Env    []string `json:"env,omitempty"`
	File   []string `json:"file,omitempty"`
	Mount  []string `json:"mount,omitempty"`
	Secret []string `json:"secret,omitempty"`
	// If are facts about the change, each one of several words.
	If map[string]string `json:"if,omitempty"`

	Impact diff.Impact `json:"impact"`
	Reason string      `json:"reason"`
	Source string      `json:"source"`
	Tags   []string    `json:"tags,omitempty"`

	// patterns are Paths, cut into steps.
	patterns [][]string
}

// UnmarshalJSON reads a rule and cuts its paths.
func (r *Rule) UnmarshalJSON(data []byte) error {
	type plain Rule
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	for _, path := range r.Paths {
		steps := strings.Split(path, "/")
		for i := range steps {
			steps[i] = strings.ReplaceAll(strings.ReplaceAll(steps[i], "~1", "/"), "~0", "~")
		}
		r.patterns = append(r.patterns, steps)
	}
	return nil
}

// Set is all that is known: the first rule of Places that fits says what
// happens where a change stands, and every rule of Settings what it means to
// Harbor.
type Set struct {
	Places   []Rule
	Settings []Rule
	Plan     []Step
	Defaults []Default
}

// Files are the parts of the folder, in the order in which rules are tried.
func Files() (places, settings []string) {
	return []string{"kubernetes", "compose", "rest"}, []string{"harbor", "secrets"}
}

// Load reads the rules from the folder of the schema.
func Load(folder fs.FS) (*Set, error) {
	set := &Set{}
	places, settings := Files()
	for _, name := range places {
		if err := read(folder, name, &set.Places); err != nil {
			return nil, err
		}
	}
	for _, name := range settings {
		if err := read(folder, name, &set.Settings); err != nil {
			return nil, err
		}
	}
	if err := read(folder, "defaults", &set.Defaults); err != nil {
		return nil, err
	}
	return set, read(folder, "plan", &set.Plan)
}

func read[T any](folder fs.FS, name string, into *[]T) error {
	data, err := fs.ReadFile(folder, "impact/"+name+".json")
	if err != nil {
		return err
	}
	var more []T
	if err := json.Unmarshal(data, &more); err != nil {
		return fmt.Errorf("impact/%s.json: %w", name, err)
	}
	*into = append(*into, more...)
	return nil
}

// fits tells whether a rule speaks of an object and what happened to it.
func (r *Rule) fits(c *diff.Change) bool {
	return (len(r.On) == 0 || slices.Contains(r.On, c.Object.Kind)) &&
		(r.Target == "" || r.Target == c.Object.Target) &&
		(len(r.Group) == 0 || slices.Contains(r.Group, c.Object.Group)) &&
		(len(r.Op) == 0 || slices.Contains(r.Op, c.Op)) &&
		(len(r.Names) == 0 || slices.ContainsFunc(r.Names, func(pattern string) bool { return named(pattern, c.Object.Name) }))
}

// whole tells whether a rule speaks of objects that come, go or get another
// name, and not of what is in them.
func (r *Rule) whole() bool {
	return len(r.Paths) == 0 && r.ofPlace() && slices.ContainsFunc(r.Op, func(op diff.Op) bool {
		return op == diff.Added || op == diff.Removed || op == diff.Renamed
	})
}

// reaches tells whether a rule speaks of a place in an object.
func (r *Rule) reaches(place []string) bool {
	return at(r.patterns, place) && (len(place) == 0 || !r.whole())
}

func named(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil || pattern == name
}

// at tells whether one of the patterns leads to a place or above it. Without
// patterns every place fits.
func at(patterns [][]string, steps []string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern []string) bool { return leads(pattern, steps) })
}

func leads(pattern, steps []string) bool {
	switch {
	case len(pattern) == 0:
		return true
	case pattern[0] == "**":
		for skip := range len(steps) + 1 {
			if leads(pattern[1:], steps[skip:]) {
				return true
			}
		}
		return false
	case len(steps) == 0:
		return false
	}
	step := pattern[0]
	return (step == "*" || step == steps[0] || strings.Contains(step, "*") && named(step, steps[0])) && leads(pattern[1:], steps[1:])
}

// facts are what is known of a change beside its place.
type facts map[string]string

func (f facts) fit(conditions map[string]string) bool {
	for name, words := range conditions {
		if !slices.Contains(strings.Split(words, "|"), f[name]) {
			return false
		}
	}
	return true
}

func (f facts) with(more facts) facts {
	out := facts{}
	for name, word := range f {
		out[name] = word
	}
	for name, word := range more {
		out[name] = word
	}
	return out
}
