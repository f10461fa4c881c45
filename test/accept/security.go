package accept

import (
	"fmt"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// insecure lists the pods that the Pod Security level of their namespace refuses: the
// Deployment is accepted, and no pod ever appears.
func (c cluster) insecure() ([]string, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return nil, err
	}
	var refused []string
	for _, pod := range c.pods {
		levels, invalid := api.PolicyToEvaluate(c.namespaces[pod.namespace], unlabelled)
		if len(invalid) > 0 {
			return nil, fmt.Errorf("labels of namespace %s: %w", pod.namespace, invalid.ToAggregate())
		}
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(levels.Enforce, &pod.template.ObjectMeta, &pod.template.Spec))
		if !result.Allowed {
			refused = append(refused, fmt.Sprintf("%s: %s refuses the pod: %s", pod.file, levels.Enforce, result.ForbiddenDetail()))
		}
	}
	return refused, nil
}

// unlabelled is what holds in a namespace without labels.
var unlabelled = api.Policy{
	Enforce: api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
	Audit:   api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
	Warn:    api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
}
