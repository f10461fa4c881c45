package conform

import (
	"fmt"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// workload returns what is checked of a controller whose pods run for good.
func workload(group, name string) func(*walker, map[string]any) {
	return func(w *walker, m map[string]any) {
		if group == "apps.v1" {
			w.selector(m)
		}
		w.stays(m)
		switch name {
		case "Deployment":
			w.strategy(m, "strategy", "Recreate")
			w.rolls(m)
			w.deadline(m, group)
		case "StatefulSet":
			w.strategy(m, "updateStrategy", "OnDelete")
		}
	}
}

func (w *walker) selector(m map[string]any) {
	selector := artifact.Map(m["selector"])
	if m["selector"] != nil && len(artifact.Map(selector["matchLabels"])) == 0 && selector["matchExpressions"] == nil {
		w.at("selector", func() { w.report("selects every pod", w.reader+" refuses a controller without a selector", "") })
	}
	selects(w, m, artifact.Map(selector["matchLabels"]))
}

// stays wants pods that are started again when they end.
func (w *walker) stays(m map[string]any) {
	pod := artifact.Map(artifact.Map(m["template"])["spec"])
	if policy := artifact.Text(pod["restartPolicy"]); policy != "" && policy != "Always" {
		w.below(func() {
			w.report("must be Always", w.reader+" takes nothing else for pods that run for good", "remove it, or make a Job of it")
		}, "template", "spec", "restartPolicy")
	}
}

// jobSpec wants pods that end.
func jobSpec(w *walker, m map[string]any) {
	pod := artifact.Map(artifact.Map(m["template"])["spec"])
	if policy := pod["restartPolicy"]; pod != nil && (policy == nil || policy == "" || policy == "Always") {
		w.below(func() {
			w.report("must be OnFailure or Never", w.reader+" takes neither Always nor its absence, which means Always, for pods that end", "")
		}, "template", "spec", "restartPolicy")
	}
}

// strategy wants nothing of a rolling update beside a strategy that is none: a
// patch that changes the type alone leaves it there.
func (w *walker) strategy(m map[string]any, field, other string) {
	strategy := artifact.Map(m[field])
	if strategy["type"] == other && strategy["rollingUpdate"] != nil {
		w.below(func() {
			w.report("is not allowed with the type "+other, w.reader+" takes it with the type RollingUpdate alone",
				"write rollingUpdate: null beside the type in the patch")
		}, field, "rollingUpdate")
	}
}

// rolls wants a rolling update to be able to take a first step.
func (w *walker) rolls(m map[string]any) {
	update := artifact.Map(artifact.Map(m["strategy"])["rollingUpdate"])
	if isZero(update["maxSurge"]) && isZero(update["maxUnavailable"]) {
		w.below(func() {
			w.report("may not be 0 as maxSurge is", w.reader+" could neither start a pod nor stop one", "write 1 for one of the two")
		}, "strategy", "rollingUpdate", "maxUnavailable")
	}
}

// isZero tells whether a number or a share is written and is nothing.
func isZero(v any) bool {
	if text, ok := v.(string); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
		return err == nil && n == 0
	}
	n, ok := artifact.Number(v)
	return ok && n == 0
}

// usualDeadline is the progressDeadlineSeconds that the API server fills in, but
// for the oldest group, where there is no end.
const usualDeadline = 600

// deadline wants a rollout to have more time than one pod takes to be ready.
func (w *walker) deadline(m map[string]any, group string) {
	ready, _ := artifact.Number(m["minReadySeconds"])
	end, written := artifact.Number(m["progressDeadlineSeconds"])
	field := "progressDeadlineSeconds"
	if !written {
		if end, field = usualDeadline, "minReadySeconds"; group == "extensions.v1beta1" {
			return
		}
	}
	if end <= ready {
		w.at(field, func() {
			w.report(fmt.Sprintf("gives a rollout %v s to succeed, and a pod counts as ready after %v s", end, ready),
				w.reader+" wants progressDeadlineSeconds to be greater than minReadySeconds", "")
		})
	}
}
