package conform

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// object checks one Kubernetes object; it returns false if nothing is known of
// its kind.
func (w *walker) object(o artifact.Object) bool {
	if w.catalog.incomplete(w, o) {
		return true
	}
	k, ok := w.catalog.kind(o.APIVersion(), o.Kind())
	if !ok {
		return w.unserved(o)
	}
	if !k.spans.has(w.catalog.minor) {
		w.outOfTime(k)
		return true
	}
	w.name(k, o)
	o, w.encrypted = withoutSops(o)
	w.claims, w.defaults = claims(o), w.catalog.builtIn(groupOf(k.version))
	w.structure(k.typeName, o)
	return true
}

func (c *catalog) incomplete(w *walker, o artifact.Object) bool {
	before := len(w.found)
	for _, key := range []string{"apiVersion", "kind"} {
		if text, ok := o[key].(string); !ok || text == "" {
			w.at(key, func() {
				w.report("is missing or no text", w.reader+" cannot tell what the object is", "write apiVersion and kind")
			})
		}
	}
	return len(w.found) > before
}

func (c *catalog) kind(version, name string) (kind, bool) {
	for _, t := range c.tables {
		if k, ok := t.kind(version, name); ok {
			return k, true
		}
	}
	return kind{}, false
}

// outOfTime reports a kind that another minor version serves.
func (w *walker) outOfTime(k kind) {
	first, last := k.spans[0].from, k.spans[len(k.spans)-1].to
	reason := fmt.Sprintf("it is served from 1.%d to 1.%d", first, last)
	if last == newest {
		reason = fmt.Sprintf("it is served since 1.%d", first)
	}
	fix := "no API version has this kind in " + w.reader
	if now := w.catalog.served(k.name, k.version); now != "" {
		fix = "write apiVersion: " + now
	}
	w.at("apiVersion", func() {
		w.report(k.version+" "+k.name+" is not served by "+w.reader, reason+"; the API server finds no match for it", fix)
	})
}

// served returns the best API version of a kind: of the same group if it can
// be, stable before beta before alpha.
func (c *catalog) served(name, instead string) string {
	best := ""
	group := groupOf(instead)
	for _, k := range c.tables[0].kinds() {
		if k.name != name || !k.spans.has(c.minor) {
			continue
		}
		if best == "" || better(k.version, best, group) {
			best = k.version
		}
	}
	return best
}

func better(a, b, group string) bool {
	if inA, inB := groupOf(a) == group, groupOf(b) == group; inA != inB {
		return inA
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra > rb
	}
	return a < b
}

// rank orders v1alpha1 < v1beta1 < v1beta2 < v1 < v2.
func rank(version string) int {
	version = version[strings.LastIndexByte(version, '/')+1:]
	major, rest := strings.TrimPrefix(version, "v"), ""
	stage := 2
	for i, name := range []string{"alpha", "beta"} {
		if before, after, ok := strings.Cut(major, name); ok {
			major, rest, stage = before, after, i
		}
	}
	m, _ := strconv.Atoi(major)
	n, _ := strconv.Atoi(rest)
	return stage*10000 + m*100 + n
}

func groupOf(version string) string {
	group, _, ok := strings.Cut(version, "/")
	if !ok {
		return ""
	}
	return group
}

// unserved reports a kind that no release of Kubernetes knows, unless it may
// be a custom resource.
func (w *walker) unserved(o artifact.Object) bool {
	version, name := o.APIVersion(), o.Kind()
	kinds, versions := w.catalog.ofVersion(version)
	if len(kinds) > 0 {
		fix := "known there: " + shortList(kinds)
		if near := diag.Nearest(name, kinds); near != "" {
			fix = "write kind: " + near
		} else if now := w.catalog.served(name, version); now != "" {
			fix = "write apiVersion: " + now
		}
		w.at("kind", func() {
			w.report("there is no kind "+name+" in "+version, "the API server finds no match for it", fix)
		})
		return true
	}
	if group := groupOf(version); strings.Contains(group, ".") && !w.catalog.builtIn(group) {
		return false
	}
	fix := "known are: " + shortList(versions)
	if now := w.catalog.served(name, version); now != "" {
		fix = "write apiVersion: " + now
	} else if near := diag.Nearest(version, versions); near != "" {
		fix = "write " + near
	}
	w.at("apiVersion", func() {
		w.report("there is no API version "+version, "the API server finds no match for it", fix)
	})
	return true
}

// ofVersion returns the kinds that Kubernetes serves in an API version, and
// all API versions.
func (c *catalog) ofVersion(version string) (kinds, versions []string) {
	all := map[string]bool{}
	for _, k := range c.tables[0].kinds() {
		if !k.spans.has(c.minor) {
			continue
		}
		all[k.version] = true
		if k.version == version {
			kinds = append(kinds, k.name)
		}
	}
	slices.Sort(kinds)
	return kinds, slices.Sorted(maps.Keys(all))
}

// builtIn tells whether a group is Kubernetes' own.
func (c *catalog) builtIn(group string) bool { return c.tables[0].hasGroup(group) }

// name checks metadata.name as the API server does for the kind.
func (w *walker) name(k kind, o artifact.Object) {
	format := "dns-subdomain"
	switch {
	case k.name == "Service" && k.version == "v1":
		format = "service"
	case k.name == "Namespace" && k.version == "v1":
		format = "dns-label"
	case strings.HasPrefix(k.version, "rbac.authorization.k8s.io/"):
		format = "segment"
	}
	w.path = append(w.path, "metadata", "name")
	defer func() { w.path = w.path[:len(w.path)-2] }()
	name := artifact.Map(o["metadata"])["name"]
	text, ok := name.(string)
	switch {
	case name == nil || text == "" && ok:
		w.report("is missing", w.reader+" refuses an object without a name", "")
	case ok:
		w.matches(format, text, "is not a valid name")
	}
}

// claims returns the names of the volumes that a StatefulSet makes.
func claims(o artifact.Object) map[string]bool {
	out := map[string]bool{}
	for _, item := range artifact.List(artifact.Map(o["spec"])["volumeClaimTemplates"]) {
		out[artifact.Text(artifact.Map(artifact.Map(item)["metadata"])["name"])] = true
	}
	return out
}
