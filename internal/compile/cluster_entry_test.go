package compile_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// readEntry finds the container port behind the registry's address.
func (c *clusterReader) readEntry() {
	address, err := url.Parse(c.facts.endpoint())
	if err != nil {
		return
	}
	c.facts["entry host"] = address.Hostname()
	for _, service := range c.services() {
		spec := artifact.Map(service["spec"])
		field := map[string]string{"NodePort": "nodePort", "LoadBalancer": "port"}[scalar(spec["type"])]
		if field == "" {
			continue
		}
		ports := map[string]string{}
		for _, item := range artifact.List(spec["ports"]) {
			if port := artifact.Map(item); port[field] != nil {
				ports[scalar(port[field])] = c.target(spec, port)
			}
		}
		c.facts["entry port"] = reached(address, ports)
	}
	c.readRoutes()
}

func (c *clusterReader) services() []artifact.Object {
	var out []artifact.Object
	for _, id := range keysOf(c.objects) {
		if c.objects[id].Kind() == "Service" {
			out = append(out, c.objects[id])
		}
	}
	return out
}

// readRoutes reads the way in by an Ingress or an HTTPRoute.
func (c *clusterReader) readRoutes() {
	for _, object := range c.objects {
		spec := artifact.Map(object["spec"])
		switch object.Kind() {
		case "Ingress":
			rule := first(spec["rules"])
			backend := artifact.Map(first(artifact.Map(rule["http"])["paths"])["backend"])
			c.facts["entry host"] = scalar(rule["host"])
			service := artifact.Map(backend["service"])
			if service == nil {
				c.facts["entry port"] = c.servicePort(scalar(backend["serviceName"]), backend["servicePort"])
				continue
			}
			c.facts["entry port"] = c.servicePort(scalar(service["name"]), artifact.Map(service["port"])["number"])
		case "HTTPRoute":
			backend := first(first(spec["rules"])["backendRefs"])
			c.facts["entry host"] = strings.Join(texts(spec["hostnames"]), ",")
			c.facts["entry port"] = c.servicePort(scalar(backend["name"]), backend["port"])
		}
	}
}

func first(list any) map[string]any {
	if items := artifact.List(list); len(items) > 0 {
		return artifact.Map(items[0])
	}
	return nil
}

// servicePort returns the container port behind a port of a Service.
func (c *clusterReader) servicePort(service string, number any) string {
	spec := artifact.Map(c.objects["Service/"+service]["spec"])
	for _, item := range artifact.List(spec["ports"]) {
		if port := artifact.Map(item); scalar(port["port"]) == scalar(number) {
			return c.target(spec, port)
		}
	}
	return fmt.Sprintf("(Service %s has no port %v)", service, number)
}

// target resolves the port of a Service to the number of a container port.
func (c *clusterReader) target(spec, port map[string]any) string {
	name := scalar(port["targetPort"])
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

// selected returns the workload that a Service selects.
func (c *clusterReader) selected(spec map[string]any) (string, map[string]any) {
	for _, id := range keysOf(c.objects) {
		pod := template(c.objects[id])
		labels := artifact.Map(artifact.Map(pod["metadata"])["labels"])
		matches := pod != nil
		for key, value := range artifact.Map(spec["selector"]) {
			matches = matches && labels[key] == value
		}
		if matches {
			return componentOf(c.objects[id].Name()), artifact.Map(pod["spec"])
		}
	}
	return "", nil
}

// answer says which component listens at an address: behind the Service of
// that name.
func (c *clusterReader) answer(address string) string {
	name, port, _ := strings.Cut(address, ":")
	spec := artifact.Map(c.objects["Service/"+name]["spec"])
	component, _ := c.selected(spec)
	if spec == nil || component == "" {
		return nobody
	}
	return component + ":" + c.servicePort(name, port)
}
