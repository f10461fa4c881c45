// Package scaling calculates what the autoscaler of a cluster would do: a
// HorizontalPodAutoscaler as it is written and a measured value go in, a number
// of pods comes out.
package scaling

import (
	"fmt"
	"math"
	"strings"

	"hagen/internal/artifact"
)

// tolerance is by how much measured and wanted may differ before anything
// happens: kube-controller-manager's --horizontal-pod-autoscaler-tolerance, by
// default.
const tolerance = 0.1

// Scaler is what an autoscaler goes by.
type Scaler struct {
	Min, Max int
	Metric   string
	// Target is how much of the metric one pod shall have, Text the same as it is
	// written.
	Target float64
	Text   string
	// Percent tells that it is in percent of what a pod requests, Whole that the
	// metric is measured for all pods together.
	Percent, Whole bool
}

// Of reads an autoscaler of any version that hagen writes.
func Of(object artifact.Object) (Scaler, error) {
	spec := artifact.Map(object["spec"])
	s := Scaler{Min: count(spec["minReplicas"]), Max: count(spec["maxReplicas"])}
	if s.Min == 0 {
		s.Min = 1 // the default of the API
	}
	if percent, ok := artifact.Number(spec["targetCPUUtilizationPercentage"]); ok {
		return s.aim("cpu", fmt.Sprint(percent), true)
	}
	metrics := artifact.List(spec["metrics"])
	if len(metrics) == 0 {
		return s, fmt.Errorf("%s names no metric", object.ID())
	}
	metric := artifact.Map(metrics[0])
	kind := artifact.Text(metric["type"])
	source := artifact.Map(metric[strings.ToLower(kind)])
	// Up to v2beta1 the fields of name and target stand in the source itself.
	name, target := artifact.Map(source["metric"]), artifact.Map(source["target"])
	s.Whole = kind == "External"
	if kind == "Resource" {
		return s.aim(artifact.Text(source["name"]), either(target["averageUtilization"], source["targetAverageUtilization"]), true)
	}
	return s.aim(either(name["name"], source["metricName"]), either(target["averageValue"], source["targetAverageValue"]), false)
}

func (s Scaler) aim(metric, target string, percent bool) (Scaler, error) {
	amount, ok := artifact.Quantity(target)
	if !ok || amount <= 0 || metric == "" {
		return s, fmt.Errorf("%q is no target of %q", target, metric)
	}
	s.Metric, s.Target, s.Text, s.Percent = metric, amount, target, percent
	if percent {
		s.Text += "%"
	}
	return s, nil
}

func either(values ...any) string {
	for _, v := range values {
		if v != nil {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func count(v any) int {
	n, _ := artifact.Number(v)
	return int(n)
}

// Wanted returns the number of pods that the autoscaler goes to, and what it
// comes from, in words. The value is what one pod has on average, or all of them
// together if the metric is measured as a whole.
func (s Scaler) Wanted(pods int, measured float64) (int, string) {
	each := measured
	if s.Whole {
		each /= float64(pods)
	}
	ratio := each / s.Target
	if ratio >= 1-tolerance && ratio <= 1+tolerance {
		return s.bound(pods, fmt.Sprintf("measured and target differ by %.0f %%, which is not more than %.0f", math.Abs(1-ratio)*100, tolerance*100))
	}
	number := func(v float64) string { return fmt.Sprintf("%g", math.Round(v*1000)/1000) }
	wanted := int(math.Ceil(ratio * float64(pods)))
	why := fmt.Sprintf("ceil(%d × %s / %s) = %d", pods, number(each), number(s.Target), wanted)
	if s.Whole {
		why = fmt.Sprintf("ceil(%s / %s) = %d", number(measured), number(s.Target), wanted)
	}
	return s.bound(wanted, why)
}

func (s Scaler) bound(wanted int, why string) (int, string) {
	switch {
	case wanted > s.Max:
		return s.Max, fmt.Sprintf("%s, and %d is the most", why, s.Max)
	case wanted < s.Min:
		return s.Min, fmt.Sprintf("%s, and %d is the least", why, s.Min)
	}
	return wanted, why
}
