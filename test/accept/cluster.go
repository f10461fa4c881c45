package accept

import (
	"fmt"
	"path"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	appsv1beta1 "k8s.io/api/apps/v1beta1"
	appsv1beta2 "k8s.io/api/apps/v1beta2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
)

// cluster is what the manifests of one rendering say, as far as they refer to one
// another.
type cluster struct {
	namespaces map[string]map[string]string // their labels
	configMaps map[string]*corev1.ConfigMap
	claims     map[string]bool
	services   []string
	pods       []workload
	documents  []document
	// volumeSecrets are those of PersistentVolumes.
	volumeSecrets []secretKey
}

type workload struct {
	file      string
	namespace string
	template  *corev1.PodTemplateSpec
}

// readCluster decodes the manifests among the files; broken ones are left to their
// own checks.
func readCluster(files []File) cluster {
	found := cluster{
		namespaces: map[string]map[string]string{},
		configMaps: map[string]*corev1.ConfigMap{},
		claims:     map[string]bool{},
	}
	for _, file := range files {
		if kind, _ := KindOf(file); kind.Name != "manifest" {
			continue
		}
		object, err := decode(file.Data)
		if err != nil {
			continue
		}
		found.documents = append(found.documents, document{file.Path, object})
		found.add(file.Path, object)
	}
	return found
}

func (c *cluster) add(file string, object runtime.Object) {
	switch object := object.(type) {
	case *corev1.Namespace:
		c.namespaces[object.Name] = object.Labels
	case *corev1.ConfigMap:
		c.configMaps[object.Name] = object
	case *corev1.PersistentVolumeClaim:
		c.claims[object.Name] = true
	case *corev1.PersistentVolume:
		c.volumeSecrets = append(c.volumeSecrets, volumeSecrets(file, object)...)
	case *corev1.Service:
		c.services = append(c.services, object.Name)
	default:
		if template := podTemplate(object); template != nil {
			c.pods = append(c.pods, workload{file: file, namespace: namespaceOf(object), template: template})
		}
	}
}

func namespaceOf(object runtime.Object) string {
	named, err := meta.Accessor(object)
	if err != nil {
		return ""
	}
	return named.GetNamespace()
}

// podTemplate returns the template of a workload, in any version that hagen renders.
func podTemplate(object runtime.Object) *corev1.PodTemplateSpec {
	switch object := object.(type) {
	case *corev1.ReplicationController:
		return object.Spec.Template
	case *appsv1.Deployment:
		return &object.Spec.Template
	case *appsv1.StatefulSet:
		return &object.Spec.Template
	case *appsv1.DaemonSet:
		return &object.Spec.Template
	case *appsv1beta1.Deployment:
		return &object.Spec.Template
	case *appsv1beta1.StatefulSet:
		return &object.Spec.Template
	case *appsv1beta2.Deployment:
		return &object.Spec.Template
	case *appsv1beta2.StatefulSet:
		return &object.Spec.Template
	case *extensionsv1beta1.Deployment:
		return &object.Spec.Template
	case *batchv1.Job:
		return &object.Spec.Template
	case *batchv1.CronJob:
		return &object.Spec.JobTemplate.Spec.Template
	}
	return nil
}

// mounted returns the files that the ConfigMaps of the cluster place into containers,
// each named after the path that the program opens.
func (c cluster) mounted(root string) []File {
	var files []File
	for _, pod := range c.pods {
		volumes := map[string]*corev1.ConfigMapVolumeSource{}
		for _, volume := range pod.template.Spec.Volumes {
			volumes[volume.Name] = volume.ConfigMap
		}
		for _, container := range append(pod.template.Spec.InitContainers, pod.template.Spec.Containers...) {
			env := c.environment(container)
			for _, mount := range container.VolumeMounts {
				for target, text := range c.contents(volumes[mount.Name], mount) {
					files = append(files, File{
						Root: root, Path: pod.file + "!" + target, Data: []byte(text),
						Hosts: c.services, Env: env,
					})
				}
			}
		}
	}
	return files
}

