package registry

import (
	"fmt"
	"maps"
	"slices"

	"hagen/internal/artifact"
)

// clusterReader reads the objects of a cluster as the API server and the
// kubelet would.
type clusterReader struct {
	*reader
	all    map[string]object
	ids    []string
	target Target
	// workloads are the components that have one by their name.
	workloads map[string]bool
	// made are the Secrets that objects of the build make, by name.
	made map[string]*secret
}

func (r *reader) cluster(objects map[string]object) Target {
	c := &clusterReader{reader: r, all: objects, ids: slices.Sorted(maps.Keys(objects)), workloads: map[string]bool{}}
	for _, o := range objects {
		if PodTemplate(o.Object) != nil {
			c.workloads[r.names.Component(o.Name())] = true
		}
	}
	c.target = Target{Name: Cluster, Storage: map[string]string{}, Answers: map[string]string{}}
	for _, id := range c.ids {
		if pod := PodTemplate(c.all[id].Object); pod != nil {
			c.readPod(c.all[id], artifact.Map(pod["spec"]))
		}
	}
	c.readPrints()
	c.readEntry()
	for _, address := range c.target.addresses() {
		c.target.Answers[address] = c.answer(address)
	}
	return c.target
}

// PodTemplate returns the pod template of a workload, or nil.
func PodTemplate(o artifact.Object) map[string]any {
	template := artifact.Map(artifact.Map(o["spec"])["template"])
	if artifact.Map(template["spec"])["containers"] == nil {
		return nil
	}
	return template
}

// owner is the component of a pod. The name of a Job ends in a checksum, so its
// container says it; so it does where all workloads have names with a prefix or a
// suffix more.
func (c *clusterReader) owner(workload object, pod map[string]any) string {
	owner, first := c.names.Component(workload.Name()), ""
	if list := artifact.List(pod["containers"]); len(list) > 0 {
		first = scalar(artifact.Map(list[0])["name"])
	}
	component := c.names.Component(first)
	if workload.Kind() == "Job" && first != "" || !c.workloads[component] && c.names.prolongs(workload.Name(), first) {
		return component
	}
	return owner
}

func (c *clusterReader) readPod(workload object, pod map[string]any) {
	owner := c.owner(workload, pod)
	for i, item := range artifact.List(pod["containers"]) {
		described := artifact.Map(item)
		k := newContainer(owner)
		if name := c.names.Component(scalar(described["name"])); name != owner {
			k.ID, k.Network = owner+"-"+name, owner
		}
		k.Path = []any{"spec", "template", "spec", "containers", i}
		c.target.Containers = append(c.target.Containers, c.container(k, workload, described))
	}
	for i, item := range artifact.List(pod["initContainers"]) {
		described := artifact.Map(item)
		k := newContainer(owner + "-" + scalar(described["name"]))
		k.Path = []any{"spec", "template", "spec", "initContainers", i}
		c.target.Initial = append(c.target.Initial, c.container(k, workload, described))
	}
}

func (c *clusterReader) container(k Container, workload object, described map[string]any) Container {
	k.Artifact, k.Image = workload.file, scalar(described["image"])
	k.Command = fmt.Sprintf("%q %q", expanded(described["command"]), expanded(described["args"]))
	c.readEnvironment(&k, described)
	for _, mount := range artifact.List(described["volumeMounts"]) {
		c.readMount(&k, workload, artifact.Map(mount))
	}
	slices.Sort(k.Reads)
	k.Reads = slices.Compact(k.Reads)
	return k
}

func (c *clusterReader) readEnvironment(k *Container, described map[string]any) {
	for _, item := range artifact.List(described["envFrom"]) {
		c.readVariables(k, artifact.Map(item))
	}
	for _, item := range artifact.List(described["env"]) {
		entry := artifact.Map(item)
		name, from := scalar(entry["name"]), artifact.Map(entry["valueFrom"])
		if secret := artifact.Map(from["secretKeyRef"]); secret != nil {
			material, there := c.material(secret["name"], secret["key"])
			if there || !optional(secret) {
				k.Secrets[name] = material
			}
			k.Reads = append(k.Reads, c.secrets[scalar(secret["name"])]...)
		} else if config := artifact.Map(from["configMapKeyRef"]); config != nil {
			c.readVariable(k, name, config)
		} else {
			k.Env[name] = scalar(entry["value"])
		}
	}
}

// readVariable reads a variable that is a key of a ConfigMap. One that is not there
// is told once, however many keys of it are asked for.
func (c *clusterReader) readVariable(k *Container, name string, from map[string]any) {
	source, key := scalar(from["name"]), scalar(from["key"])
	data, there := c.configMap(source)
	value, has := data.values[key]
	switch {
	case has:
		k.Env[name] = value
		k.Reads = append(k.Reads, data.file)
	case data.open:
		k.Env[name] = "(of the cluster)"
	case optional(from):
	case there:
		k.Odd["env "+name] = missing(source, key, there)
	default:
		k.Odd["variables of the ConfigMap "+source] = missing(source, key, there)
	}
}

// readVariables reads an entry of envFrom: every key of a ConfigMap or of a Secret.
func (c *clusterReader) readVariables(k *Container, from map[string]any) {
	prefix := scalar(from["prefix"])
	if config := artifact.Map(from["configMapRef"]); config != nil {
		name := scalar(config["name"])
		data, there := c.configMap(name)
		if !there && !optional(config) {
			k.Odd["variables of the ConfigMap "+name] = missing(name, "", there)
		}
		k.Reads = append(k.Reads, data.files()...)
		for key, value := range data.values {
			k.Env[prefix+key] = value
		}
	}
	if secret := artifact.Map(from["secretRef"]); secret != nil {
		name := scalar(secret["name"])
		keys, there := c.keysOf(name)
		if !there && !optional(secret) {
			k.Secrets["variables of the Secret "+name] = unnamed(name)
		}
		k.Reads = append(k.Reads, c.secrets[name]...)
		for _, key := range keys {
			k.Secrets[prefix+key] = key
		}
	}
}

func named(list any, name string) map[string]any {
	for _, item := range artifact.List(list) {
		if entry := artifact.Map(item); entry["name"] == name {
			return entry
		}
	}
	return nil
}
