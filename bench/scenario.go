package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// scenario measures one thing.
type scenario struct {
	name    string
	measure func(p *place, o options) ([]row, error)
}

// options are those of the command line.
type options struct {
	runs  int   // of each program in a scenario
	sites []int // numbers of environments
}

func scenarios() []scenario {
	return []scenario{
		{"overlay", overlay},
		{"plain", plain},
		{"rebuild", rebuild},
		{"environments", environments},
		{"diff", difference},
		{"site", pages},
	}
}

func scenarioNames() string {
	var names []string
	for _, one := range scenarios() {
		names = append(names, one.name)
	}
	return strings.Join(names, ", ")
}

// choose returns the scenario of that name, or all.
func choose(name string) ([]scenario, error) {
	for _, one := range scenarios() {
		if one.name == name {
			return []scenario{one}, nil
		}
	}
	if name != "" {
		return nil, fmt.Errorf("no scenario %q, there are %s", name, scenarioNames())
	}
	return scenarios(), nil
}

// overlay: hagen renders the spec and applies three patches; Kustomize applies the same
// patches to the manifests that hagen renders from the spec without them. hagen starts
// from the spec and writes the bundles as well.
func overlay(p *place, o options) ([]row, error) {
	spec, err := p.writeSpec("overlay.toml", `overlays = ["../patches"]`, "")
	if err != nil {
		return nil, err
	}
	samples, err := inTurn(o.runs, p.fresh(spec), p.kustomizeBuild("overlay"), p.kustomizeBuild("overlay-trimmed"))
	if err != nil {
		return nil, err
	}
	ours := rowOf("hagen build, three patches", samples[0], "kustomize", samples[1])
	ours.limited = true
	return []row{
		ours,
		rowOf("hagen build, three patches", samples[0], "kustomize, trimmed schema", samples[2]),
		rowOf("kustomize build, the same three patches", samples[1], "", nil),
		rowOf("kustomize build, trimmed schema", samples[2], "", nil),
	}, nil
}

// plain: the same without patches.
func plain(p *place, o options) ([]row, error) {
	spec, err := p.writeSpec("plain.toml", "", "")
	if err != nil {
		return nil, err
	}
	samples, err := inTurn(o.runs, p.fresh(spec), p.kustomizeBuild("base"))
	if err != nil {
		return nil, err
	}
	return []row{
		rowOf("hagen build, no overlay", samples[0], "kustomize", samples[1]),
		rowOf("kustomize build, no patch", samples[1], "", nil),
	}, nil
}

// pages: a build with pages against the same without.
func pages(p *place, o options) ([]row, error) {
	with, err := p.writeSpec("pages.toml", "", "")
	if err != nil {
		return nil, err
	}
	without, err := p.writeSpec("bare.toml", "site = false", "")
	if err != nil {
		return nil, err
	}
	samples, err := inTurn(o.runs, p.fresh(with), p.fresh(without))
	if err != nil {
		return nil, err
	}
	return []row{
		rowOf("hagen build, with pages", samples[0], "site = false", samples[1]),
		rowOf("hagen build, site = false", samples[1], "", nil),
	}, nil
}

// rebuild: the output is there and equal, against the same build into an empty folder.
func rebuild(p *place, o options) ([]row, error) {
	spec, err := p.writeSpec("rebuild.toml", `overlays = ["../patches"]`, "")
	if err != nil {
		return nil, err
	}
	again := p.hagenBuild(spec, filepath.Join(p.dir, "out-again"))
	samples, err := inTurn(o.runs, again, p.fresh(spec), p.kustomizeBuild("overlay"))
	if err != nil {
		return nil, err
	}
	return []row{
		rowOf("hagen build again, three patches, nothing changed", samples[0], "kustomize", samples[2]),
		rowOf("hagen build again", samples[0], "fresh build", samples[1]),
	}, nil
}

// environments: one spec with N environments, each a site of its own.
func environments(p *place, o options) ([]row, error) {
	var rows []row
	for _, patched := range []bool{false, true} {
		found, err := p.environmentRows(o, patched)
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func (p *place) environmentRows(o options, patched bool) ([]row, error) {
	top, what := "", "no overlay"
	if patched {
		top, what = `overlays = ["../patches"]`, "three patches"
	}
	var rows []row
	for _, count := range o.sites {
		spec, err := p.writeSpec(fmt.Sprintf("sites-%d.toml", count), top, environmentTables(count))
		if err != nil {
			return nil, err
		}
		samples, err := inTurn(max(1, min(o.runs, 100/count)), p.fresh(spec))
		if err != nil {
			return nil, err
		}
		found := rowOf(fmt.Sprintf("hagen build, %d environments, %s", count, what), samples[0], "", nil)
		if more := float64(count - o.sites[0]); len(rows) > 0 && more > 0 {
			found.perSite = true
			found.siteCPU = (found.cpuMS.median - rows[0].cpuMS.median) / more
			found.siteMS = (found.wallMS.median - rows[0].wallMS.median) / more
		}
		rows = append(rows, found)
	}
	return rows, nil
}

// environmentTables are sites that differ in name and in what each must have of its
// own. Their secrets are kept elsewhere: those of each would have to be made
// beforehand.
func environmentTables(count int) string {
	var tables strings.Builder
	for i := range count {
		fmt.Fprintf(&tables, `
[environment.e%04[1]d]
registry.url = "https://hub-%04[1]d.example.com"
database.host = "postgres-%04[1]d.example.com"
redis.master_set = "hub-%04[1]d"
storage.cephfs.path = "/apps/hub-%04[1]d"
vm.nodes = [
  { name = "node1", address = "10.%[2]d.%[3]d.1" },
  { name = "node2", address = "10.%[2]d.%[3]d.2" },
  { name = "node3", address = "10.%[2]d.%[3]d.3" },
]
secrets.provider = "existing"
`, i, i/250, i%250)
	}
	return tables.String()
}

// fresh builds into a folder that is not there. What earlier runs wrote stays to
// the end: where files were removed a moment ago, ext4 looks long for places
// of new ones, and the measuring would be measured.
func (p *place) fresh(spec string) program {
	build := p.hagenBuild(spec, "")
	build.before = func() error {
		out, err := os.MkdirTemp(p.dir, "out-fresh-")
		build.args[len(build.args)-1] = filepath.Join(out, "out")
		return err
	}
	return build
}

func (p *place) hagenBuild(spec, out string) program {
	return program{dir: p.dir, args: []string{p.hagen, "build", spec, "--output", out}}
}

func (p *place) kustomizeBuild(folder string) program {
	return program{
		dir:    p.dir,
		args:   []string{p.kustomize, "build", filepath.Join(p.dir, folder)},
		stdout: filepath.Join(p.dir, "kustomize.yaml"),
	}
}
