package accept

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// secretKey is a key of a Secret that an object of the cluster names; no rendering
// makes Secrets, an operator does.
type secretKey struct {
	file, name, key string
}

// undocumented lists the Secrets and keys that pods and volumes name and the documents
// of the rendering do not tell anyone to make.
func (c cluster) undocumented(files []File) []string {
	var text strings.Builder
	for _, file := range files {
		if kind, _ := KindOf(file); kind.Name == "markdown" {
			text.Write(file.Data)
		}
	}
	var missing []string
	for _, secret := range c.secretKeys() {
		for _, word := range []string{secret.name, secret.key} {
			if word != "" && !names(text.String(), word) {
				missing = append(missing, fmt.Sprintf("%s: Secret %q, key %q: no document names %q", secret.file, secret.name, secret.key, word))
			}
		}
	}
	return slices.Compact(missing)
}

func (c cluster) secretKeys() []secretKey {
	keys := slices.Clone(c.volumeSecrets)
	for _, pod := range c.pods {
		for _, reference := range pod.template.Spec.ImagePullSecrets {
			keys = append(keys, secretKey{pod.file, reference.Name, ""})
		}
		for _, volume := range pod.template.Spec.Volumes {
			if volume.Secret == nil {
				continue
			}
			keys = append(keys, secretKey{pod.file, volume.Secret.SecretName, ""})
			for _, item := range volume.Secret.Items {
				keys = append(keys, secretKey{pod.file, volume.Secret.SecretName, item.Key})
			}
		}
		for _, container := range append(pod.template.Spec.InitContainers, pod.template.Spec.Containers...) {
			for _, variable := range container.Env {
				if source := variable.ValueFrom; source != nil && source.SecretKeyRef != nil {
					keys = append(keys, secretKey{pod.file, source.SecretKeyRef.Name, source.SecretKeyRef.Key})
				}
			}
		}
	}
	return keys
}

// volumeSecrets are the Secrets by which a volume is mounted; their keys are the
// driver's.
func volumeSecrets(file string, volume *corev1.PersistentVolume) []secretKey {
	if source := volume.Spec.CephFS; source != nil && source.SecretRef != nil {
		return []secretKey{{file, source.SecretRef.Name, "key"}}
	}
	if source := volume.Spec.CSI; source != nil && source.NodeStageSecretRef != nil {
		return []secretKey{{file, source.NodeStageSecretRef.Name, "userID"}, {file, source.NodeStageSecretRef.Name, "userKey"}}
	}
	return nil
}
