package registry

import (
	"fmt"
	"path"
	"strings"

	"hagen/internal/artifact"
)

// own is what a mount is that no other instance sees.
const own = "of the node or the pod"

// sharing are the volumes in a pod itself that other instances see as well, each
// with the fields that say whose and which part.
var sharing = map[string][2]string{
	"nfs": {"server", "path"}, "cephfs": {"monitors", "path"}, "glusterfs": {"endpoints", "path"}, "azureFile": {"secretName", "shareName"},
}

// contents are the files of a volume that ConfigMaps and Secrets make; of materials,
// "" stands for all of a Secret that nobody makes.
type contents struct {
	texts, materials map[string]string
	// odd says what is wrong with a file, absent that a whole source is not there.
	odd    map[string]string
	absent string
	// open tells that there may be more files, whose names nobody can know.
	open bool
}

func (c *clusterReader) readMount(k *Container, workload object, mount map[string]any) {
	pod := artifact.Map(PodTemplate(workload.Object)["spec"])
	volume := named(pod["volumes"], scalar(mount["name"]))
	target, sub := path.Clean(scalar(mount["mountPath"])), scalar(mount["subPath"])
	claim := artifact.Map(volume["persistentVolumeClaim"])
	made := contents{texts: map[string]string{}, materials: map[string]string{}, odd: map[string]string{}}
	switch {
	case volume["configMap"] != nil:
		c.readConfigMap(k, &made, artifact.Map(volume["configMap"]))
		made.mount(k, target, sub)
	case volume["secret"] != nil:
		secret := artifact.Map(volume["secret"])
		c.readSecret(k, &made, secret["secretName"], secret)
		made.mount(k, target, sub)
	case volume["projected"] != nil:
		c.readProjected(k, &made, artifact.Map(volume["projected"]))
		made.mount(k, target, sub)
	case claim != nil:
		name, readOnly := scalar(claim["claimName"]), mount["readOnly"] == true || claim["readOnly"] == true
		if _, ok := c.all["PersistentVolumeClaim/"+name]; !ok {
			k.Odd["mount "+target] = "(no PersistentVolumeClaim " + name + ")"
		}
		k.Shared[target] = access(path.Join(c.directory(k, name), sub), readOnly)
	case volume == nil && !claimed(workload, scalar(mount["name"])):
		k.Odd["mount "+target] = fmt.Sprintf("(the pod has no volume %v)", mount["name"])
	default:
		c.readVolume(k, volume, target, sub, mount["readOnly"] == true)
	}
}

// claimed tells whether a StatefulSet makes a claim of that name for each pod.
func claimed(workload object, name string) bool {
	for _, item := range artifact.List(artifact.Map(workload.Object["spec"])["volumeClaimTemplates"]) {
		if artifact.Object(artifact.Map(item)).Name() == name {
			return true
		}
	}
	return false
}

// readVolume reads a volume that the pod itself describes: a directory of another
// file system that all instances see, or one of the node or the pod.
func (c *clusterReader) readVolume(k *Container, volume map[string]any, target, sub string, readOnly bool) {
	shared := ""
	for kind, fields := range sharing {
		if source := artifact.Map(volume[kind]); source != nil {
			shared = fmt.Sprint(source[fields[0]], ":", source[fields[1]])
		}
	}
	if attributes := artifact.Map(artifact.Map(volume["csi"])["volumeAttributes"]); attributes["share"] != nil {
		shared = fmt.Sprint(attributes["server"], ":", attributes["share"])
	}
	if shared == "" {
		k.Own[target] = own
		return
	}
	k.Shared[target] = access(path.Join(shared, sub), readOnly)
}

// readConfigMap notes the files that a ConfigMap makes in a volume.
func (c *clusterReader) readConfigMap(k *Container, made *contents, source map[string]any) {
	name := scalar(source["name"])
	data, there := c.configMap(name)
	k.Reads = append(k.Reads, data.files()...)
	made.open = made.open || optional(source) || data.open
	files, listed := items(source)
	switch {
	case !there && !listed && !optional(source):
		made.absent = missing(name, "", there)
	case !listed:
		for key, value := range data.values {
			made.texts[key] = value
		}
	}
	for file, key := range files {
		value, has := data.values[key]
		switch {
		case has:
			made.texts[file] = value
		case !data.open && !optional(source):
			made.odd[file] = missing(name, key, there)
		}
	}
}

// readSecret notes the files that a Secret makes in a volume.
func (c *clusterReader) readSecret(k *Container, made *contents, name any, source map[string]any) {
	k.Reads = append(k.Reads, c.secrets[scalar(name)]...)
	files, listed := items(source)
	keys, there := c.keysOf(scalar(name))
	made.open = made.open || optional(source) || c.open(scalar(name))
	switch {
	case !there && !listed && !optional(source):
		made.materials[""] = unnamed(scalar(name))
	case !listed:
		for _, key := range keys {
			made.materials[key] = key
		}
	}
	for file, key := range files {
		material, has := c.material(name, key)
		if has || !optional(source) {
			made.materials[file] = material
		}
	}
}

// readProjected notes the files of a volume that has several sources. What the
// kubelet makes of the pod itself is there always.
func (c *clusterReader) readProjected(k *Container, made *contents, volume map[string]any) {
	for _, item := range artifact.List(volume["sources"]) {
		source := artifact.Map(item)
		config, secret := artifact.Map(source["configMap"]), artifact.Map(source["secret"])
		switch {
		case config != nil:
			c.readConfigMap(k, made, config)
		case secret != nil:
			c.readSecret(k, made, secret["name"], secret)
		default:
			made.open = true
		}
	}
}

// mount notes what a container sees of the files.
func (f contents) mount(k *Container, target, sub string) {
	seen := false
	see := func(files, into map[string]string, word string) {
		for file, value := range files {
			if at, ok := mounted(target, sub, file); ok || file == "" {
				into[word+at] = value
				seen = true
			}
		}
	}
	see(f.texts, k.Files, "")
	see(f.materials, k.SecretFiles, "")
	see(f.odd, k.Odd, "file ")
	switch {
	case f.absent != "":
		k.Odd["mount "+target] = f.absent
	case seen:
	case f.open:
		k.Own[target] = own
	case sub != "":
		k.Odd["file "+target] = "(its volume has no file " + sub + ")"
	}
}

// items returns file -> key of a volume, and whether it lists them: one that does
// not brings every key.
func items(source map[string]any) (map[string]string, bool) {
	out := map[string]string{}
	list := artifact.List(source["items"])
	for _, item := range list {
		entry := artifact.Map(item)
		out[scalar(entry["path"])] = scalar(entry["key"])
	}
	return out, len(list) > 0
}

// mounted returns where a file of a volume appears in the container.
func mounted(target, sub, file string) (string, bool) {
	if sub == "" || sub == file {
		return path.Join(target, strings.TrimPrefix(file, sub)), true
	}
	below, ok := strings.CutPrefix(file, sub+"/")
	return path.Join(target, below), ok
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
