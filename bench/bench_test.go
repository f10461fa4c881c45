package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpread(t *testing.T) {
	got := spreadOf([]float64{5, 1, 4, 2, 3})
	if want := (spread{low: 2, median: 3, high: 4}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := spreadOf([]float64{1, 2}); got.median != 1.5 {
		t.Errorf("median of two is %v", got.median)
	}
}

// TestPairedRatio wants the ratio to be taken inside each pair: a machine that slows
// down half way must not show in it.
func TestPairedRatio(t *testing.T) {
	ours := []sample{{cpu: 1 * time.Second}, {cpu: 10 * time.Second}, {cpu: 10 * time.Second}}
	theirs := []sample{{cpu: 2 * time.Second}, {cpu: 20 * time.Second}, {cpu: 20 * time.Second}}
	got := rowOf("ours", ours, "theirs", theirs)
	if want := (spread{0.5, 0.5, 0.5}); got.cpu != want {
		t.Errorf("got %v, want %v", got.cpu, want)
	}
}

func TestLimit(t *testing.T) {
	rows := []row{
		{name: "free", cpu: spread{median: 9}},
		{name: "held", limited: true, cpu: spread{median: 0.5}, wall: spread{median: 0.7}},
	}
	if err := within(rows, 0); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	if err := within(rows, 0.8); err != nil {
		t.Errorf("within the limit: %v", err)
	}
	if err := within(rows, 0.65); err == nil || !strings.Contains(err.Error(), "held: CPU 0.50 and wall 0.70") {
		t.Errorf("above the limit: %v", err)
	}
}

func TestReport(t *testing.T) {
	var text bytes.Buffer
	rows := []row{
		rowOf("ours", []sample{{cpu: time.Second, wall: time.Second, rss: 40}}, "theirs", []sample{{cpu: 2 * time.Second, wall: 4 * time.Second, rss: 20}}),
		{name: "many", runs: 3, perSite: true, siteCPU: 1.25, siteMS: 0.5},
	}
	report(&text, &place{versions: []string{"hagen a", "kustomize b"}}, []string{"-markdown"}, rows, true)
	want := []string{
		"Command: `go run ./bench -markdown`",
		"Versions: hagen a; kustomize b",
		"| ours | 1 | 1000 (1000–1000) | 1000 (1000–1000) | 40 | theirs | 0.50 (0.50–0.50) | 0.25 (0.25–0.25) | 2.00 |",
		"| many | 3 | 0 (0–0) | 0 (0–0) | 0 | each further one | 1.2 ms | 0.5 ms |  |",
	}
	for _, line := range want {
		if !slices.Contains(strings.Split(text.String(), "\n"), line) {
			t.Errorf("no line %q in:\n%s", line, text.String())
		}
	}
}

func TestChoose(t *testing.T) {
	if found, err := choose(""); err != nil || len(found) != len(scenarios()) {
		t.Errorf("all: %d, %v", len(found), err)
	}
	if _, err := choose("warp"); err == nil || !strings.Contains(err.Error(), "there are overlay, ") {
		t.Errorf("unknown: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	if got, err := numbers("1,10"); err != nil || !slices.Equal(got, []int{1, 10}) {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := numbers("1,many"); err == nil {
		t.Error("many is taken for a number")
	}
}
