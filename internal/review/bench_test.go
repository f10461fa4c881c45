package review_test

import (
	"testing"
)

// BenchmarkReport compares a registry whose every object has changed.
func BenchmarkReport(b *testing.B) {
	t := &testing.T{}
	c := change{in: hub, from: "2.15.1", edits: []edit{
		sub(compose, "v2.15.2", "v2.15.1"), sub("kubernetes/*-*.yaml", "app.kubernetes.io/part-of: harbor", "app.kubernetes.io/part-of: hub"),
	}}
	old, new := c.sides(t)
	r := reviewer(b)
	for b.Loop() {
		r.Report(old, new)
	}
}
