package registry

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Parity is what is known of the two targets, as data: how names differ, and
// what a bundle and the cluster may describe otherwise.
type Parity struct {
	Names   Names
	Targets []Exception
	Nodes   []Exception
}

// Exception is a difference that may be, and why.
type Exception struct {
	// Fact is a pattern of the whole fact.
	Fact string
	// Lacks names the side that does not have it, "bundle" or "cluster"; empty
	// means that both have one of their own.
	Lacks string
	Why   string

	pattern *regexp.Regexp
}

// ParityName is the file that holds the data.
const ParityName = "parity.yaml"

// LoadParity reads the data of a folder.
func LoadParity(files fs.FS) (*Parity, error) {
	data, err := fs.ReadFile(files, ParityName)
	if err != nil {
		return nil, fmt.Errorf("read what targets may differ in: %w", err)
	}
	var p Parity
	if err := yaml.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("read what targets may differ in: %w", err)
	}
	for _, list := range [][]Exception{p.Targets, p.Nodes} {
		for i := range list {
			if list[i].pattern, err = regexp.Compile("^(?:" + list[i].Fact + ")$"); err != nil {
				return nil, fmt.Errorf("read what targets may differ in: %w", err)
			}
		}
	}
	return &p, nil
}

func (e Exception) allows(d Difference) bool {
	sides := map[string]bool{
		"":        d.Left != Absent && d.Right != Absent,
		"bundle":  d.Left == Absent,
		"cluster": d.Right == Absent,
	}
	return sides[e.Lacks] && e.pattern.MatchString(d.Fact)
}

// Disparity is a difference that nothing allows, and between whom.
type Disparity struct {
	Difference
	A, B Target
}

// Disparities compares every bundle with the cluster, and with the first
// bundle.
func (p *Parity) Disparities(site Site) []Disparity {
	var found []Disparity
	compare := func(a, b Target, left, right Facts, allowed []Exception) {
		for _, d := range Compare(left, right) {
			if !slices.ContainsFunc(allowed, func(e Exception) bool { return e.allows(d) }) {
				found = append(found, Disparity{d, a, b})
			}
		}
	}
	facts := make([]Facts, len(site.Targets))
	for i, target := range site.Targets {
		facts[i] = target.Facts()
	}
	last := len(site.Targets) - 1
	for i, target := range site.Targets {
		if target.Name == Cluster {
			continue
		}
		if site.Targets[last].Name == Cluster {
			compare(target, site.Targets[last], facts[i], facts[last], p.Targets)
		}
		if i > 0 {
			compare(site.Targets[0], target, facts[0], facts[i], p.Nodes)
		}
	}
	return found
}
