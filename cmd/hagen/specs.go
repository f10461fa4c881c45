package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/spec"
)

// defaultSpec is what commands read when no spec is named.
const defaultSpec = "hagen.toml"

// newCompiler makes a compiler that reads the disk.
func newCompiler() (*compile.Compiler, error) {
	enlargeHeap()
	return compile.New(version, filesys.MakeFsOnDisk())
}

// readSpecs reads the named specs, or the default one, and lists what there
// is to compile. The problems of all specs come back together.
func readSpecs(compiler *compile.Compiler, names []string, environment string) ([]compile.Job, error) {
	if len(names) == 0 {
		names = []string{defaultSpec}
	}
	var problems diag.List
	var jobs []compile.Job
	for _, name := range distinct(names) {
		document, err := readSpec(name)
		if err != nil {
			problems.Add(err)
			continue
		}
		dir, err := filepath.Abs(filepath.Dir(name))
		if err != nil {
			return nil, err
		}
		more, err := compiler.Jobs(document, dir, environment)
		problems.Add(err)
		jobs = append(jobs, more...)
	}
	if len(jobs) > 1 && os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercentLong)
		debug.SetMemoryLimit(memoryLimitLong + int64(len(jobs))*memoryOfASite)
	}
	return jobs, problems.ErrorOrNil()
}

// distinct drops names that are there twice, as overlapping patterns of a shell
// make them.
func distinct(names []string) []string {
	var out []string
	for _, name := range names {
		if name = filepath.Clean(name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// unreadableError is a spec that could not be read, as against one that is
// wrong.
type unreadableError struct{ diag.Diagnostic }

// Unwrap returns the diagnostic.
func (e unreadableError) Unwrap() error { return e.Diagnostic }

func readSpec(name string) (*spec.Document, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, specError(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, unreadableError{diag.Diagnostic{Place: diag.Place{File: name}, Message: "this is not a regular file"}}
	}
	if info.Size() > spec.MaxSize {
		return nil, diag.Diagnostic{
			Place:   diag.Place{File: name},
			Message: fmt.Sprintf("the spec has %d bytes, the limit is %d", info.Size(), spec.MaxSize),
		}
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, specError(name, err)
	}
	return spec.Decode(name, src)
}

func specError(name string, err error) error {
	d := diag.Diagnostic{Place: diag.Place{File: name}, Message: "the spec cannot be read: " + plainError(err)}
	if errors.Is(err, fs.ErrNotExist) {
		d.Message = "there is no such spec"
		d.Fix = "make one with: hagen init"
	}
	return unreadableError{d}
}

// plainError is the system's reason without the path, which is named already.
func plainError(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}
