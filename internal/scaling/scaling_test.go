package scaling

import (
	"testing"

	"sigs.k8s.io/yaml"

	"hagen/internal/artifact"
)

func scaler(t *testing.T, text string) Scaler {
	t.Helper()
	var object artifact.Object
	if err := yaml.Unmarshal([]byte("kind: HorizontalPodAutoscaler\nmetadata: {name: core}\nspec: {"+text+"}"), &object); err != nil {
		t.Fatal(err)
	}
	s, err := Of(object)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The first two are the examples of the talk that autoscaling comes from.
func TestWanted(t *testing.T) {
	const (
		bounds   = "minReplicas: 1, maxReplicas: 10, "
		requests = bounds + "metrics: [{type: Pods, pods: {metric: {name: requests}, target: {type: AverageValue, averageValue: '10'}}}]"
		old      = bounds + "metrics: [{type: Pods, pods: {metricName: requests, targetAverageValue: 10}}]"
		queue    = bounds + "metrics: [{type: External, external: {metric: {name: queue}, target: {type: AverageValue, averageValue: '100'}}}]"
		cpu      = "maxReplicas: 10, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"
		half     = bounds + "metrics: [{type: Pods, pods: {metric: {name: requests}, target: {type: AverageValue, averageValue: 500m}}}]"
	)
	for name, c := range map[string]struct {
		spec     string
		pods     int
		measured float64
		want     int
		why      string
	}{
		"up":                    {requests, 3, 20, 6, "ceil(3 × 20 / 10) = 6"},
		"down":                  {requests, 3, 2, 1, "ceil(3 × 2 / 10) = 1"},
		"the form of v2beta1":   {old, 3, 20, 6, "ceil(3 × 20 / 10) = 6"},
		"rounded up":            {requests, 3, 12, 4, "ceil(3 × 12 / 10) = 4"},
		"within the tolerance":  {requests, 3, 11, 3, "measured and target differ by 10 %, which is not more than 10"},
		"just beyond":           {requests, 10, 11.2, 10, "ceil(10 × 11.2 / 10) = 12, and 10 is the most"},
		"the most":              {requests, 8, 100, 10, "ceil(8 × 100 / 10) = 80, and 10 is the most"},
		"the least":             {requests, 3, 0, 1, "ceil(3 × 0 / 10) = 0, and 1 is the least"},
		"as a whole":            {queue, 2, 450, 5, "ceil(450 / 100) = 5"},
		"as a whole, tolerated": {queue, 4, 420, 4, "measured and target differ by 5 %, which is not more than 10"},
		"processor":             {cpu, 2, 140, 4, "ceil(2 × 140 / 70) = 4"},
		"v1":                    {"maxReplicas: 4, targetCPUUtilizationPercentage: 50", 2, 75, 3, "ceil(2 × 75 / 50) = 3"},
		"a part of one":         {half, 2, 0.75, 3, "ceil(2 × 0.75 / 0.5) = 3"},
		"no more than is so":    {half, 3, 1, 6, "ceil(3 × 1 / 0.5) = 6"},
	} {
		got, why := scaler(t, c.spec).Wanted(c.pods, c.measured)
		if got != c.want || why != c.why {
			t.Errorf("%s: got %d: %s\nwant %d: %s", name, got, why, c.want, c.why)
		}
	}
}

func TestNoMetric(t *testing.T) {
	for _, spec := range []map[string]any{
		{"maxReplicas": 3},
		{"maxReplicas": 3, "metrics": []any{map[string]any{"type": "Object"}}},
		{"maxReplicas": 3, "targetCPUUtilizationPercentage": 0},
	} {
		if _, err := Of(artifact.Object{"kind": "HorizontalPodAutoscaler", "spec": spec}); err == nil {
			t.Errorf("%v was read", spec)
		}
	}
}
