package accept

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install" // conversions and defaults of its versions
	appsrules "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install" // conversions and defaults of its versions
	scalingrules "k8s.io/kubernetes/pkg/apis/autoscaling/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // conversions and defaults of its versions
	corerules "k8s.io/kubernetes/pkg/apis/core/validation"
	_ "k8s.io/kubernetes/pkg/apis/extensions/install" // conversions and defaults of its versions
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install" // conversions and defaults of its versions
	networkrules "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/policy"
	_ "k8s.io/kubernetes/pkg/apis/policy/install" // conversions and defaults of its versions
	policyrules "k8s.io/kubernetes/pkg/apis/policy/validation"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install" // conversions and defaults of its versions
	schedulingrules "k8s.io/kubernetes/pkg/apis/scheduling/validation"
)

// validate applies what an API server applies to a new object after decoding:
// defaults, conversion, and its rules for names, ports, probes, quantities and the
// like. Objects of the Gateway API, whose rules live in its CRDs, end at decoding.
func validate(object runtime.Object) error {
	if !legacyscheme.Scheme.IsGroupRegistered(object.GetObjectKind().GroupVersionKind().Group) {
		return nil
	}
	object = object.DeepCopyObject()
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.UnsafeConvertToVersion(object, runtime.InternalGroupVersioner)
	if err != nil {
		return err
	}
	found, known := rules(internal)
	if !known {
		return fmt.Errorf("no rules for a %T: add them to test/accept/apiserver.go", internal)
	}
	return found.ToAggregate()
}

// rules runs the API server's validation for the kinds that hagen renders.
func rules(object runtime.Object) (found field.ErrorList, known bool) {
	switch object := object.(type) {
	case *core.Namespace:
		return corerules.ValidateNamespace(object), true
	case *core.ServiceAccount:
		return corerules.ValidateServiceAccount(object), true
	case *core.ConfigMap:
		return corerules.ValidateConfigMap(object), true
	case *core.Secret:
		return corerules.ValidateSecret(object), true
	case *core.Service:
		return corerules.ValidateServiceCreate(object), true
	case *core.PersistentVolume:
		options := corerules.ValidationOptionsForPersistentVolume(object, nil)
		return corerules.ValidatePersistentVolume(object, options), true
	case *core.PersistentVolumeClaim:
		options := corerules.ValidationOptionsForPersistentVolumeClaim(object, nil)
		return corerules.ValidatePersistentVolumeClaim(object, options), true
	case *core.ReplicationController:
		options := pod.GetValidationOptionsFromPodTemplate(object.Spec.Template, nil)
		return corerules.ValidateReplicationController(object, options), true
	case *apps.Deployment:
		options := pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
		return appsrules.ValidateDeployment(object, options), true
	case *apps.StatefulSet:
		options := pod.GetValidationOptionsFromPodTemplate(&object.Spec.Template, nil)
		return appsrules.ValidateStatefulSet(object, options), true
	case *scheduling.PriorityClass:
		return schedulingrules.ValidatePriorityClass(object), true
	case *policy.PodDisruptionBudget:
		return policyrules.ValidatePodDisruptionBudget(object, policyrules.PodDisruptionBudgetValidationOptions{}), true
	case *autoscaling.HorizontalPodAutoscaler:
		options := scalingrules.HorizontalPodAutoscalerSpecValidationOptions{MinReplicasLowerBound: 1}
		options.ScaleTargetRefValidationOptions.AllowEmptyAPIGroup = object.Spec.ScaleTargetRef.Kind == "ReplicationController"
		options.ObjectMetricsValidationOptions.AllowEmptyAPIGroup = true
		return scalingrules.ValidateHorizontalPodAutoscaler(object, options), true
	case *networking.NetworkPolicy:
		return networkrules.ValidateNetworkPolicy(object, networkrules.NetworkPolicyValidationOptions{}), true
	case *networking.Ingress:
		return networkrules.ValidateIngressCreate(object), true
	case *networking.IngressClass:
		return networkrules.ValidateIngressClass(object), true
	}
	return nil, false
}
