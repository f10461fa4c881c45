package gitops

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestScaling lets the real controller scale two registries of one cluster by what
// the real Prometheus and its adapter measure: Deployments, and
// ReplicationControllers as in the days of autoscaling's first versions.
func TestScaling(t *testing.T) {
	t.Parallel()
	s := newCluster(t)
	quick := []string{
		`metrics.discovery = "service-monitor"`, `metrics.discovery = "annotations"`,
		`scale_down_delay = "10m"`, `scale_down_delay = "5s"`,
		"max_replicas = 8\n", "max_replicas = 8\nscale_down_delay = \"5s\"\n",
		"max_replicas = 6\n", "max_replicas = 6\nscale_down_delay = \"5s\"\n",
	}
	today := newRegistry(t, "hub-scaled/today", "hub-scaled.toml", quick...)
	then := newRegistry(t, "hub-then/then", "hub-scaled.toml", append(quick,
		`name = "hub-scaled"`, `name = "hub-then"`, ":30070", ":30071",
		`version = "1.15"`, "version = \"1.36\"\nnamespace = \"then\"", `priority_class = "registry"`, `priority_class = "then"`)...)
	var values []string
	for _, r := range []*registry{today, then} {
		r.release("1.36")
		r.hagen("build")
		values = append(values, r.out(filepath.Join("autoscaling", "prometheus-adapter-values.yaml")))
	}
	l := startMetrics(t, s, values...)
	for _, place := range []struct {
		namespace, kind string
		registry        *registry
	}{{"harbor", "Deployment", today}, {"then", "ReplicationController", then}} {
		t.Run(place.kind, func(t *testing.T) {
			s.kubectl(place.registry.folder, "apply", "--server-side", "-k", place.registry.out("kubernetes"))
			scalers := s.scalers(t, place.namespace, place.kind)
			want := func(what string, pods map[string]int) {
				t.Helper()
				eventually(t, what, func() error { return s.hasPods(place.namespace, scalers, pods) })
			}
			// before anything is measured there are as many as at least
			want("the least", map[string]int{"core": 3, "registry": 2, "jobservice": 3})

			l.set(place.namespace, "registry", 12)                                             // 2 for each pod
			l.set(place.namespace, "exporter", 450)                                            // 100 for each pod
			l.set(place.namespace, "core", 5*0.7*s.cores(t, place.namespace, scalers["core"])) // 70 % of what a pod asks for
			want("more", map[string]int{"core": 5, "registry": 6, "jobservice": 5})
			said := place.registry.hagen("explain", "autoscaling.registry", "--current", "12", "--pods", "1", "--environment", filepath.Base(place.registry.name))
			if !strings.Contains(said, "goes to 6 pods") {
				t.Errorf("hagen explain says otherwise: %s", said)
			}

			l.set(place.namespace, "registry", 100)
			want("the most", map[string]int{"core": 5, "registry": 10, "jobservice": 5})

			for _, component := range []string{"core", "registry", "exporter"} {
				l.set(place.namespace, component, 0)
			}
			want("the least again", map[string]int{"core": 3, "registry": 2, "jobservice": 3})
		})
	}
}

// scalers are the workloads that are scaled, by their components, each of the
// kind that is wanted.
func (s *server) scalers(t *testing.T, namespace, kind string) map[string]string {
	t.Helper()
	list, err := s.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).List(context.Background(), meta.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	scalers := map[string]string{}
	for _, scaler := range list.Items {
		target := scaler.Spec.ScaleTargetRef
		if target.Kind != kind {
			t.Errorf("%s scales the %s %s", scaler.Name, target.Kind, target.Name)
		}
		scalers[scaler.Name] = target.Name
	}
	if len(scalers) != 3 {
		t.Fatalf("scalers of %v", scalers)
	}
	return scalers
}

// hasPods tells whether components have as many pods as wanted, and what the scalers
// say otherwise.
func (s *server) hasPods(namespace string, scalers map[string]string, pods map[string]int) error {
	var wrong []string
	for component, wanted := range pods {
		list, err := s.client.CoreV1().Pods(namespace).List(context.Background(), meta.ListOptions{
			LabelSelector: "app.kubernetes.io/name=" + component, FieldSelector: "status.phase=Running",
		})
		if err != nil {
			return err
		}
		if len(list.Items) != wanted {
			wrong = append(wrong, fmt.Sprintf("%s has %d pods, wanted %d (%s)", component, len(list.Items), wanted, s.says(namespace, component)))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return nil
}

// says is why a scaler does what it does.
func (s *server) says(namespace, name string) string {
	scaler, err := s.client.AutoscalingV2().HorizontalPodAutoscalers(namespace).Get(context.Background(), name, meta.GetOptions{})
	if err != nil {
		return err.Error()
	}
	var said []string
	for _, c := range scaler.Status.Conditions {
		said = append(said, string(c.Type)+" "+string(c.Status)+": "+c.Message)
	}
	return strings.Join(said, ", ")
}

// cores is what a pod of core asks for.
func (s *server) cores(t *testing.T, namespace, name string) float64 {
	t.Helper()
	list, err := s.client.CoreV1().Pods(namespace).List(context.Background(), meta.ListOptions{LabelSelector: "app.kubernetes.io/name=core"})
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("no pod of %s (%v)", name, err)
	}
	return list.Items[0].Spec.Containers[0].Resources.Requests.Cpu().AsApproximateFloat64()
}
