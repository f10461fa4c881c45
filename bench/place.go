package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// place is where the programs and their inputs lie: a folder that is removed at the end.
type place struct {
	dir              string
	hagen, kustomize string
	versions         []string
}

const example = "hub-2.15.toml"

// prepare builds the programs and lays out the inputs, from anywhere in the repository.
func prepare() (*place, error) {
	module, err := output(".", "go", "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	if err := os.Chdir(filepath.Dir(module)); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hagen-bench-")
	if err != nil {
		return nil, err
	}
	p := &place{dir: dir, hagen: filepath.Join(dir, "hagen"), kustomize: filepath.Join(dir, "kustomize")}
	if err := p.fill(); err != nil {
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *place) remove() { os.RemoveAll(p.dir) }

func (p *place) fill() error {
	for _, step := range []func() error{p.build, p.name, p.copyExample, p.writeOverlay, p.renderBase} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// build compiles both programs the way that a release is compiled.
func (p *place) build() error {
	if _, err := output(".", "make", "build", "BIN="+p.hagen); err != nil {
		return err
	}
	_, err := output(filepath.Join("bench", "kustomize"), "env", "CGO_ENABLED=0", "go", "build", "-trimpath",
		"-ldflags=-s -w", "-o", p.kustomize, "sigs.k8s.io/kustomize/kustomize/v5")
	return err
}

// name collects the versions of what is compared.
func (p *place) name() error {
	kustomize, err := output(filepath.Join("bench", "kustomize"), "go", "list", "-m", "-f", "{{.Version}}", "sigs.k8s.io/kustomize/kustomize/v5")
	if err != nil {
		return err
	}
	commit, err := output(".", "git", "describe", "--always", "--dirty")
	if err != nil {
		commit = "unknown" // not a clone
	}
	p.versions = []string{
		"hagen " + commit, "kustomize " + kustomize, runtime.Version(),
		fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
	}
	return nil
}

// copyExample takes the spec and the files beside it, so that runs write nothing into
// the repository.
func (p *place) copyExample() error {
	return os.CopyFS(filepath.Join(p.dir, "examples"), os.DirFS("examples"))
}

// renderBase has hagen hand out what overlays are applied to: the objects of both
// targets. Kustomize gets them twice, with the schema that it brings and with hagen's,
// which is smaller.
func (p *place) renderBase() error {
	spec := filepath.Join(p.dir, "examples", example)
	trimmed := filepath.Join(p.dir, "base-trimmed")
	if _, err := output(p.dir, p.hagen, "eject", spec, trimmed); err != nil {
		return err
	}
	base := filepath.Join(p.dir, "base")
	if err := os.CopyFS(base, os.DirFS(trimmed)); err != nil {
		return err
	}
	path := filepath.Join(base, "kustomization.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	own := regexp.MustCompile(`(?m)^openapi:\n  path: .*\n`).ReplaceAll(data, nil)
	if len(own) == len(data) {
		return errors.New("the ejected kustomization names no schema")
	}
	return os.WriteFile(path, own, 0o644)
}

// spec returns the text of the example and the path for a changed copy of it.
func (p *place) spec(name string) (text, path string, err error) {
	data, err := os.ReadFile(filepath.Join(p.dir, "examples", example))
	return string(data), filepath.Join(p.dir, "examples", name), err
}

// writeSpec makes a copy of the example. TOML wants top-level keys before the first
// table, and tables may follow at the end.
func (p *place) writeSpec(name, top, tables string) (string, error) {
	text, path, err := p.spec(name)
	if err != nil {
		return "", err
	}
	before, after, found := strings.Cut(text, "\n[registry]\n")
	if !found {
		return "", errors.New(example + " has no [registry] table")
	}
	if regexp.MustCompile(`(?m)^overlays\s*=`).MatchString(before) {
		return "", errors.New(example + " has overlays of its own: they would be measured as well")
	}
	return path, os.WriteFile(path, []byte(before+"\n"+top+"\n[registry]\n"+after+"\n"+tables), 0o644)
}

// output runs a program to its end and returns what it printed.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
