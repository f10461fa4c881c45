package conform_test

import (
	"fmt"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

// life is when Kubernetes serves a kind: from a minor version up to, not with,
// another; 0 is for ever.
type life struct {
	version, kind string
	from, removed int
	instead       string
}

var lives = []life{
	{"extensions/v1beta1", "Deployment", 6, 16, "apps/v1"},
	{"apps/v1beta1", "Deployment", 6, 16, "apps/v1"},
	{"apps/v1beta2", "Deployment", 8, 16, "apps/v1"},
	{"apps/v1", "Deployment", 9, 0, ""},
	{"apps/v1beta1", "StatefulSet", 6, 16, "apps/v1"},
	{"apps/v1", "StatefulSet", 9, 0, ""},
	{"extensions/v1beta1", "DaemonSet", 6, 16, "apps/v1"},
	{"v1", "ReplicationController", 6, 0, ""},
	{"v1", "PersistentVolume", 6, 0, ""},
	{"autoscaling/v1", "HorizontalPodAutoscaler", 6, 0, ""},
	{"autoscaling/v2alpha1", "HorizontalPodAutoscaler", 6, 8, "autoscaling/v2"},
	{"autoscaling/v2beta1", "HorizontalPodAutoscaler", 8, 25, "autoscaling/v2"},
	{"autoscaling/v2beta2", "HorizontalPodAutoscaler", 12, 26, "autoscaling/v2"},
	{"autoscaling/v2", "HorizontalPodAutoscaler", 23, 0, ""},
	{"policy/v1beta1", "PodDisruptionBudget", 6, 25, "policy/v1"},
	{"policy/v1", "PodDisruptionBudget", 21, 0, ""},
	{"policy/v1beta1", "PodSecurityPolicy", 10, 25, ""},
	{"extensions/v1beta1", "Ingress", 6, 22, "networking.k8s.io/v1"},
	{"networking.k8s.io/v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1"},
	{"networking.k8s.io/v1", "Ingress", 19, 0, ""},
	{"networking.k8s.io/v1", "IngressClass", 19, 0, ""},
	{"extensions/v1beta1", "NetworkPolicy", 6, 16, "networking.k8s.io/v1"},
	{"networking.k8s.io/v1", "NetworkPolicy", 7, 0, ""},
	{"batch/v1", "Job", 6, 0, ""},
	{"batch/v1beta1", "CronJob", 8, 25, "batch/v1"},
	{"batch/v1", "CronJob", 21, 0, ""},
	{"storage.k8s.io/v1beta1", "StorageClass", 6, 22, "storage.k8s.io/v1"},
	{"storage.k8s.io/v1beta1", "CSIDriver", 14, 22, "storage.k8s.io/v1"},
	{"rbac.authorization.k8s.io/v1beta1", "Role", 6, 22, "rbac.authorization.k8s.io/v1"},
	{"discovery.k8s.io/v1beta1", "EndpointSlice", 17, 25, "discovery.k8s.io/v1"},
	{"scheduling.k8s.io/v1", "PriorityClass", 14, 0, ""},
	{"coordination.k8s.io/v1", "Lease", 14, 0, ""},
	{"admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", 30, 0, ""},
	{"storage.k8s.io/v1", "VolumeAttributesClass", 34, 0, ""},
}

// A kind is refused by the releases that do not serve it, with what they serve
// instead, and by no other.
func TestServed(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	for _, life := range lives {
		for minor := 6; minor <= 37; minor++ {
			served := minor >= life.from && (life.removed == 0 || minor < life.removed)
			refusal, fix := refusal(t, checker, life, minor)
			if served != (refusal == "") {
				t.Errorf("1.%d, %s %s: served is %v, and it says %q", minor, life.version, life.kind, served, refusal)
			}
			if minor == 37 && life.instead != "" && fix != "write apiVersion: "+life.instead {
				t.Errorf("%s %s: the fix is %s", life.version, life.kind, fix)
			}
		}
	}
}

func refusal(t *testing.T, checker *conform.Checker, life life, minor int) (message, fix string) {
	object := map[string]any{"apiVersion": life.version, "kind": life.kind, "metadata": map[string]any{"name": "x"}}
	report := checker.Check(artifact.Set{{Path: "kubernetes/x.yaml", Value: object}}, fmt.Sprintf("1.%d", minor))
	for _, d := range report.Findings {
		if strings.Contains(d.Message, "is not served") || strings.Contains(d.Message, "there is no") {
			return d.Message, d.Fix
		}
	}
	return "", ""
}

// fieldsSince are fields and the minor version that brought them.
var fieldsSince = map[string]int{
	"startupProbe": 16, "resizePolicy": 27, "volumeDevices": 9,
}

// A field is refused before the release that brought it.
func TestFieldsSince(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	for name, since := range fieldsSince {
		for minor := 9; minor <= 37; minor++ {
			container := map[string]any{"name": "c", "image": "i", name: nil}
			object := map[string]any{
				"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "x"},
				"spec": map[string]any{"containers": []any{container}},
			}
			report := checker.Check(artifact.Set{{Path: "kubernetes/x.yaml", Value: object}}, fmt.Sprintf("1.%d", minor))
			if (minor < since) != (len(report.Findings) == 1) {
				t.Errorf("1.%d, %s: %v", minor, name, report.Findings)
			}
			if minor < since && report.Findings[0].Reason != fmt.Sprintf("Kubernetes knows it since 1.%d only", since) {
				t.Errorf("1.%d, %s: %s", minor, name, report.Findings[0].Reason)
			}
		}
	}
}
