package registry

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// clusterReader reads the objects of a cluster as the API server and the
// kubelet would.
type clusterReader struct {
	*reader
	all    map[string]object
	ids    []string
	target Target
}

func (r *reader) cluster(objects map[string]object) Target {
	c := &clusterReader{reader: r, all: objects, ids: slices.Sorted(maps.Keys(objects))}
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
// container says it.
func (c *clusterReader) owner(workload object, pod map[string]any) string {
	name := workload.Name()
	if list := artifact.List(pod["containers"]); workload.Kind() == "Job" && len(list) > 0 {
		name = scalar(artifact.Map(list[0])["name"])
	}
	return c.names.Component(name)
}

func (c *clusterReader) readPod(workload object, pod map[string]any) {
	owner := c.owner(workload, pod)
	for i, item := range artifact.List(pod["containers"]) {
		described := artifact.Map(item)
		k := newContainer(owner)
		if name := c.names.Component(scalar(described["name"])); name != owner {
			k.ID, k.Network = owner+"-"+name, owner
		}
		k.Artifact, k.Path = workload.file, []any{"spec", "template", "spec", "containers", i}
		k.Image = scalar(described["image"])
		k.Command = fmt.Sprintf("%q %q", expanded(described["command"]), expanded(described["args"]))
		c.readEnvironment(&k, described)
		for _, mount := range artifact.List(described["volumeMounts"]) {
			c.readMount(&k, pod, artifact.Map(mount))
		}
		slices.Sort(k.Reads)
		k.Reads = slices.Compact(k.Reads)
		c.target.Containers = append(c.target.Containers, k)
	}
}

func (c *clusterReader) readEnvironment(k *Container, described map[string]any) {
	for _, item := range artifact.List(described["envFrom"]) {
		name := scalar(artifact.Map(artifact.Map(item)["configMapRef"])["name"])
		data, ok := c.all["ConfigMap/"+name]
		if !ok {
			k.Odd["variables of "+name] = "(no ConfigMap)"
			continue
		}
		k.Reads = append(k.Reads, data.file)
		for key, value := range artifact.Map(data.Object["data"]) {
			k.Env[key] = scalar(value)
		}
	}
	for _, item := range artifact.List(described["env"]) {
		entry := artifact.Map(item)
		name, from := scalar(entry["name"]), artifact.Map(entry["valueFrom"])
		if secret := artifact.Map(from["secretKeyRef"]); secret != nil {
			k.Secrets[name] = c.material(secret["name"], secret["key"])
			k.Reads = append(k.Reads, c.secrets[scalar(secret["name"])]...)
		} else if config := artifact.Map(from["configMapKeyRef"]); config != nil {
			k.Env[name] = c.configured(k, config["name"], config["key"])
		} else {
			k.Env[name] = scalar(entry["value"])
		}
	}
}

func (c *clusterReader) configured(k *Container, name, key any) string {
	source, ok := c.all["ConfigMap/"+scalar(name)]
	value, has := artifact.Map(source.Object["data"])[scalar(key)]
	if !ok || !has {
		return fmt.Sprintf("(ConfigMap %v has no key %v)", name, key)
	}
	k.Reads = append(k.Reads, source.file)
	return scalar(value)
}

// material returns the material of an entry that people are told to make, or
// that a Secret of the site holds.
func (c *clusterReader) material(secret, key any) string {
	if c.entries[scalar(secret)+"/"+scalar(key)] || c.holds(scalar(secret), scalar(key)) {
		return scalar(key)
	}
	return fmt.Sprintf("(SECRETS.md does not name %v of %v)", key, secret)
}

func (c *clusterReader) holds(secret, key string) bool {
	_, ok := c.all["Secret/"+secret].Carried()[key]
	return ok
}

func (c *clusterReader) readMount(k *Container, pod, mount map[string]any) {
	volume := named(pod["volumes"], scalar(mount["name"]))
	target, sub := path.Clean(scalar(mount["mountPath"])), scalar(mount["subPath"])
	config, secret := artifact.Map(volume["configMap"]), artifact.Map(volume["secret"])
	claim := artifact.Map(volume["persistentVolumeClaim"])
	switch {
	case config != nil:
		for file, key := range items(config) {
			if at, ok := mounted(target, sub, file); ok {
				k.Files[at] = c.configured(k, config["name"], key)
			}
		}
	case secret != nil:
		k.Reads = append(k.Reads, c.secrets[scalar(secret["secretName"])]...)
		for file, key := range items(secret) {
			if at, ok := mounted(target, sub, file); ok {
				k.SecretFiles[at] = c.material(secret["secretName"], key)
			}
		}
	case claim != nil:
		readOnly := mount["readOnly"] == true || claim["readOnly"] == true
		k.Shared[target] = access(path.Join(c.directory(k, scalar(claim["claimName"])), sub), readOnly)
	case volume["emptyDir"] != nil:
		k.Own[target] = "of the node or the pod"
	default:
		k.Odd["mount "+target] = fmt.Sprintf("(the pod has no volume %v)", mount["name"])
	}
}

// items returns file -> key of a volume. Volumes name the keys that they use:
// one that does not would bring keys that nobody asked for.
func items(source map[string]any) map[string]string {
	out := map[string]string{}
	for _, item := range artifact.List(source["items"]) {
		entry := artifact.Map(item)
		out[scalar(entry["path"])] = scalar(entry["key"])
	}
	return out
}

// mounted returns where a file of a volume appears in the container.
func mounted(target, sub, file string) (string, bool) {
	if sub == "" {
		return path.Join(target, file), true
	}
	return target, sub == file
}

// directory follows a claim to its volume and to the directory of the shared
// file system, and notes what the volume says of that.
func (c *clusterReader) directory(k *Container, claim string) string {
	source := c.all["PersistentVolumeClaim/"+claim]
	bound := c.all["PersistentVolume/"+scalar(artifact.Map(source.Object["spec"])["volumeName"])]
	for _, o := range []object{source, bound} {
		if o.file != "" {
			k.Reads = append(k.Reads, o.file)
		}
	}
	volume := artifact.Map(bound.Object["spec"])
	k.Reads = append(k.Reads, c.mountedWith(volume)...)
	if tree := artifact.Map(volume["cephfs"]); tree != nil {
		c.target.Storage["monitors"] = strings.Join(texts(tree["monitors"]), ",")
		c.target.Storage["user"] = scalar(tree["user"])
		return scalar(tree["path"])
	}
	if export := artifact.Map(volume["nfs"]); export != nil {
		c.target.Storage["server"] = scalar(export["server"])
		return scalar(export["path"])
	}
	attributes := artifact.Map(artifact.Map(volume["csi"])["volumeAttributes"])
	if attributes == nil {
		return "(no volume for the claim " + claim + ")"
	}
	if share, ok := attributes["share"]; ok {
		c.target.Storage["server"] = scalar(attributes["server"])
		return scalar(share)
	}
	c.target.CephCluster = scalar(attributes["clusterID"])
	if name, ok := attributes["fsName"]; ok {
		c.target.Storage["file system"] = scalar(name)
	}
	return scalar(attributes["rootPath"])
}

// mountedWith lists the files of the Secrets that a volume is mounted with.
func (c *clusterReader) mountedWith(volume map[string]any) []string {
	var files []string
	for _, kind := range []string{"cephfs", "csi"} {
		for _, field := range []string{"secretRef", "nodeStageSecretRef", "nodePublishSecretRef"} {
			reference := artifact.Map(artifact.Map(volume[kind])[field])
			files = append(files, c.secrets[scalar(reference["name"])]...)
		}
	}
	return files
}

func named(list any, name string) map[string]any {
	for _, item := range artifact.List(list) {
		if entry := artifact.Map(item); entry["name"] == name {
			return entry
		}
	}
	return nil
}
