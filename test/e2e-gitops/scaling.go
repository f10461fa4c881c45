package gitops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// A load is what clients ask of the registries of a cluster. It stands in for
// the pods, which run nothing: each has its share, and counts as Harbor does.
type load struct {
	*server
	mu sync.Mutex
	// of is how much of a component's work there is in a second, or for the
	// exporter how much waits, by namespace and component.
	of map[string]float64
	// done is what each pod has counted, and when it was asked last.
	done  map[string]float64
	asked map[string]time.Time
}

// counts are the series by which components say how much they do.
var counts = map[string]string{
	"core":     `container_cpu_usage_seconds_total{container="core"}`,
	"registry": `registry_http_requests_total{code="200",handler="manifest",method="get"}`,
	"exporter": `harbor_task_queue_size{type="REPLICATION"}`,
}

func (l *load) set(namespace, component string, amount float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of[namespace+"/"+component] = amount
}

// ServeHTTP answers for the pod whose address is asked.
func (l *load) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pods, err := l.client.CoreV1().Pods("").List(r.Context(), meta.ListOptions{FieldSelector: "status.phase=Running"})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if !r.URL.IsAbs() {
		l.list(w, pods.Items)
		return
	}
	var asked *core.Pod
	twins := map[string]float64{}
	for i, pod := range pods.Items {
		if pod.DeletionTimestamp == nil {
			twins[component(pod)]++
		}
		if pod.Status.PodIP == r.URL.Hostname() {
			asked = &pods.Items[i]
		}
	}
	if asked == nil || r.URL.Path != asked.Annotations["prometheus.io/path"] {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "up_since 1\n")
	if series := counts[asked.Labels["app.kubernetes.io/name"]]; series != "" {
		fmt.Fprintf(w, "%s %g\n", series, l.count(component(*asked), asked.Name, twins[component(*asked)]))
	}
}

// list tells Prometheus of pods, as its own discovery names what it knows.
func (l *load) list(w http.ResponseWriter, pods []core.Pod) {
	type group struct {
		Targets []string          `json:"targets"`
		Labels  map[string]string `json:"labels"`
	}
	groups := []group{}
	for _, pod := range pods {
		const meta = "__meta_kubernetes_"
		labels := map[string]string{
			meta + "namespace": pod.Namespace, meta + "pod_name": pod.Name,
			meta + "pod_ip": pod.Status.PodIP, meta + "pod_phase": string(pod.Status.Phase),
		}
		for key, value := range pod.Annotations {
			labels[meta+"pod_annotation_"+strings.Map(letters, key)] = value
		}
		groups = append(groups, group{[]string{pod.Status.PodIP}, labels})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(groups)
}

// letters makes of an annotation what may stand in the name of a label.
func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '_'
}

func component(pod core.Pod) string {
	return pod.Namespace + "/" + pod.Labels["app.kubernetes.io/name"]
}

// count adds what a pod has done since it was asked last.
func (l *load) count(component, pod string, twins float64) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.HasSuffix(component, "/exporter") {
		return l.of[component]
	}
	now := time.Now()
	if last, ok := l.asked[pod]; ok && twins > 0 {
		l.done[pod] += l.of[component] / twins * now.Sub(last).Seconds()
	}
	l.asked[pod] = now
	return l.done[pod]
}

