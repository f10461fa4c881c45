package conform

import (
	"fmt"

	"hagen/internal/artifact"
)

func serviceSpec(w *walker, spec map[string]any) {
	ports := artifact.List(spec["ports"])
	if len(ports) == 0 && spec["clusterIP"] != "None" && spec["type"] != "ExternalName" {
		w.at("ports", func() { w.report("is empty", w.reader+" refuses a Service without ports", "") })
	}
	if len(ports) > 1 {
		w.unique("ports", spec["ports"], "name")
		for i, item := range ports {
			if artifact.Text(artifact.Map(item)["name"]) == "" {
				w.below(func() {
					w.report("is missing", w.reader+" wants every port to have a name when there are several", "")
				}, "ports", i, "name")
			}
		}
		w.differentPorts(ports)
	}
	outside := spec["type"] == "LoadBalancer" || spec["type"] == "NodePort" || len(artifact.List(spec["externalIPs"])) > 0
	if !outside && artifact.Text(spec["externalTrafficPolicy"]) != "" {
		w.at("externalTrafficPolicy", func() {
			w.report("is for a Service of the type LoadBalancer or NodePort", w.reader+" takes it only where traffic comes from outside", "remove it")
		})
	}
}

// differentPorts wants the ports of a Service to differ in number or protocol,
// and so those of the nodes.
func (w *walker) differentPorts(ports []any) {
	seen := map[string]bool{}
	for i, item := range ports {
		port := artifact.Map(item)
		protocol := artifact.Text(port["protocol"])
		if protocol == "" {
			protocol = "TCP"
		}
		for _, field := range []string{"port", "nodePort"} {
			number, ok := artifact.Number(port[field])
			if field == "port" && w.catalog.minor < 8 || !ok || number == 0 {
				continue
			}
			key := fmt.Sprint(field, number, protocol)
			if seen[key] {
				w.below(func() {
					w.report("is that of another entry", w.reader+" refuses two with the same "+field+" and protocol", "")
				}, "ports", i, field)
			}
			seen[key] = true
		}
	}
}
