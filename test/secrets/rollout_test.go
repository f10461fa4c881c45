package secrets

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestRollout rotates secrets and wants new pods of the workloads that read
// them, and of those alone.
func TestRollout(t *testing.T) {
	for example, names := range map[string][]string{
		"hub-k8s-1.2": {"secretkey", "registry_http_secret", "redis_password"},
		"hub-2.15":    {"registry_password", "csrf_key", "registry_http_secret"},
	} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			s := made(t, example, "")
			for _, name := range names {
				s.env["HAGEN_SECRET_REDIS_PASSWORD"] += " anew"
				before, prints := s.templates(), s.prints()
				s.must(s.rotate(name)...)
				s.must(s.build()...)
				after := s.templates()
				want := readers(s.t, after, s.keysOf(changed(prints, s.prints())))
				if len(want) == 0 || len(want) == len(after) {
					t.Fatalf("%d of %d workloads read %s: the test shows little", len(want), len(after), name)
				}
				if got := changed(before, after); !slices.Equal(got, want) {
					t.Errorf("the rotation of %s rolls out %v, wanted %v", name, got, want)
				}
			}
		})
	}
}

// A new recipient changes no value, so it restarts nothing.
func TestNoRollout(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	other := s.newKey("other")
	s.configure(settings{provider: "sops", everything: []holder{s.owner, other}})
	before := s.templates()
	s.must(s.init()...)
	s.must(s.build()...)
	s.configure(settings{provider: "sops", everything: []holder{s.owner}})
	s.must(s.init()...)
	s.must(s.build()...)
	if got := changed(before, s.templates()); len(got) > 0 {
		t.Errorf("a recipient more and less rolls out %v", got)
	}
}

// templates maps the workloads of the cluster to their pod templates, as JSON.
func (s *site) templates() map[string]string {
	s.t.Helper()
	found := map[string]string{}
	for path, text := range files(s.t, filepath.Join(s.rendered(), "kubernetes")) {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct{ Template map[string]any }
		}
		if err := yaml.Unmarshal([]byte(text), &object); err != nil {
			s.t.Fatalf("%s: %v", path, err)
		}
		if object.Spec.Template["spec"] == nil {
			continue
		}
		encoded, err := json.Marshal(object.Spec.Template)
		if err != nil {
			s.t.Fatal(err)
		}
		found[object.Kind+"/"+object.Metadata.Name] = string(encoded)
	}
	return found
}

// keysOf lists the keys of the cluster's Secrets that hold some secrets, as
// "Secret/key".
func (s *site) keysOf(names []string) map[string]bool {
	s.t.Helper()
	keys := map[string]bool{}
	list := s.list()
	for _, name := range names {
		for _, key := range list[name].Cluster {
			keys[key] = true
		}
	}
	return keys
}

// readers lists the workloads whose pods read one of the keys.
func readers(t *testing.T, templates map[string]string, keys map[string]bool) []string {
	t.Helper()
	found := map[string]bool{}
	for name, text := range templates {
		var template corev1.PodTemplateSpec
		if err := json.Unmarshal([]byte(text), &template); err != nil {
			t.Fatal(err)
		}
		for _, key := range slices.Concat(variables(template.Spec), volumes(template.Spec, keys)) {
			if keys[key] {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func variables(pod corev1.PodSpec) []string {
	var keys []string
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		for _, variable := range container.Env {
			if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
				keys = append(keys, from.SecretKeyRef.Name+"/"+from.SecretKeyRef.Key)
			}
		}
	}
	return keys
}

// volumes lists the keys that a pod mounts; a volume without a list of them
// mounts all that there are.
func volumes(pod corev1.PodSpec, there map[string]bool) []string {
	var keys []string
	for _, volume := range pod.Volumes {
		if volume.Secret == nil {
			continue
		}
		for _, item := range volume.Secret.Items {
			keys = append(keys, volume.Secret.SecretName+"/"+item.Key)
		}
		for key := range there {
			if len(volume.Secret.Items) == 0 && strings.HasPrefix(key, volume.Secret.SecretName+"/") {
				keys = append(keys, key)
			}
		}
	}
	return keys
}
