package gitops

import (
	"context"
	"fmt"
	"slices"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// drains empties a node, as before its reboot, and looks at the budgets
// meanwhile: no component may lose more pods than its own allows.
func (s *server) drains(namespace, node string) {
	s.t.Helper()
	end := during(s.t, "the budgets hold", func() error {
		budgets, err := s.client.PolicyV1().PodDisruptionBudgets(namespace).List(context.Background(), meta.ListOptions{})
		if err != nil {
			return err
		}
		for _, budget := range budgets.Items {
			if budget.Status.CurrentHealthy < budget.Status.DesiredHealthy {
				return fmt.Errorf("%s: %d pods are healthy, %d must be", budget.Name, budget.Status.CurrentHealthy, budget.Status.DesiredHealthy)
			}
		}
		return nil
	})
	s.kubectl("", "drain", node, "--delete-emptydir-data", "--timeout=100s")
	end()
	pods, err := s.client.CoreV1().Pods(namespace).List(context.Background(), meta.ListOptions{FieldSelector: "spec.nodeName=" + node})
	if err != nil || len(pods.Items) > 0 {
		s.t.Errorf("%d pods are still on %s (%v)", len(pods.Items), node, err)
	}
	s.kubectl("", "uncordon", node)
}

// has waits until a workload in the cluster has the images of its manifest.
func (s *server) has(manifest *object) {
	s.t.Helper()
	eventually(s.t, id(manifest)+" has the new template", func() error {
		live, err := s.live(manifest)
		if err != nil {
			return err
		}
		if got, wanted := images(live), images(manifest); !slices.Equal(got, wanted) {
			return fmt.Errorf("it has %q, and not %q", got, wanted)
		}
		return nil
	})
}

// images are those of a workload's containers.
func images(workload *object) []string {
	containers, _, _ := unstructured.NestedSlice(workload.Object, "spec", "template", "spec", "containers")
	var images []string
	for _, container := range containers {
		images = append(images, field(container, "image"))
	}
	return images
}
