package accept

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install" // conversions and defaults of its versions
	_ "k8s.io/kubernetes/pkg/apis/batch/install"       // conversions and defaults of its versions
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"       // conversions and defaults of its versions
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install" // conversions and defaults of its versions
	_ "k8s.io/kubernetes/pkg/apis/storage/install"    // conversions and defaults of its versions
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	coreservice "k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// strategies are the API server's own code for an object that changes.
var strategies = map[string]rest.RESTUpdateStrategy{
	"DaemonSet": daemonset.Strategy, "Deployment": deployment.Strategy, "StatefulSet": statefulset.Strategy,
	"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy, "CronJob": cronjob.Strategy, "Job": job.Strategy,
	"ConfigMap": configmap.Strategy, "Namespace": namespace.Strategy, "PersistentVolume": persistentvolume.Strategy,
	"PersistentVolumeClaim": persistentvolumeclaim.Strategy, "Pod": pod.Strategy, "ReplicationController": replicationcontroller.Strategy,
	"Service": coreservice.Strategy, "Ingress": ingress.Strategy, "PodDisruptionBudget": poddisruptionbudget.Strategy,
	"RoleBinding": rolebinding.Strategy, "PriorityClass": priorityclass.Strategy, "StorageClass": storageclass.Strategy,
}

// elsewhere are changes that validation of one object cannot judge: what admission
// refuses, what an API server of today does not serve, and another name, which is
// another object.
var elsewhere = map[string]string{
	"pvc-static-grows": "the admission plugin PersistentVolumeClaimResize refuses it",
	"selector-old-api": "extensions/v1beta1 is not served any more",
	"api-version":      "a kind that nobody serves",
	"object-other":     "a kind that nobody serves",
	"volume-renamed":   "another name",
	"workload-renamed": "another name",
}

// TestRefusedIsRefused holds hagen diff's verdicts against the API server: what is
// called refused is refused, and nothing else is.
func TestRefusedIsRefused(t *testing.T) {
	data, err := os.ReadFile("../../internal/review/testdata/verdicts.json")
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []struct {
		Name, Before, After string
		Refused             bool
	}
	if err := json.Unmarshal(data, &verdicts); err != nil {
		t.Fatal(err)
	}
	judged, refused := 0, 0
	for _, v := range verdicts {
		if elsewhere[v.Name] != "" {
			continue
		}
		judged++
		err := updateError(t, v.Before, v.After)
		if (err != nil) != v.Refused {
			t.Errorf("%s: hagen diff says refused: %t; the API server: %v", v.Name, v.Refused, err)
		}
		if err != nil {
			refused++
		}
	}
	if judged < 50 || refused < 12 {
		t.Errorf("%d changes were judged, %d refused", judged, refused)
	}
}

// updateError is what the API server answers when an object that it has becomes
// another.
func updateError(t *testing.T, before, after string) error {
	t.Helper()
	old, kind := stored(t, before)
	new, _ := stored(t, after)
	accessor, err := meta.Accessor(old)
	if err != nil {
		t.Fatal(err)
	}
	asInCluster(old, new)
	ctx := request.WithNamespace(request.NewContext(), accessor.GetNamespace())
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{})
	strategy := strategies[kind]
	if strategy == nil {
		t.Fatalf("no strategy for a %s", kind)
	}
	return rest.BeforeUpdate(strategy, context.Context(ctx), new, old)
}

// stored reads an object as the API server keeps it.
func stored(t *testing.T, manifest string) (runtime.Object, string) {
	t.Helper()
	object, err := decode([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	kind := object.GetObjectKind().GroupVersionKind().Kind
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.UnsafeConvertToVersion(object, runtime.InternalGroupVersioner)
	if err != nil {
		t.Fatal(err)
	}
	accessor, err := meta.Accessor(internal)
	if err != nil {
		t.Fatal(err)
	}
	accessor.SetResourceVersion("1")
	accessor.SetUID("a")
	return internal, kind
}

// asInCluster gives objects what a cluster has added to them: a claim is bound, a
// service has its address.
func asInCluster(old, new runtime.Object) {
	switch o := old.(type) {
	case *core.PersistentVolumeClaim:
		n := new.(*core.PersistentVolumeClaim)
		o.Status.Phase, o.Status.Capacity = core.ClaimBound, o.Spec.Resources.Requests
		if o.Spec.VolumeName == "" {
			o.Spec.VolumeName, n.Spec.VolumeName = "bound", "bound"
		}
		n.Status = o.Status
	case *core.Service:
		n := new.(*core.Service)
		single := core.IPFamilyPolicySingleStack
		o.Spec.ClusterIP, o.Spec.ClusterIPs = "10.0.0.7", []string{"10.0.0.7"}
		for _, s := range []*core.Service{o, n} {
			s.Spec.IPFamilyPolicy, s.Spec.IPFamilies = &single, []core.IPFamily{core.IPv4Protocol}
		}
		if n.Spec.ClusterIP == "" {
			n.Spec.ClusterIP, n.Spec.ClusterIPs = o.Spec.ClusterIP, o.Spec.ClusterIPs
		} else {
			n.Spec.ClusterIPs = []string{n.Spec.ClusterIP}
		}
	}
}
