package main

import (
	"fmt"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/scaling"
)

// scaling calculates how many pods a measured value leads to, from the autoscaler
// that the spec makes.
func (e *explainer) scaling(word string) error {
	name, ok := strings.CutPrefix(strings.TrimPrefix(word, "kubernetes."), "autoscaling.")
	if !ok || strings.Contains(name, ".") {
		return diag.Diagnostic{Message: "--current is for what is scaled", Fix: "write autoscaling.NAME, the component's"}
	}
	text, isPercent := strings.CutSuffix(e.options.current, "%")
	measured, ok := artifact.Quantity(text)
	if !ok || measured < 0 || e.options.pods < 0 {
		return diag.Diagnostic{Message: fmt.Sprintf("--current %q is no amount", e.options.current), Fix: "write an amount such as 20, 500m or 85%"}
	}
	if e.unread != nil {
		return e.unread
	}
	site, err := e.worker.Compile(e.document, e.options.environment)
	if err != nil {
		return err
	}
	for _, file := range site.Files {
		object := artifact.Object(artifact.Map(file.Value))
		if object.Kind() != "HorizontalPodAutoscaler" || file.Component != name {
			continue
		}
		s, err := scaling.Of(object)
		if err != nil {
			return err
		}
		if s.Percent != isPercent {
			return diag.Diagnostic{
				Message: fmt.Sprintf("--current %s does not fit the target %s of %s", e.options.current, s.Text, s.Metric),
				Fix:     "write a percentage for cpu and memory, an amount for all others",
			}
		}
		e.sayScaling(name, s, measured)
		return nil
	}
	return diag.Diagnostic{
		Place: diag.Place{File: e.options.spec}, Message: "this spec does not scale " + name,
		Fix: "write [kubernetes.autoscaling." + name + "], or name another environment",
	}
}

func (e *explainer) sayScaling(name string, s scaling.Scaler, measured float64) {
	pods := e.options.pods
	if pods == 0 {
		pods = s.Min
	}
	of := "in each"
	if s.Whole {
		of = "in all"
	}
	wanted, why := s.Wanted(pods, measured)
	fmt.Fprintf(e.out, "%s follows %s: %s for a pod, between %d and %d\n", name, s.Metric, s.Text, s.Min, s.Max)
	fmt.Fprintf(e.out, "  with %s and %s %s it goes to %s: %s\n", count(pods, "pod"), e.options.current, of, count(wanted, "pod"), why)
}
