package compile_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

// clusterReader reads the registry that the objects of kubernetes/ describe, as
// the API server and the kubelet would.
type clusterReader struct {
	objects map[string]artifact.Object
	keys    map[string]bool
	facts   facts
}

// componentNames are components that a cluster calls otherwise: Harbor 1.x keeps
// the names of its first manifests.
var componentNames = map[string]string{"nginx": "proxy"}

func clusterFacts(t *testing.T, files artifacts) facts {
	t.Helper()
	c := &clusterReader{objects: map[string]artifact.Object{}, keys: documentedKeys(files), facts: facts{}}
	for name, text := range files {
		if strings.HasPrefix(name, "kubernetes/") && name != "kubernetes/kustomization.yaml" {
			object := artifact.Object(decodeYAML(t, name, text))
			c.objects[object.ID()] = object
		}
	}
	for _, id := range keysOf(c.objects) {
		if pod := template(c.objects[id]); pod != nil {
			c.readPod(c.objects[id].Name(), artifact.Map(pod["spec"]))
		}
	}
	c.readEntry()
	for _, address := range c.facts.addresses() {
		c.facts["address "+address] = c.answer(address)
	}
	return c.facts
}

func keysOf(objects map[string]artifact.Object) []string {
	ids := make([]string, 0, len(objects))
	for id := range objects {
		ids = append(ids, id)
	}
	return sortedCopy(ids)
}

// template returns the pod template of a workload, or nil.
func template(object artifact.Object) map[string]any {
	return artifact.Map(artifact.Map(object["spec"])["template"])
}

// componentOf returns the name of a component from its workload's.
func componentOf(workload string) string {
	name := strings.TrimSuffix(workload, "-rc")
	if other, ok := componentNames[name]; ok {
		return other
	}
	return name
}

func (c *clusterReader) readPod(workload string, pod map[string]any) {
	owner := componentOf(workload)
	for _, item := range artifact.List(pod["containers"]) {
		container := artifact.Map(item)
		id := owner
		if name := componentOf(strings.TrimSuffix(scalar(container["name"]), "-app")); name != owner {
			id = owner + "-" + name
			c.facts[id+" network"] = owner
		}
		c.facts[id+" image"] = scalar(container["image"])
		c.facts[id+" command"] = fmt.Sprintf("%q %q", expanded(container["command"]), expanded(container["args"]))
		c.readEnvironment(id, container)
		for _, mount := range artifact.List(container["volumeMounts"]) {
			c.readMount(id, pod, artifact.Map(mount))
		}
	}
}

// expanded reads "$$" as the kubelet does in commands and arguments; it would
// put a variable in the place of $(NAME).
func expanded(list any) []string {
	out := texts(list)
	for i, text := range out {
		parts := strings.Split(text, "$$")
		for j, part := range parts {
			parts[j] = strings.ReplaceAll(part, "$(", "(a variable: ")
		}
		out[i] = strings.Join(parts, "$")
	}
	return out
}

func (c *clusterReader) readEnvironment(id string, container map[string]any) {
	for _, item := range artifact.List(container["envFrom"]) {
		name := scalar(artifact.Map(artifact.Map(item)["configMapRef"])["name"])
		data := artifact.Map(c.objects["ConfigMap/"+name]["data"])
		if data == nil {
			c.facts[id+" variables of "+name] = "(no ConfigMap)"
		}
		for key, value := range data {
			c.facts[id+" env "+key] = scalar(value)
		}
	}
	for _, item := range artifact.List(container["env"]) {
		c.readVariable(id, artifact.Map(item))
	}
}

func (c *clusterReader) readVariable(id string, variable map[string]any) {
	name, from := scalar(variable["name"]), artifact.Map(variable["valueFrom"])
	if secret := artifact.Map(from["secretKeyRef"]); secret != nil {
		c.facts[id+" secret "+name] = c.material(secret["name"], secret["key"])
		return
	}
	if config := artifact.Map(from["configMapKeyRef"]); config != nil {
		c.facts[id+" env "+name] = c.configured(config["name"], config["key"])
		return
	}
	c.facts[id+" env "+name] = scalar(variable["value"])
}

func (c *clusterReader) configured(name, key any) string {
	value, ok := artifact.Map(c.objects["ConfigMap/"+scalar(name)]["data"])[scalar(key)]
	if !ok {
		return fmt.Sprintf("(ConfigMap %v has no key %v)", name, key)
	}
	return scalar(value)
}

// material returns the material of an entry that SECRETS.md tells people to make.
func (c *clusterReader) material(secret, key any) string {
	if !c.keys[scalar(secret)+"/"+scalar(key)] {
		return fmt.Sprintf("(SECRETS.md does not name %v of %v)", key, secret)
	}
	return scalar(key)
}

func (c *clusterReader) readMount(id string, pod, mount map[string]any) {
	volume := named(pod["volumes"], scalar(mount["name"]))
	target, sub := path.Clean(scalar(mount["mountPath"])), scalar(mount["subPath"])
	config, secret := artifact.Map(volume["configMap"]), artifact.Map(volume["secret"])
	claim := artifact.Map(volume["persistentVolumeClaim"])
	switch {
	case config != nil:
		for file, key := range items(config) {
			if at, ok := mounted(target, sub, file); ok {
				c.facts[id+" file "+at] = c.configured(config["name"], key)
			}
		}
	case secret != nil:
		for file, key := range items(secret) {
			if at, ok := mounted(target, sub, file); ok {
				c.facts[id+" secret file "+at] = c.material(secret["secretName"], key)
			}
		}
	case claim != nil:
		readOnly := mount["readOnly"] == true || claim["readOnly"] == true
		c.facts[id+" shared "+target] = access(path.Join(c.directory(scalar(claim["claimName"])), sub), readOnly)
	case volume["emptyDir"] != nil:
		c.facts[id+" own "+target] = "of the node or the pod"
	default:
		c.facts[id+" mount "+target] = fmt.Sprintf("(the pod has no volume %v)", mount["name"])
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

// directory follows a claim to its volume and to the directory of CephFS, and
// notes what the volume says of CephFS.
func (c *clusterReader) directory(claim string) string {
	spec := artifact.Map(c.objects["PersistentVolumeClaim/"+claim]["spec"])
	volume := artifact.Map(c.objects["PersistentVolume/"+scalar(spec["volumeName"])]["spec"])
	if tree := artifact.Map(volume["cephfs"]); tree != nil {
		c.facts["ceph monitors"] = strings.Join(texts(tree["monitors"]), ",")
		c.facts["ceph user"] = scalar(tree["user"])
		return scalar(tree["path"])
	}
	attributes := artifact.Map(artifact.Map(volume["csi"])["volumeAttributes"])
	if attributes == nil {
		return "(no volume for the claim " + claim + ")"
	}
	if name, ok := attributes["fsName"]; ok {
		c.facts["ceph file system"] = scalar(name)
	}
	return scalar(attributes["rootPath"])
}
