package registry

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// Of a ConfigMap with one of these marks the cluster itself writes keys.
var filledLater = []string{"config.openshift.io/inject-trusted-cabundle", "service.beta.openshift.io/inject-cabundle"}

// ofCluster are the ConfigMaps with authorities that Kubernetes, OpenShift and Istio
// make in every namespace.
var ofCluster = map[string]bool{"kube-root-ca.crt": true, "openshift-service-ca.crt": true, "istio-ca-root-cert": true}

// data is what a ConfigMap holds. An open one has keys that only the cluster knows.
type data struct {
	values map[string]string
	file   string
	open   bool
}

func (d data) files() []string {
	if d.file == "" {
		return nil
	}
	return []string{d.file}
}

// configMap returns a ConfigMap of the build, or one that the cluster makes.
func (c *clusterReader) configMap(name string) (data, bool) {
	found, ok := c.all["ConfigMap/"+name]
	if !ok {
		return data{open: ofCluster[name]}, ofCluster[name]
	}
	d := data{values: map[string]string{}, file: found.file}
	for key, value := range artifact.Map(found.Object["data"]) {
		d.values[key] = scalar(value)
	}
	for key, value := range artifact.Map(found.Object["binaryData"]) {
		d.values[key] = scalar(value)
		if text, err := base64.StdEncoding.DecodeString(scalar(value)); err == nil {
			d.values[key] = string(text)
		}
	}
	metadata := artifact.Map(found.Object["metadata"])
	for _, mark := range filledLater {
		d.open = d.open || artifact.Map(metadata["labels"])[mark] != nil || artifact.Map(metadata["annotations"])[mark] != nil
	}
	return d, true
}

// missing says that there is no such ConfigMap, or that it lacks a key.
func missing(name, key string, there bool) string {
	if !there {
		return "(no ConfigMap " + name + ")"
	}
	return "(the ConfigMap " + name + " has no key " + key + ")"
}

func optional(reference map[string]any) bool { return reference["optional"] == true }

// secret is a Secret that objects of the build make. An open one has keys that
// only who makes it knows.
type secret struct {
	keys map[string]bool
	open bool
}

// brings returns what the objects of the build put into a Secret, or nil.
func (c *clusterReader) brings(name string) *secret {
	if c.made == nil {
		c.made = map[string]*secret{}
		for _, id := range c.ids {
			c.makes(c.all[id].Object)
		}
	}
	return c.made[name]
}

// makes notes the Secret that an object makes, if it makes one: itself, by what
// decrypts it, or by an operator who fetches or makes values.
func (c *clusterReader) makes(o artifact.Object) {
	spec := artifact.Map(o["spec"])
	switch o.Kind() {
	case "Secret":
		c.note(o.Name(), scalar(o["type"]) == "kubernetes.io/service-account-token", o.Carried())
	case "SealedSecret":
		c.note(o.Name(), false, o.Carried(), artifact.Map(artifact.Map(spec["template"])["data"]))
	case "ExternalSecret":
		c.fetched(o.Name(), spec)
	case "Certificate":
		c.note(scalar(spec["secretName"]), true)
	case "VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret":
		c.note(scalar(artifact.Map(spec["destination"])["name"]), true)
	}
}

// fetched notes the Secret of an ExternalSecret: the keys that it lists, or those
// of its template, which takes their place.
func (c *clusterReader) fetched(name string, spec map[string]any) {
	target := artifact.Map(spec["target"])
	template := artifact.Map(target["template"])
	if other := scalar(target["name"]); other != "" {
		name = other
	}
	open := template["templateFrom"] != nil
	keys := maps.Clone(artifact.Map(template["data"]))
	if len(keys) == 0 || template["mergePolicy"] == "Merge" {
		open = open || spec["dataFrom"] != nil
		for _, item := range artifact.List(spec["data"]) {
			if keys == nil {
				keys = map[string]any{}
			}
			keys[scalar(artifact.Map(item)["secretKey"])] = nil
		}
	}
	c.note(name, open, keys)
}

func (c *clusterReader) note(name string, open bool, keys ...map[string]any) {
	if c.made[name] == nil {
		c.made[name] = &secret{keys: map[string]bool{}}
	}
	c.made[name].open = c.made[name].open || open
	for _, some := range keys {
		for key := range some {
			c.made[name].keys[key] = true
		}
	}
}

// keysOf lists the keys of a Secret that are known, and tells whether people are
// told to make it or an object of the build does.
func (c *clusterReader) keysOf(name string) ([]string, bool) {
	keys, made := map[string]bool{}, c.brings(name)
	for entry := range c.entries {
		if key, ok := strings.CutPrefix(entry, name+"/"); ok {
			keys[key] = true
		}
	}
	if made != nil {
		maps.Copy(keys, made.keys)
	}
	return slices.Sorted(maps.Keys(keys)), len(keys) > 0 || made != nil
}

// open tells whether a Secret has keys that are not known.
func (c *clusterReader) open(name string) bool {
	made := c.brings(name)
	return made != nil && made.open
}

// material returns the material of an entry that people are told to make, or
// that a Secret of the build has.
func (c *clusterReader) material(name, key any) (string, bool) {
	if c.entries[scalar(name)+"/"+scalar(key)] {
		return scalar(key), true
	}
	if made := c.brings(scalar(name)); made != nil && (made.open || made.keys[scalar(key)]) {
		return scalar(key), true
	}
	return unnamed(scalar(key) + " of " + scalar(name)), false
}

// unnamed says that nobody makes a Secret, or a key of one.
func unnamed(what string) string { return "(SECRETS.md does not name " + what + ")" }
