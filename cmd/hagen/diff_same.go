package main

import (
	"path/filepath"
	"runtime"
	"sync"

	"hagen/internal/compile"
	"hagen/internal/diff"
)

// worthLooking is the number of environments from which on it pays to find those
// that need not be compiled.
const worthLooking = 3

// withoutSame reports the jobs that are surely the same, without compiling them,
// and returns the others.
func (c *collector) withoutSame(jobs []compile.Job, same func(job compile.Job) (diff.Report, bool)) []compile.Job {
	if len(jobs) < worthLooking {
		return jobs
	}
	reports := make([]*diff.Report, len(jobs))
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				if report, ok := same(jobs[i]); ok {
					reports[i] = &report
				}
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	group.Wait()
	var left []compile.Job
	for i, report := range reports {
		if report == nil {
			left = append(left, jobs[i])
			continue
		}
		c.reports = append(c.reports, *report)
	}
	return left
}

// sameAsOutput tells whether a folder was made from these inputs and is as it was
// made: then the same would be made again.
func sameAsOutput(compiler *compile.Compiler, out string) func(job compile.Job) (diff.Report, bool) {
	return func(job compile.Job) (diff.Report, bool) {
		in, ok := compiler.Inputs(job)
		if !ok {
			return diff.Report{}, false
		}
		made, notes, err := readRendered(filepath.Join(out, in.Folder()))
		if err != nil || len(notes) > 0 || !compiler.Made(in, made) {
			return diff.Report{}, false
		}
		return sameReport(in), true
	}
}

func sameReport(in compile.Inputs) diff.Report {
	return diff.Report{Registry: in.Name, Environment: in.Environment, Status: diff.Same, Changes: []diff.Change{}}
}
