package accept

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

// document is a decoded manifest and its file.
type document struct {
	file   string
	object runtime.Object
}

// misdirected lists the objects that point at pods or at a Service which no manifest
// makes: traffic and budgets that end nowhere, with nobody to say so.
func (c cluster) misdirected() []string {
	var missing []string
	for _, document := range c.documents {
		for _, problem := range c.astray(document.object) {
			missing = append(missing, document.file+": "+problem)
		}
	}
	return missing
}

func (c cluster) astray(object runtime.Object) []string {
	switch object := object.(type) {
	case *corev1.Service:
		return c.serviceAstray(object)
	case *policyv1.PodDisruptionBudget:
		return c.budgetAstray(object.Namespace, object.Spec.Selector)
	case *policyv1beta1.PodDisruptionBudget:
		return c.budgetAstray(object.Namespace, object.Spec.Selector)
	case *networkingv1.Ingress:
		return c.ingressAstray(object)
	case *gateway.HTTPRoute:
		return c.routeAstray(object)
	}
	return nil
}

// serviceAstray wants pods behind a Service, and a container port behind a named one.
func (c cluster) serviceAstray(service *corev1.Service) []string {
	pods := c.selected(service.Namespace, labels.SelectorFromSet(service.Spec.Selector))
	if len(pods) == 0 {
		return []string{fmt.Sprintf("selects no pod (%v)", service.Spec.Selector)}
	}
	var missing []string
	for _, port := range service.Spec.Ports {
		for _, pod := range pods {
			if port.TargetPort.Type == intstr.String && !hasPort(pod.template.Spec, port.TargetPort.StrVal) {
				missing = append(missing, fmt.Sprintf("port %d: the pods of %s have no port named %q", port.Port, pod.file, port.TargetPort.StrVal))
			}
		}
	}
	return missing
}

func hasPort(spec corev1.PodSpec, name string) bool {
	for _, container := range spec.Containers {
		for _, port := range container.Ports {
			if port.Name == name {
				return true
			}
		}
	}
	return false
}

func (c cluster) budgetAstray(namespace string, selector *metav1.LabelSelector) []string {
	wanted, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return []string{err.Error()}
	}
	if len(c.selected(namespace, wanted)) == 0 {
		return []string{fmt.Sprintf("selects no pod (%s)", wanted)}
	}
	return nil
}

func (c cluster) ingressAstray(ingress *networkingv1.Ingress) []string {
	var missing []string
	for _, rule := range ingress.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			if backend := path.Backend.Service; backend != nil && !c.serves(ingress.Namespace, backend.Name, backend.Port.Number, backend.Port.Name) {
				missing = append(missing, fmt.Sprintf("no Service %q with port %d%s", backend.Name, backend.Port.Number, backend.Port.Name))
			}
		}
	}
	return missing
}

func (c cluster) routeAstray(route *gateway.HTTPRoute) []string {
	var missing []string
	for _, rule := range route.Spec.Rules {
		for _, backend := range rule.BackendRefs {
			if backend.Port == nil || !c.serves(route.Namespace, string(backend.Name), int32(*backend.Port), "") {
				missing = append(missing, fmt.Sprintf("no Service %q with that port", backend.Name))
			}
		}
	}
	return missing
}

// serves tells whether there is such a Service with such a port.
func (c cluster) serves(namespace, name string, number int32, portName string) bool {
	for _, document := range c.documents {
		service, ok := document.object.(*corev1.Service)
		if !ok || service.Namespace != namespace || service.Name != name {
			continue
		}
		for _, port := range service.Spec.Ports {
			if portName == "" && port.Port == number || portName != "" && port.Name == portName {
				return true
			}
		}
	}
	return false
}

// selected returns the workloads whose pods a selector finds.
func (c cluster) selected(namespace string, selector labels.Selector) []workload {
	var found []workload
	for _, pod := range c.pods {
		if pod.namespace == namespace && selector.Matches(labels.Set(pod.template.Labels)) {
			found = append(found, pod)
		}
	}
	return found
}