// contents returns path and text of every file that a mount of a ConfigMap makes.
func (c cluster) contents(volume *corev1.ConfigMapVolumeSource, mount corev1.VolumeMount) map[string]string {
	files := map[string]string{}
	if volume == nil || c.configMaps[volume.Name] == nil {
		return files
	}
	data := c.configMaps[volume.Name].Data
	names := map[string]string{}
	for key := range data {
		names[key] = key
	}
	if len(volume.Items) > 0 {
		names = map[string]string{}
		for _, item := range volume.Items {
			names[item.Path] = item.Key
		}
	}
	for name, key := range names {
		switch {
		case mount.SubPath == "":
			files[path.Join(mount.MountPath, name)] = data[key]
		case mount.SubPath == name:
			files[mount.MountPath] = data[key]
		}
	}
	return files
}

// environment returns the variables of a container that are no secrets.
func (c cluster) environment(container corev1.Container) map[string]string {
	env := map[string]string{}
	for _, source := range container.EnvFrom {
		if source.ConfigMapRef == nil || c.configMaps[source.ConfigMapRef.Name] == nil {
			continue
		}
		for name, value := range c.configMaps[source.ConfigMapRef.Name].Data {
			env[source.Prefix+name] = value
		}
	}
	for _, variable := range container.Env {
		env[variable.Name] = variable.Value
		if variable.ValueFrom == nil || variable.ValueFrom.ConfigMapKeyRef == nil {
			continue
		}
		ref := variable.ValueFrom.ConfigMapKeyRef
		if configMap := c.configMaps[ref.Name]; configMap != nil {
			env[variable.Name] = configMap.Data[ref.Key]
		}
	}
	return env
}

// dangling lists the ConfigMaps, keys and claims that pods name and no manifest makes.
func (c cluster) dangling() []string {
	var missing []string
	for _, pod := range c.pods {
		report := func(format string, args ...any) {
			missing = append(missing, pod.file+": "+fmt.Sprintf(format, args...))
		}
		for _, volume := range pod.template.Spec.Volumes {
			if claim := volume.PersistentVolumeClaim; claim != nil && !c.claims[claim.ClaimName] {
				report("volume %s: no PersistentVolumeClaim %q", volume.Name, claim.ClaimName)
			}
			if source := volume.ConfigMap; source != nil {
				for _, item := range source.Items {
					c.want(report, source.Name, item.Key)
				}
				c.want(report, source.Name, "")
			}
		}
		for _, container := range append(pod.template.Spec.InitContainers, pod.template.Spec.Containers...) {
			c.danglingEnv(report, container)
			c.danglingMounts(report, pod.template.Spec.Volumes, container)
		}
	}
	return missing
}

// danglingMounts reports mounts of a single file that the ConfigMap does not hold:
// the container would see an empty folder in its place.
func (c cluster) danglingMounts(report func(string, ...any), volumes []corev1.Volume, container corev1.Container) {
	for _, mount := range container.VolumeMounts {
		for _, volume := range volumes {
			source := volume.ConfigMap
			if volume.Name != mount.Name || source == nil || c.configMaps[source.Name] == nil {
				continue
			}
			if len(c.contents(source, mount)) == 0 {
				report("mount %s: ConfigMap %q holds no such file", mount.MountPath, source.Name)
			}
		}
	}
}

func (c cluster) danglingEnv(report func(string, ...any), container corev1.Container) {
	for _, source := range container.EnvFrom {
		if source.ConfigMapRef != nil {
			c.want(report, source.ConfigMapRef.Name, "")
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom != nil && variable.ValueFrom.ConfigMapKeyRef != nil {
			c.want(report, variable.ValueFrom.ConfigMapKeyRef.Name, variable.ValueFrom.ConfigMapKeyRef.Key)
		}
	}
}

// want reports a ConfigMap that is not there, or one without the key.
func (c cluster) want(report func(string, ...any), name, key string) {
	configMap := c.configMaps[name]
	if configMap == nil {
		report("no ConfigMap %q", name)
		return
	}
	if _, ok := configMap.Data[key]; key != "" && !ok {
		report("ConfigMap %q has no key %q (it has %s)", name, key, strings.Join(sortedKeys(configMap.Data), ", "))
	}
}