// startMetrics starts Prometheus and its adapter with the rules that hagen wrote
// for some registries, and makes them the metrics API of the cluster.
func startMetrics(t testing.TB, s *server, values ...string) *load {
	t.Helper()
	l := &load{server: s, of: map[string]float64{}, done: map[string]float64{}, asked: map[string]time.Time{}}
	pods := httptest.NewServer(l)
	t.Cleanup(pods.Close)

	folder := t.TempDir()
	settings, err := os.ReadFile(filepath.Join("testdata", "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "prometheus.yml"), strings.ReplaceAll(string(settings), "PROXY", pods.URL))
	prometheus := listens(t)
	start(t, "prometheus", "/usr/bin/prometheus", nil, []string{
		"--config.file=" + filepath.Join(folder, "prometheus.yml"), "--storage.tsdb.path=" + filepath.Join(folder, "data"),
		"--web.listen-address=" + prometheus, "--log.level=warn",
	})

	write(t, filepath.Join(folder, "adapter.yaml"), adapterConfig(t, values))
	_, port := address(t)
	start(t, "prometheus-adapter", tool(t, "1.30", "adapter"), nil, []string{
		"--config=" + filepath.Join(folder, "adapter.yaml"), "--prometheus-url=http://" + prometheus,
		"--metrics-relist-interval=2s", "--metrics-max-age=1m",
		"--bind-address=127.0.0.1", "--secure-port=" + port, "--cert-dir=" + folder,
		"--lister-kubeconfig=" + s.kubeconfig, "--authentication-kubeconfig=" + s.kubeconfig, "--authorization-kubeconfig=" + s.kubeconfig,
		"--authentication-skip-lookup=true",
	})
	s.serveMetrics(port)
	return l
}

// adapterConfig makes of values of the adapter's chart what the chart makes of
// them, and adds the resource metrics, which metrics-server has elsewhere. Rates
// are over a shorter time, for who waits.
func adapterConfig(t testing.TB, files []string) string {
	t.Helper()
	var config struct {
		Rules         []any          `json:"rules"`
		ExternalRules []any          `json:"externalRules"`
		ResourceRules map[string]any `json:"resourceRules"`
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var values struct {
			Rules struct{ Custom, External []any }
		}
		if err := yaml.UnmarshalStrict(data, &values); err != nil {
			t.Fatal(err)
		}
		config.Rules = append(config.Rules, values.Rules.Custom...)
		config.ExternalRules = append(config.ExternalRules, values.Rules.External...)
	}
	names := map[string]any{}
	for _, name := range []string{"namespace", "pod", "node"} {
		names[name] = map[string]any{"resource": name}
	}
	resource := func(query string) map[string]any {
		return map[string]any{
			"containerQuery": query, "nodeQuery": query, "containerLabel": "container",
			"resources": map[string]any{"overrides": names},
		}
	}
	config.ResourceRules = map[string]any{
		"cpu":    resource("sum by (<<.GroupBy>>) (rate(container_cpu_usage_seconds_total{<<.LabelMatchers>>}[2m]))"),
		"memory": resource("sum by (<<.GroupBy>>) (container_cpu_usage_seconds_total{<<.LabelMatchers>>})"),
		"window": "15s",
	}
	data, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "[2m]", "[15s]")
}

// serveMetrics makes the API server ask the adapter. It asks as nobody, who may
// read metrics here.
func (s *server) serveMetrics(port string) {
	s.t.Helper()
	s.create("{apiVersion: v1, kind: Namespace, metadata: {name: monitoring}}")
	s.create("{apiVersion: v1, kind: Service, metadata: {name: adapter, namespace: monitoring}, spec: {type: ExternalName, externalName: localhost, ports: [{port: " + port + "}]}}")
	s.create("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: metrics}, rules: [{apiGroups: ['*.metrics.k8s.io', custom.metrics.k8s.io, external.metrics.k8s.io, metrics.k8s.io], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['/apis/*'], verbs: [get]}]}")
	s.create("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: metrics}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'system:anonymous'}]}")
	for _, served := range []struct{ group, version string }{
		{"metrics.k8s.io", "v1beta1"}, {"custom.metrics.k8s.io", "v1beta1"}, {"custom.metrics.k8s.io", "v1beta2"}, {"external.metrics.k8s.io", "v1beta1"},
	} {
		s.create(fmt.Sprintf("{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: %[2]s.%[1]s}, spec: {group: %[1]s, version: %[2]s, insecureSkipTLSVerify: true, groupPriorityMinimum: 100, versionPriority: 100, service: {namespace: monitoring, name: adapter, port: %[3]s}}}", served.group, served.version, port))
	}
	for _, path := range []string{"custom.metrics.k8s.io/v1beta1", "external.metrics.k8s.io/v1beta1", "metrics.k8s.io/v1beta1"} {
		eventually(s.t, path+" is served", func() error {
			return s.client.Discovery().RESTClient().Get().AbsPath("/apis/" + path).Do(context.Background()).Error()
		})
	}
}
