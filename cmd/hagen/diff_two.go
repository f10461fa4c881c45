package main

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
)

// states are what one argument names: a registry, or several.
type states struct {
	sides []diff.Side
	notes map[string][]string
}

// twoStates compares two folders, specs or environments with each other. Two
// single registries are a pair whatever they are called; of several, those of
// one name are.
func (c *collector) twoStates(a, b string) error {
	var compiler *compile.Compiler
	read := func(argument string) (states, error) {
		if info, err := os.Stat(argument); err == nil && info.IsDir() {
			return renderedBelow(argument)
		}
		var err error
		if compiler == nil {
			if compiler, err = newCompiler(); err != nil {
				return states{}, err
			}
		}
		return c.compiled(compiler, argument)
	}
	old, err := read(a)
	if err != nil {
		return err
	}
	new, err := read(b)
	if err != nil {
		return err
	}
	for _, p := range pairUp(old, new) {
		c.add(p)
	}
	return nil
}

// compiled compiles SPEC or SPEC:ENVIRONMENT.
func (c *collector) compiled(compiler *compile.Compiler, argument string) (states, error) {
	name, environment := argument, ""
	if _, err := os.Stat(argument); err != nil {
		if at := strings.LastIndexByte(argument, ':'); at > 0 {
			name, environment = argument[:at], argument[at+1:]
		}
	}
	jobs, err := readSpecs(compiler, []string{name}, environment)
	if err != nil {
		return states{}, err
	}
	found := states{notes: map[string][]string{}}
	var mu sync.Mutex
	err = compiler.Each(jobs, func(_ int, site compile.Site) error {
		c.warn(site)
		label := name
		if site.Manifest.Environment != "" {
			label += ":" + site.Manifest.Environment
		}
		mu.Lock()
		defer mu.Unlock()
		found.sides = append(found.sides, sideOf(site, label))
		return nil
	})
	return found, err
}

func renderedBelow(dir string) (states, error) {
	found := states{notes: map[string][]string{}}
	folders, err := bundle.Folders(dir)
	if err != nil {
		return found, comparisonError(dir, err)
	}
	if len(folders) == 0 {
		return found, diag.Diagnostic{
			Place: diag.Place{File: dir}, Message: "there is no manifest.json in the folder or below it",
			Reason: "only folders that hagen build wrote can be compared", Fix: "name such a folder, or a spec",
		}
	}
	for _, folder := range folders {
		side, notes, err := rendered(filepath.Join(dir, filepath.FromSlash(folder)))
		if err != nil {
			return found, err
		}
		found.sides = append(found.sides, side)
		found.notes[side.Label] = notes
	}
	return found, nil
}

// pairUp finds for each registry of one state that of the other.
func pairUp(old, new states) []pairOfStates {
	if len(old.sides) == 1 && len(new.sides) == 1 {
		return []pairOfStates{joined(old, new, old.sides[0], new.sides[0])}
	}
	byName := map[string][2]diff.Side{}
	none := diff.Side{Absent: true}
	for i, list := range []states{old, new} {
		for _, side := range list.sides {
			key := side.Registry + "/" + side.Environment
			both, ok := byName[key]
			if !ok {
				both = [2]diff.Side{none, none}
			}
			both[i] = side
			byName[key] = both
		}
	}
	var pairs []pairOfStates
	for _, both := range byName {
		pairs = append(pairs, joined(old, new, both[0], both[1]))
	}
	sort.Slice(pairs, func(i, j int) bool {
		return pairs[i].new.Label+pairs[i].old.Label < pairs[j].new.Label+pairs[j].old.Label
	})
	return pairs
}

func joined(old, new states, a, b diff.Side) pairOfStates {
	p := pairOfStates{old: a, new: b}
	for _, note := range old.notes[a.Label] {
		p.notes = append(p.notes, a.Label+": "+note)
	}
	for _, note := range new.notes[b.Label] {
		p.notes = append(p.notes, b.Label+": "+note)
	}
	return p
}
