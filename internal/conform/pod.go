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
		"core.v1.PodSpec":                   podSpec,
		"core.v1.ServiceSpec":               serviceSpec,
		"core.v1.ReplicationControllerSpec": func(w *walker, m map[string]any) { selects(w, m, artifact.Map(m["selector"])) },
		"core.v1.PersistentVolumeClaimSpec": func(w *walker, m map[string]any) {
			w.holds(artifact.Map(artifact.Map(m["resources"])["requests"]), "resources", "requests", "storage")
		},
		"core.v1.PersistentVolumeSpec": func(w *walker, m map[string]any) {
			w.holds(artifact.Map(m["capacity"]), "capacity", "storage")
		},
	}
	for _, name := range []string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"} {
		checks["apps.v1."+name+"Spec"] = func(w *walker, m map[string]any) {
			selector := artifact.Map(m["selector"])
			if m["selector"] != nil && len(artifact.Map(selector["matchLabels"])) == 0 && selector["matchExpressions"] == nil {
				w.at("selector", func() { w.report("selects every pod", w.reader+" refuses a controller without a selector", "") })
			}
			selects(w, m, artifact.Map(selector["matchLabels"]))
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
		w.path = append(w.path, path...)
		w.report("is missing", w.reader+" refuses it without this field", "")
		w.path = w.path[:len(w.path)-len(path)]
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
	seen := map[string]bool{}
	for _, list := range []string{"initContainers", "containers"} {
		for i, item := range artifact.List(pod[list]) {
			w.path = append(w.path, list, i)
			w.container(artifact.Map(item), volumes, seen)
			w.path = w.path[:len(w.path)-2]
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
			w.path = append(w.path, "volumeMounts", i, "name")
			w.report("names no volume of the pod", w.reader+" refuses it", "add the volume, or correct the name")
			w.path = w.path[:len(w.path)-3]
		}
	}
	w.resources(container)
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
		w.path = append(w.path, "resources", "limits", name)
		w.report(fmt.Sprintf("is %v, less than the %v that are requested", most, requested),
			w.reader+" refuses a container that may not have what is set aside for it",
			fmt.Sprintf("write a limit of %v or more, or requests of %v or less", requested, most))
		w.path = w.path[:len(w.path)-3]
	}
}

func serviceSpec(w *walker, spec map[string]any) {
	ports := artifact.List(spec["ports"])
	if len(ports) == 0 && spec["clusterIP"] != "None" && spec["type"] != "ExternalName" {
		w.at("ports", func() { w.report("is empty", w.reader+" refuses a Service without ports", "") })
	}
	if len(ports) > 1 {
		w.unique("ports", spec["ports"], "name")
		for i, item := range ports {
			if artifact.Text(artifact.Map(item)["name"]) == "" {
				w.path = append(w.path, "ports", i, "name")
				w.report("is missing", w.reader+" wants every port to have a name when there are several", "")
				w.path = w.path[:len(w.path)-3]
			}
		}
	}
}

// unique wants the entries of a list to differ in one field.
func (w *walker) unique(list string, v any, key string) {
	seen := map[string]bool{}
	for i, item := range artifact.List(v) {
		text := artifact.Text(artifact.Map(item)[key])
		if text != "" && seen[text] {
			w.path = append(w.path, list, i, key)
			w.report("is that of another entry", w.reader+" refuses two with the same "+key, "")
			w.path = w.path[:len(w.path)-3]
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
