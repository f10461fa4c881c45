package impact

import (
	"path"
	"slices"

	"hagen/internal/diff"
)

// setting is what a change means to the program that reads it, wherever it
// stands.
type setting struct {
	env, file, mount, secret string
	// below is the place inside of the file.
	below []string
}

// fits tells whether a rule speaks of the setting.
func (s setting) fits(r *Rule) bool {
	switch {
	case s.env != "":
		return matches(r.Env, s.env)
	case s.file != "":
		return matches(r.File, s.file) && at(r.patterns, s.below)
	case s.mount != "":
		return matches(r.Mount, s.mount) && at(r.patterns, s.below)
	case s.secret != "":
		return matches(r.Secret, s.secret)
	}
	return false
}

func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return named(pattern, name) })
}

// settings reads a place as settings.
func (u *users) settings(c *diff.Change, place []string) []setting {
	switch c.Object.Kind {
	case "ConfigMap":
		return u.ofConfigMap(c, place)
	case "Secret", "SealedSecret":
		if len(place) > 1 {
			return []setting{{secret: place[len(place)-1]}}
		}
	case diff.Kept:
		return u.ofKept(c)
	case "service":
		return ofService(place)
	case "file":
		return ofFile(c, place)
	}
	return ofPod(place)
}

func (u *users) ofConfigMap(c *diff.Change, place []string) []setting {
	if len(place) < 2 || place[0] != "data" {
		return nil
	}
	if len(place) == 2 {
		found := []setting{{env: place[1]}}
		return append(found, setting{file: place[1]})
	}
	found := []setting{{file: path.Base(place[1]), below: place[2:]}}
	for _, one := range u.workloads(c) {
		if name := path.Base(one.files[place[1]]); name != "." && name != place[1] {
			found = append(found, setting{file: name, below: place[2:]})
		}
	}
	return found
}

func ofService(place []string) []setting {
	if len(place) < 2 {
		return nil
	}
	switch place[0] {
	case "environment":
		return []setting{{env: place[1]}}
	case "volumes":
		return []setting{{mount: place[1], below: place[2:]}}
	}
	return nil
}

func ofFile(c *diff.Change, place []string) []setting {
	name := path.Base(c.Object.Name)
	switch {
	case name == "secrets.list" && len(place) > 1 && place[0] == "fingerprint",
		name == "secrets.age" && len(place) == 1 && c.Op != diff.Reformatted:
		return []setting{{secret: place[len(place)-1]}}
	}
	return []setting{{file: name, below: place}}
}

// ofKept is the secret that people must make anew. One that comes or goes has
// no value that others still use, and what a machine does not need is nothing to
// it.
func (u *users) ofKept(c *diff.Change) []setting {
	switch machine := c.Object.Target == "vm"; {
	case c.Op != diff.Changed, machine && !u.model.Needs(c.Places[0].Node, c.Object.Name):
		return nil
	case machine:
		return []setting{{secret: c.Object.Name}}
	}
	return []setting{{secret: keyOf(c)}}
}

// ofPod finds variables of containers. Where a variable is taken from an object
// of another name, that object says whether its value is another.
func ofPod(place []string) []setting {
	if n := len(place); n > 2 && place[n-3] == "valueFrom" && place[n-1] == "name" {
		return nil
	}
	for i, step := range place {
		if step == "env" && i+1 < len(place) {
			return []setting{{env: place[i+1]}}
		}
	}
	return nil
}
