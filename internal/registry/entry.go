package registry

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var (
	listening     = regexp.MustCompile(`\blisten (?:\S*:)?(\d+)`)
	metricsServer = regexp.MustCompile(`location = \S+ \{\s*proxy_pass http://\$metrics`)
)

// nginxFile is where a container has the configuration of nginx.
const nginxFile = "/etc/nginx/nginx.conf"

// servesHTTP tells the container that clients arrive at: its nginx is the one
// that hands on /v2/.
func (c Container) servesHTTP() bool {
	text, ok := c.Files[nginxFile]
	return ok && strings.Contains(text, "/v2/")
}

// Endpoint is the address that the registry gives to its clients, or "".
func (t Target) Endpoint() string {
	for _, c := range t.Containers {
		if endpoint, ok := c.Env["EXT_ENDPOINT"]; ok {
			return endpoint
		}
	}
	return ""
}

// addresses lists the host:port of components that the containers name.
func (t Target) addresses() []string {
	found, seen := map[string]bool{}, map[string]bool{}
	for _, c := range t.Containers {
		c.addresses(found, seen)
	}
	return slices.Sorted(maps.Keys(found))
}

// Addresses lists the host:port of components that the container names.
func (c Container) Addresses() []string {
	found := map[string]bool{}
	c.addresses(found, map[string]bool{})
	return slices.Sorted(maps.Keys(found))
}

// addresses notes those that the environment and the files name, but for texts
// that were seen. In a configuration of nginx a URL names an upstream, whose
// servers are the addresses.
func (c Container) addresses(found, seen map[string]bool) {
	for _, value := range c.Env {
		mentioned(found, value, "http://", "/ \t\n\"")
	}
	for name, text := range c.Files {
		if seen[text] {
			continue
		}
		seen[text] = true
		if name == nginxFile {
			mentioned(found, text, "server ", ";")
		} else {
			mentioned(found, text, "http://", "/ \t\n\"")
		}
	}
}

// mentioned notes the host:port that follows a prefix up to one of the ends, or to
// the end of the text; hosts with dots are none of the components.
func mentioned(into map[string]bool, text, prefix, ends string) {
	for {
		_, rest, ok := strings.Cut(text, prefix)
		if !ok {
			return
		}
		text = rest
		if end := strings.IndexAny(rest, ends); end >= 0 {
			rest = rest[:end]
		}
		host, port, _ := strings.Cut(rest, ":")
		if port == "" {
			port = "80"
		}
		if isName(host) && strings.Trim(port, "0123456789") == "" {
			into[host+":"+port] = true
		}
	}
}

func isName(host string) bool {
	return host != "" && host[0] != '-' && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz-") == ""
}

// enter notes the container port behind the registry's address, from what is
// published -> container port.
func (t *Target) enter(ports map[string]string) {
	address, err := url.Parse(t.Endpoint())
	if err != nil {
		return
	}
	t.EntryHost, t.EntryPort = address.Hostname(), t.reached(address, ports)
}

// reached picks the target of the URL's port; only if a balancer stands in
// front, the one other port that does not serve metrics.
func (t Target) reached(address *url.URL, ports map[string]string) string {
	port := address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[address.Scheme]
	}
	if target, ok := ports[port]; ok {
		return target
	}
	metrics := t.metricsPort()
	targets := slices.DeleteFunc(slices.Sorted(maps.Values(ports)), func(target string) bool { return target == metrics })
	if len(targets) == 1 {
		return targets[0]
	}
	return fmt.Sprintf("(port %s is not published: %v)", port, ports)
}

// metricsPort is the port of the proxy that is not for the balancer.
func (t Target) metricsPort() string {
	for _, c := range t.Containers {
		text := c.Files[nginxFile]
		if at := metricsServer.FindStringIndex(text); at != nil {
			if ports := listening.FindAllStringSubmatch(text[:at[0]], -1); len(ports) > 0 {
				return ports[len(ports)-1][1]
			}
		}
	}
	return ""
}
