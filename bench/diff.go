package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// difference: a spec in which an address and a version have changed, against its output
// folder and against the commit before; and many environments of which three changed.
func difference(p *place, o options) ([]row, error) {
	spec, err := p.commitSpec("diff.toml", "")
	if err != nil {
		return nil, err
	}
	out := filepath.Join(p.dir, "out-diff")
	if _, err := output(p.dir, p.hagen, "build", "-q", spec, "-o", out); err != nil {
		return nil, err
	}
	if err := replace(spec, "//hub.example.com", "//registry.example.com", `version = "2.15.2"`, `version = "2.15.1"`); err != nil {
		return nil, err
	}
	samples, err := inTurn(o.runs, p.hagenDiff(spec, "--output", out), p.hagenDiff(spec, "--base", "HEAD"), p.fresh(spec))
	if err != nil {
		return nil, err
	}
	rows := []row{
		rowOf("hagen diff, a changed spec against its output", samples[0], "fresh build", samples[2]),
		rowOf("hagen diff --base, the same change", samples[1], "fresh build", samples[2]),
	}
	many, err := p.manyDiffs(o)
	return append(rows, many...), err
}

// manyDiffs compares environments of which three have changed.
func (p *place) manyDiffs(o options) ([]row, error) {
	var rows []row
	for _, count := range o.sites {
		if count < 10 {
			continue
		}
		name := fmt.Sprintf("diff-%d.toml", count)
		spec, err := p.commitSpec(name, environmentTables(count))
		if err != nil {
			return nil, err
		}
		// Secrets of its own for each environment would be a thousand runs of sops.
		out := filepath.Join(p.dir, fmt.Sprintf("out-diff-%d", count))
		if _, err := output(p.dir, p.hagen, "build", "-q", spec, "-o", out); err != nil {
			return nil, err
		}
		if err := replace(spec, "postgres-0001", "pg", "postgres-0002", "pg", "postgres-0003", "pg"); err != nil {
			return nil, err
		}
		samples, err := inTurn(max(1, min(o.runs, 100/count)), p.hagenDiff(spec, "--output", out), p.hagenDiff(spec, "--base", "HEAD"))
		if err != nil {
			return nil, err
		}
		rows = append(rows,
			rowOf(fmt.Sprintf("hagen diff, 3 of %d environments changed", count), samples[0], "", nil),
			rowOf(fmt.Sprintf("hagen diff --base, 3 of %d environments changed", count), samples[1], "", nil))
	}
	return rows, nil
}

// commitSpec makes a copy of the example and commits it.
func (p *place) commitSpec(name, tables string) (string, error) {
	spec, err := p.writeSpec(name, "", tables)
	if err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"init", "-q"},
		{"add", "examples"},
		{"-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "-q", "--allow-empty", "-m", name},
	} {
		if _, err := output(p.dir, "git", args...); err != nil {
			return "", err
		}
	}
	return spec, nil
}

func (p *place) hagenDiff(spec string, args ...string) program {
	return program{
		dir:    p.dir,
		args:   append([]string{p.hagen, "diff", "--exit-zero", "--each", spec}, args...),
		stdout: filepath.Join(p.dir, "diff.txt"),
	}
}

func replace(file string, words ...string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.NewReplacer(words...).Replace(string(data))), 0o644)
}
