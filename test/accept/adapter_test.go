package accept

import (
	"maps"
	"os"
	"testing"
)

// What prometheus-adapter asks Prometheus by the rules of the example: a rate
// for each pod, the queue as a whole.
func TestAdapterQueries(t *testing.T) {
	values, err := os.ReadFile("../../out/hub-scaled/today/autoscaling/prometheus-adapter-values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := adapterQueries(values)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"registry_requests_per_second": `sum(rate(registry_http_requests_total{namespace="harbor",pod="pod-1"}[2m])) by (pod)`,
		"jobservice_queue_size":        `sum(harbor_task_queue_size{namespace="harbor"})`,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
