package unwrap

import (
	"strings"
	"testing"

	"hagen/internal/artifact"
)

type object = map[string]any

func configMap(name string, data object) artifact.Object {
	return artifact.Object{"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": name, "namespace": "harbor"}, "data": data}
}

func bundleOf(services ...any) artifact.Object {
	return artifact.Object{
		"apiVersion": "hagen.dev/v1alpha1", "kind": "Bundle", "metadata": object{"name": "one"},
		"spec": object{"services": services, "networks": []any{object{"name": "harbor"}}},
	}
}

func deployment(configMaps ...string) artifact.Object {
	var from []any
	for _, name := range configMaps {
		from = append(from, object{"configMapRef": object{"name": name}})
	}
	return artifact.Object{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": object{"name": "core", "namespace": "harbor", "annotations": object{artifact.AnnotationComponent: "core"}},
		"spec":     object{"template": object{"spec": object{"containers": []any{object{"name": "core", "envFrom": from}}}}},
	}
}

// files unwraps objects and returns the texts of the files by path.
func files(t *testing.T, objects ...artifact.Object) map[string]string {
	t.Helper()
	made, err := Files(objects)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range made {
		texts[file.Path] = string(file.Data)
	}
	return texts
}

func TestBundle(t *testing.T) {
	got := files(
		t,
		configMap("env", object{"A": "from the map", "B": "$x"}), configMap("config", object{"app.conf": "text"}),
		bundleOf(object{
			"name": "core", "image": "core:1", "command": []any{"a$b"},
			"envFrom":     []any{object{"configMapRef": object{"name": "env"}}},
			"environment": []any{object{"name": "A", "value": "own"}, object{"name": "C", "valueFrom": object{"configMapKeyRef": object{"name": "config", "key": "app.conf"}}}},
			"env_file":    []any{"${HAGEN_SECRETS:-/s}/core.env"},
			"ports":       []any{object{"host_ip": "127.0.0.1", "published": 1514.0, "target": 514.0}, object{"published": 53.0, "target": 53.0, "protocol": "udp"}},
			"volumes":     []any{object{"source": "./config/app.conf", "target": "/app.conf", "configMap": object{"name": "config", "key": "app.conf"}}},
		}),
	)
	const want = header + `networks:
  harbor: {}
services:
  core:
    command:
    - a$$b
    env_file:
    - ${HAGEN_SECRETS:-/s}/core.env
    environment:
      A: own
      B: $$x
      C: text
    image: core:1
    ports:
    - "127.0.0.1:1514:514"
    - 53:53/udp
    volumes:
    - source: ./config/app.conf
      target: /app.conf
`
	if got["compose/one/docker-compose.yml"] != want {
		t.Errorf("got\n%s", got["compose/one/docker-compose.yml"])
	}
	if got["compose/one/config/app.conf"] != "text" {
		t.Errorf("the mounted file is %q", got["compose/one/config/app.conf"])
	}
}

func TestBundleNamesWhatIsMissing(t *testing.T) {
	_, err := Files([]artifact.Object{configMap("config", object{}), bundleOf(
		object{"name": "core", "envFrom": []any{object{"configMapRef": object{"name": "gone"}}}},
		object{"name": "ui", "volumes": []any{object{"source": "./x", "target": "/x", "configMap": object{"name": "config", "key": "gone"}}}},
	)})
	for _, want := range []string{"bundle one, service core: there is no ConfigMap gone", "service ui: file ./x"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClusterFiles(t *testing.T) {
	onlyCompose := configMap("log", object{"a": "b"})
	onlyCompose["metadata"].(object)["annotations"] = object{artifact.AnnotationTarget: "compose"}
	elsewhere := configMap("flux", object{})
	elsewhere["metadata"].(object)["annotations"] = object{artifact.AnnotationFolder: "flux", "keep": "me"}
	got := files(t, configMap("env", object{"A": "1"}), onlyCompose, elsewhere, deployment("env"))
	if _, there := got["kubernetes/configmap-log.yaml"]; there {
		t.Error("what is for the bundles alone reached the cluster")
	}
	for path, want := range map[string]string{
		"kubernetes/kustomization.yaml": "resources:\n- configmap-env.yaml\n- deployment-core.yaml\n",
		"flux/kustomization.yaml":       "- configmap-flux.yaml\n",
		"flux/configmap-flux.yaml":      "keep: me",
	} {
		if !strings.Contains(got[path], want) {
			t.Errorf("%s: got\n%s", path, got[path])
		}
	}
	for path, text := range got {
		if strings.Contains(text, artifact.AnnotationComponent) || strings.Contains(text, artifact.AnnotationFolder) {
			t.Errorf("%s keeps an annotation that only hagen reads:\n%s", path, text)
		}
	}
}

// The checksum on a pod template follows what its pods read, and nothing else.
func TestChecksum(t *testing.T) {
	sum := func(objects ...artifact.Object) string {
		text := files(t, objects...)["kubernetes/deployment-core.yaml"]
		_, after, _ := strings.Cut(text, checksumAnnotation+": ")
		value, _, _ := strings.Cut(after, "\n")
		return value
	}
	base := sum(deployment("env"), configMap("env", object{"A": "1"}), configMap("other", object{"A": "1"}))
	if base == "" {
		t.Fatal("there is no checksum")
	}
	if again := sum(configMap("other", object{"A": "2"}), configMap("env", object{"A": "1"}), deployment("env")); again != base {
		t.Error("another ConfigMap or another order changed it")
	}
	if changed := sum(deployment("env"), configMap("env", object{"A": "2"})); changed == base {
		t.Error("a changed value did not change it")
	}
	if none := sum(deployment("not-ours"), configMap("env", object{"A": "2"})); none != "" {
		t.Errorf("pods that read nothing of ours have the checksum %s", none)
	}
}

func TestFilesWithOneName(t *testing.T) {
	other := configMap("a", object{})
	other["metadata"].(object)["namespace"] = "other"
	got := files(t, configMap("a", object{}), other)
	if len(got) != 3 {
		t.Errorf("two objects of one name make %d files", len(got))
	}
}
