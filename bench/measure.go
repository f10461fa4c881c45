package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// program is a process to be measured.
type program struct {
	dir    string
	args   []string
	stdout string       // a file that takes the output, none if empty
	before func() error // what to put in place before each run, outside of the measurement
}

// sample is one run.
type sample struct {
	wall, cpu time.Duration
	rss       float64 // MiB, at its peak
}

// measure runs the program once. (Linux counts the parent's memory at the fork into the
// child's peak: this program stays far smaller than what it measures.)
func (p program) measure() (sample, error) {
	if p.before != nil {
		if err := p.before(); err != nil {
			return sample{}, err
		}
	}
	var said bytes.Buffer
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Dir, cmd.Stderr = p.dir, &said
	if p.stdout != "" {
		file, err := os.Create(p.stdout)
		if err != nil {
			return sample{}, err
		}
		defer file.Close()
		cmd.Stdout = file
	}
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return sample{}, fmt.Errorf("%s: %w\n%s", strings.Join(p.args, " "), err, said.String())
	}
	if err != nil {
		return sample{}, err
	}
	state := cmd.ProcessState
	usage := state.SysUsage().(*syscall.Rusage)
	return sample{wall: wall, cpu: state.UserTime() + state.SystemTime(), rss: float64(usage.Maxrss) / 1024}, nil
}

// inTurn runs the programs one after the other, n times round. Unless there is only one
// round, one before that fills the caches and is not counted.
func inTurn(n int, programs ...program) ([][]sample, error) {
	samples := make([][]sample, len(programs))
	first := 0
	if n > 1 {
		first = -1
	}
	for round := first; round < n; round++ {
		for i, program := range programs {
			sample, err := program.measure()
			if err != nil {
				return nil, err
			}
			if round >= 0 {
				samples[i] = append(samples[i], sample)
			}
		}
	}
	return samples, nil
}

// spread is the middle of some figures: median and quartiles.
type spread struct {
	low, median, high float64
}

func spreadOf(figures []float64) spread {
	sorted := slices.Sorted(slices.Values(figures))
	return spread{low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75)}
}

// quantile interpolates between the two nearest of sorted figures.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	below := int(at)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	part := at - float64(below)
	return sorted[below]*(1-part) + sorted[below+1]*part
}

// each returns one figure of every sample.
func each(samples []sample, figure func(sample) float64) []float64 {
	figures := make([]float64, len(samples))
	for i, sample := range samples {
		figures[i] = figure(sample)
	}
	return figures
}

// ratios divides one figure of each sample by that of its partner in the pair.
func ratios(samples, partners []sample, figure func(sample) float64) []float64 {
	figures := make([]float64, len(samples))
	for i := range samples {
		figures[i] = figure(samples[i]) / figure(partners[i])
	}
	return figures
}

func cpuMS(s sample) float64  { return s.cpu.Seconds() * 1000 }
func wallMS(s sample) float64 { return s.wall.Seconds() * 1000 }
func rssMiB(s sample) float64 { return s.rss }
