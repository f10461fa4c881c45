package registry

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// readEntry finds the container port behind the registry's address.
func (c *clusterReader) readEntry() {
	address, err := url.Parse(c.target.Endpoint())
	if err != nil {
		return
	}
	c.target.EntryHost = address.Hostname()
	for _, id := range c.ids {
		spec := artifact.Map(c.all[id].Object["spec"])
		field := map[string]string{"NodePort": "nodePort", "LoadBalancer": "port"}[scalar(spec["type"])]
		if c.all[id].Kind() != "Service" || field == "" {
			continue
		}
		ports := map[string]string{}
		for _, item := range artifact.List(spec["ports"]) {
			if port := artifact.Map(item); port[field] != nil {
				ports[scalar(port[field])] = c.targetPort(spec, port)
			}
		}
		c.target.enter(ports)
	}
	c.readRoutes()
}

// readRoutes reads the way in by an Ingress or an HTTPRoute.
func (c *clusterReader) readRoutes() {
	for _, id := range c.ids {
		spec := artifact.Map(c.all[id].Object["spec"])
		switch c.all[id].Kind() {
		case "Ingress":
			rule := first(spec["rules"])
			backend := artifact.Map(first(artifact.Map(rule["http"])["paths"])["backend"])
			c.target.EntryHost = scalar(rule["host"])
			service := artifact.Map(backend["service"])
			if service == nil {
				c.target.EntryPort = c.servicePort(scalar(backend["serviceName"]), backend["servicePort"])
				continue
			}
			port := artifact.Map(service["port"])
			number := port["number"]
			if number == nil {
				number = port["name"]
			}
			c.target.EntryPort = c.servicePort(scalar(service["name"]), number)
		case "HTTPRoute":
			backend := first(first(spec["rules"])["backendRefs"])
			c.target.EntryHost = strings.Join(texts(spec["hostnames"]), ",")
			c.target.EntryPort = c.servicePort(scalar(backend["name"]), backend["port"])
		}
	}
}

func first(list any) map[string]any {
	if items := artifact.List(list); len(items) > 0 {
		return artifact.Map(items[0])
	}
	return nil
}

// servicePort returns the container port behind a port of a Service, which a
// number or a name tells.
func (c *clusterReader) servicePort(service string, number any) string {
	spec := artifact.Map(c.all["Service/"+service].Object["spec"])
	for _, item := range artifact.List(spec["ports"]) {
		if port := artifact.Map(item); scalar(port["port"]) == scalar(number) || port["name"] == number {
			return c.targetPort(spec, port)
		}
	}
	return fmt.Sprintf("(Service %s has no port %v)", service, number)
}

// targetPort resolves the port of a Service to the number of a container port.
func (c *clusterReader) targetPort(spec, port map[string]any) string {
	name := scalar(port["targetPort"])
	if name == "" {
		name = scalar(port["port"])
	}
	if _, err := strconv.Atoi(name); err == nil {
		return name
	}
	_, pod := c.selected(spec)
	for _, item := range artifact.List(pod["containers"]) {
		if found := named(artifact.Map(item)["ports"], name); found != nil {
			return scalar(found["containerPort"])
		}
	}
	return "(no container port " + name + ")"
}

// selected returns the component and the pod that a Service selects.
func (c *clusterReader) selected(spec map[string]any) (string, map[string]any) {
	for _, id := range c.ids {
		pod := PodTemplate(c.all[id].Object)
		labels := artifact.Map(artifact.Map(pod["metadata"])["labels"])
		matches := pod != nil
		for key, value := range artifact.Map(spec["selector"]) {
			matches = matches && labels[key] == value
		}
		if matches {
			spec := artifact.Map(pod["spec"])
			return c.owner(c.all[id], spec), spec
		}
	}
	return "", nil
}

// answer says which component listens at an address: behind the Service of
// that name. One without a selector leads where the build does not see.
func (c *clusterReader) answer(address string) string {
	name, port, _ := strings.Cut(address, ":")
	spec := artifact.Map(c.all["Service/"+name].Object["spec"])
	component, pod := c.selected(spec)
	switch {
	case spec == nil:
		return nobody
	case len(artifact.Map(spec["selector"])) == 0:
		return address
	case pod == nil:
		return "(Service " + name + " selects no pod)"
	}
	return component + ":" + c.servicePort(name, port)
}
