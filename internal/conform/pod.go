package conform

import (
	"fmt"
	"strings"

	"hagen/internal/artifact"
)

// kubernetesChecks are what the API server checks between the fields of a
// structure and hagen checks too.
func kubernetesChecks() map[string]func(*walker, map[string]any) {
	checks := map[string]func(*walker, map[string]any){
		"core.v1.PodSpec":     podSpec,
		"core.v1.Toleration":  toleration,
		"core.v1.ServiceSpec": serviceSpec,
		"core.v1.ReplicationControllerSpec": func(w *walker, m map[string]any) {
			selects(w, m, artifact.Map(m["selector"]))
			w.stays(m)
		},
		"core.v1.PersistentVolumeClaimSpec": func(w *walker, m map[string]any) {
			w.holds(artifact.Map(artifact.Map(m["resources"])["requests"]), "resources", "requests", "storage")
		},
		"core.v1.PersistentVolumeSpec": func(w *walker, m map[string]any) {
			w.holds(artifact.Map(m["capacity"]), "capacity", "storage")
		},
		"batch.v1.JobSpec": jobSpec,
	}
	for _, group := range []string{"apps.v1", "apps.v1beta1", "apps.v1beta2", "extensions.v1beta1"} {
		for _, name := range []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"} {
			checks[group+"."+name+"Spec"] = workload(group, name)
		}
	}
	return checks
}

// selects wants the labels of a pod template to be those that its controller
// looks for.
func selects(w *walker, spec, selector map[string]any) {
	labels := artifact.Map(artifact.Map(artifact.Map(spec["template"])["metadata"])["labels"])
	for key, value := range selector {
		if labels[key] != value {
			w.at("selector", func() {
				w.report("does not select the labels of the template: "+key+" differs",
					w.reader+" refuses a controller that would not find its own pods",
					"give spec.template.metadata.labels the same value")
			})
		}
	}
}

// holds wants a quantity of storage.
func (w *walker) holds(m map[string]any, path ...any) {
	if m["storage"] == nil {
		w.below(func() { w.report("is missing", w.reader+" refuses it without this field", "") }, path...)
	}
}

func podSpec(w *walker, pod map[string]any) {
	w.unique("volumes", pod["volumes"], "name")
	volumes := names(pod["volumes"])
	for name := range w.claims {
		volumes[name] = true
	}
	if len(artifact.List(pod["containers"])) == 0 {
		w.at("containers", func() { w.report("is empty", w.reader+" refuses a pod without containers", "") })
	}
	w.resources(pod)
	if pod["dnsPolicy"] == "None" && len(artifact.List(artifact.Map(pod["dnsConfig"])["nameservers"])) == 0 {
		w.below(func() { w.report("is missing", w.reader+" wants a name server with dnsPolicy None", "") }, "dnsConfig", "nameservers")
	}
	seen := map[string]bool{}
	for _, list := range []string{"initContainers", "containers"} {
		for i, item := range artifact.List(pod[list]) {
			w.below(func() { w.container(artifact.Map(item), volumes, seen) }, list, i)
		}
	}
}

func (w *walker) container(container map[string]any, volumes, seen map[string]bool) {
	name := artifact.Text(container["name"])
	if name != "" && seen[name] {
		w.at("name", func() { w.report("is the name of another container", w.reader+" tells containers apart by name", "") })
	}
	seen[name] = true
	w.unique("volumeMounts", container["volumeMounts"], "mountPath")
	for i, item := range artifact.List(container["volumeMounts"]) {
		if volume := artifact.Text(artifact.Map(item)["name"]); volume != "" && !volumes[volume] {
			w.below(func() {
				w.report("names no volume of the pod", w.reader+" refuses it", "add the volume, or correct the name")
			}, "volumeMounts", i, "name")
		}
	}
	w.resources(container)
	w.unique("ports", container["ports"], "name")
	for _, probe := range []string{"livenessProbe", "startupProbe"} {
		if n, ok := artifact.Number(artifact.Map(container[probe])["successThreshold"]); ok && n > 1 {
			w.below(func() {
				w.report("must be 1", w.reader+" lets a container live, or start, at its first good answer", "remove it")
			}, probe, "successThreshold")
		}
	}
	if image, ok := container["image"].(string); ok && (image == "" || image != strings.TrimSpace(image)) {
		w.at("image", func() { w.report("is no image", w.reader+" takes no blank around it", "") })
	}
}

// resources wants limits that are not below what is requested.
func (w *walker) resources(of map[string]any) {
	resources := artifact.Map(of["resources"])
	limits := artifact.Map(resources["limits"])
	for name, requested := range artifact.Map(resources["requests"]) {
		most, limited := limits[name]
		request, ok := artifact.Quantity(fmt.Sprint(requested))
		limit, okLimit := artifact.Quantity(fmt.Sprint(most))
		if !limited || !ok || !okLimit || request <= limit {
			continue
		}
		w.below(func() {
			w.report(fmt.Sprintf("is %v, less than the %v that are requested", most, requested),
				w.reader+" refuses a container that may not have what is set aside for it",
				fmt.Sprintf("write a limit of %v or more, or requests of %v or less", requested, most))
		}, "resources", "limits", name)
	}
}

func toleration(w *walker, t map[string]any) {
	switch {
	case t["operator"] == "Exists" && artifact.Text(t["value"]) != "":
		w.at("value", func() {
			w.report("is not allowed with the operator Exists", w.reader+" refuses it", "remove it, or write operator: Equal")
		})
	case t["operator"] != "Exists" && artifact.Text(t["key"]) == "":
		w.at("operator", func() { w.report("must be Exists without a key", w.reader+" refuses it", "") })
	}
	if t["tolerationSeconds"] != nil && t["effect"] != "NoExecute" {
		w.at("effect", func() { w.report("must be NoExecute with tolerationSeconds", w.reader+" refuses it", "") })
	}
}

// unique wants the entries of a list to differ in one field.
func (w *walker) unique(list string, v any, key string) {
	seen := map[string]bool{}
	for i, item := range artifact.List(v) {
		text := artifact.Text(artifact.Map(item)[key])
		if text != "" && seen[text] {
			w.below(func() { w.report("is that of another entry", w.reader+" refuses two with the same "+key, "") }, list, i, key)
		}
		seen[text] = true
	}
}

func names(v any) map[string]bool {
	out := map[string]bool{}
	for _, item := range artifact.List(v) {
		out[artifact.Text(artifact.Map(item)["name"])] = true
	}
	return out
}
