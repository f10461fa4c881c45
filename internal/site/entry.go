package site

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// entry is what clients reach first.
type entry struct {
	// Title names it, Address is where; File makes it.
	Title, Address, File string
	// Ports are those that it opens.
	Ports []string
	// TLS says what it does with TLS: "through", "ends" or nothing.
	TLS string
	// Single tells that there is one of it.
	Single bool
}

const (
	haproxyFile    = "balancer/haproxy.cfg"
	keepalivedFile = "balancer/keepalived.conf"
)

var (
	bound   = regexp.MustCompile(`(?m)^\s*bind :(\d+)(.*)$`)
	virtual = regexp.MustCompile(`virtual_ipaddress \{\s*([^\s/]+)`)
)

// readBalancer reads what stands before the machines.
func (m *model) readBalancer() {
	config := m.byPath[haproxyFile].Text()
	if config == "" || len(m.Machines) == 0 {
		return
	}
	e := entry{Title: m.language.text("balancer"), File: haproxyFile, Single: true}
	for _, found := range bound.FindAllStringSubmatch(config, -1) {
		e.Ports = with(e.Ports, found[1])
		if strings.Contains(found[2], "ssl") {
			e.TLS = "ends"
		}
	}
	if found := virtual.FindStringSubmatch(m.byPath[keepalivedFile].Text()); found != nil {
		e.Address, e.Single = found[1], false
		e.Title += " ×2"
	}
	if m.scheme == "https" && e.TLS == "" {
		e.TLS = "through"
	}
	m.entry = e
}

// clusterEntry finds the way into the cluster: an Ingress, a route, or the Service
// that is open to the outside.
func (m *model) clusterEntry() entry {
	var service entry
	for _, file := range m.objects() {
		o := artifact.Object(file.Table())
		spec := artifact.Map(o["spec"])
		switch o.Kind() {
		case "Ingress", "HTTPRoute":
			return entry{Title: o.Kind() + " " + o.Name(), Address: m.host(), Ports: []string{m.port}, File: file.Path, TLS: map[string]string{"https": "ends"}[m.scheme]}
		case "Service":
			if e, ok := openService(o, spec, file.Path); ok {
				service = e
			}
		}
	}
	if m.scheme == "https" && service.Title != "" {
		service.TLS = "through"
		if !slices.Contains(service.Ports, "443") && !slices.Contains(service.Ports, m.port) {
			service.TLS = ""
		}
	}
	return service
}

func openService(o artifact.Object, spec map[string]any, file string) (entry, bool) {
	field := map[string]string{"NodePort": "nodePort", "LoadBalancer": "port"}[artifact.Text(spec["type"])]
	if field == "" {
		return entry{}, false
	}
	e := entry{Title: "Service " + o.Name(), Address: artifact.Text(spec["type"]), File: file}
	for _, item := range artifact.List(spec["ports"]) {
		e.Ports = with(e.Ports, fmt.Sprint(artifact.Map(item)[field]))
	}
	return e, true
}

func (m *model) host() string {
	_, rest, _ := strings.Cut(m.URL, "://")
	host, _, _ := strings.Cut(rest, ":")
	return host
}

// base is the last part of a path.
func base(name string) string { return path.Base(name) }
