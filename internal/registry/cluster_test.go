package registry_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hagen/internal/registry"
)

// clusterOf reads objects as those of a cluster.
func clusterOf(t *testing.T, objects ...string) registry.Target {
	t.Helper()
	texts := map[string]string{"SECRETS.md": "## On Kubernetes\n\n| `keys` | `core_secret` |\n| `keys` | `csrf_key` |\n"}
	for i, object := range objects {
		texts["kubernetes/object-"+string(rune('a'+i))+".yaml"] = object
	}
	return siteOf(t, texts).Targets[0]
}

// containers reads the containers of a cluster by their ids.
func containers(t *testing.T, objects ...string) map[string]registry.Container {
	t.Helper()
	found := map[string]registry.Container{}
	for _, c := range clusterOf(t, objects...).Containers {
		found[c.ID] = c
	}
	return found
}

// workload describes a pod with one container, whose rest and volumes are given.
func workload(kind, container, volumes string) string {
	return "apiVersion: apps/v1\nkind: " + kind + "\nmetadata: {name: core}\nspec:\n" +
		"  volumeClaimTemplates: [{metadata: {name: own}}]\n  template:\n    spec:\n      containers: [{name: core, " + container + "}]\n      volumes: " + volumes + "\n"
}

const settings = "kind: ConfigMap\nmetadata: {name: settings}\ndata: {LEVEL: info}\nbinaryData: {more: bW9yZQ==}\n"

func TestEnvironment(t *testing.T) {
	core := containers(t, settings, workload("Deployment", `envFrom: [{configMapRef: {name: settings}, prefix: A_}, {secretRef: {name: keys}},
        {secretRef: {name: none, optional: true}}, {configMapRef: {name: none, optional: true}}, {configMapRef: {name: gone}}, {secretRef: {name: gone}}],
      env: [{name: B, valueFrom: {configMapKeyRef: {name: settings, key: none, optional: true}}}, {name: C, valueFrom: {configMapKeyRef: {name: settings, key: none}}},
        {name: D, valueFrom: {secretKeyRef: {name: keys, key: none, optional: true}}}]`, "[]"))["core"]
	if want := map[string]string{"A_LEVEL": "info", "A_more": "more"}; !maps.Equal(core.Env, want) {
		t.Errorf("variables are %v, not %v", core.Env, want)
	}
	if want := []string{"core_secret", "csrf_key", "variables of the Secret gone"}; !slices.Equal(slices.Sorted(maps.Keys(core.Secrets)), want) {
		t.Errorf("secrets are %v, not %v", core.Secrets, want)
	}
	want := map[string]string{"env C": "(the ConfigMap settings has no key none)", "variables of the ConfigMap gone": "(no ConfigMap gone)"}
	if !maps.Equal(core.Odd, want) {
		t.Errorf("odd are %v, not %v", core.Odd, want)
	}
}

func TestVolumes(t *testing.T) {
	const file = "file /x: "
	for name, c := range map[string]struct{ volume, more, want string }{
		"a whole ConfigMap":           {"configMap: {name: settings}", "", "file /x/LEVEL: info, file /x/more: more"},
		"a key of a ConfigMap":        {"configMap: {name: settings}", "subPath: LEVEL", file + "info"},
		"a directory of items":        {"configMap: {name: settings, items: [{key: LEVEL, path: a/b}]}", "subPath: a", "file /x/b: info"},
		"a key that is not there":     {"configMap: {name: settings, items: [{key: none, path: a}]}", "", "odd file /x/a: (the ConfigMap settings has no key none)"},
		"a file that is not there":    {"configMap: {name: settings}", "subPath: none", "odd file /x: (its volume has no file none)"},
		"no ConfigMap":                {"configMap: {name: none}", "", "odd mount /x: (no ConfigMap none)"},
		"an optional ConfigMap":       {"configMap: {name: none, optional: true}", "", "own /x"},
		"the certificates of cluster": {"configMap: {name: kube-root-ca.crt}", "subPath: ca.crt", "own /x"},
		"a whole Secret":              {"secret: {secretName: keys}", "", "secret /x/core_secret: core_secret, secret /x/csrf_key: csrf_key"},
		"no Secret":                   {"secret: {secretName: none}", "", "secret /x: (SECRETS.md does not name none)"},
		"an optional Secret":          {"secret: {secretName: none, optional: true, items: [{key: a, path: a}]}", "", "own /x"},
		"several sources":             {"projected: {sources: [{configMap: {name: settings, items: [{key: LEVEL, path: a}]}}, {secret: {name: keys, items: [{key: csrf_key, path: b}]}}, {downwardAPI: {}}]}", "", "file /x/a: info, secret /x/b: csrf_key"},
		"a token":                     {"projected: {sources: [{serviceAccountToken: {path: token}}]}", "", "own /x"},
		"a directory of the node":     {"hostPath: {path: /srv}", "", "own /x"},
		"a driver":                    {"csi: {driver: secrets-store.csi.k8s.io}", "", "own /x"},
		"NFS":                         {"nfs: {server: nfs.example.com, path: /export}", "subPath: a, readOnly: true", "shared /x: nfs.example.com:/export/a, read-only"},
		"another volume":              {"", "", "odd mount /x: (the pod has no volume v)"},
	} {
		volumes := "[{name: other, emptyDir: {}}]"
		if c.volume != "" {
			volumes = "[{name: v, " + c.volume + "}]"
		}
		core := containers(t, settings, workload("Deployment", "volumeMounts: [{name: v, mountPath: /x, "+c.more+"}]", volumes))["core"]
		if got := mounts(core); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
	core := containers(t, workload("StatefulSet", "volumeMounts: [{name: own, mountPath: /x}]", "[]"))["core"]
	if got := mounts(core); got != "own /x" {
		t.Errorf("a claim for each pod: %s", got)
	}
}

// mounts lists all that a container mounts.
func mounts(c registry.Container) string {
	var lines []string
	for word, values := range map[string]map[string]string{"file ": c.Files, "secret ": c.SecretFiles, "shared ": c.Shared, "odd ": c.Odd} {
		for key, value := range values {
			lines = append(lines, word+key+": "+value)
		}
	}
	for key := range c.Own {
		lines = append(lines, "own "+key)
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

// A Secret may be made by an object of another kind, by another name.
func TestSecretsMade(t *testing.T) {
	for name, c := range map[string]struct {
		object string
		has    bool
	}{
		"Secret":                       {"kind: Secret\nmetadata: {name: made}\nstringData: {token: a}\n", true},
		"Secret without the key":       {"kind: Secret\nmetadata: {name: made}\nstringData: {other: a}\n", false},
		"token of an account":          {"kind: Secret\nmetadata: {name: made}\ntype: kubernetes.io/service-account-token\n", true},
		"SealedSecret":                 {"kind: SealedSecret\nmetadata: {name: made}\nspec: {encryptedData: {token: AgBy}}\n", true},
		"SealedSecret with a template": {"kind: SealedSecret\nmetadata: {name: made}\nspec: {encryptedData: {a: AgBy}, template: {data: {token: '{{ .a }}'}}}\n", true},
		"ExternalSecret":               {"kind: ExternalSecret\nmetadata: {name: made}\nspec: {data: [{secretKey: token}]}\n", true},
		"ExternalSecret of a name":     {"kind: ExternalSecret\nmetadata: {name: other}\nspec: {target: {name: made}, dataFrom: [{extract: {key: a}}]}\n", true},
		"ExternalSecret of another":    {"kind: ExternalSecret\nmetadata: {name: made}\nspec: {target: {name: other}, data: [{secretKey: token}]}\n", false},
		"ExternalSecret's template":    {"kind: ExternalSecret\nmetadata: {name: made}\nspec: {data: [{secretKey: token}], target: {template: {data: {other: '{{ .token }}'}}}}\n", false},
		"a template beside the rest":   {"kind: ExternalSecret\nmetadata: {name: made}\nspec: {data: [{secretKey: token}], target: {template: {mergePolicy: Merge, data: {other: a}}}}\n", true},
		"Certificate":                  {"kind: Certificate\nmetadata: {name: other}\nspec: {secretName: made}\n", true},
		"VaultStaticSecret":            {"kind: VaultStaticSecret\nmetadata: {name: other}\nspec: {destination: {name: made}}\n", true},
	} {
		core := containers(t, c.object, workload("Deployment", "env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: made, key: token}}}]", "[]"))["core"]
		if got := core.Secrets["TOKEN"] == "token"; got != c.has {
			t.Errorf("%s: the variable is %q", name, core.Secrets["TOKEN"])
		}
	}
}

// What runs before a container is read too, but no component.
func TestInitial(t *testing.T) {
	target := clusterOf(t, "kind: Deployment\nmetadata: {name: core}\nspec: {template: {spec: {containers: [{name: core}], initContainers: [{name: wait, envFrom: [{configMapRef: {name: gone}}]}]}}}\n")
	if len(target.Containers) != 1 || len(target.Initial) != 1 {
		t.Fatalf("%d containers, %d before them", len(target.Containers), len(target.Initial))
	}
	first := target.Initial[0]
	if first.ID != "core-wait" || len(first.Odd) != 1 || first.Path[3] != "initContainers" {
		t.Errorf("the first container is %+v", first)
	}
	for fact := range target.Facts() {
		if strings.HasPrefix(fact, "core-wait ") {
			t.Errorf("the targets are compared by %s", fact)
		}
	}
}

func TestClaims(t *testing.T) {
	const volume = "[{name: v, persistentVolumeClaim: {claimName: images}}]"
	pod := workload("Deployment", "volumeMounts: [{name: v, mountPath: /x}]", volume)
	claim := "kind: PersistentVolumeClaim\nmetadata: {name: images}\nspec: {volumeName: images}\n"
	export := "kind: PersistentVolume\nmetadata: {name: images}\nspec: {nfs: {server: a, path: /export}}\n"
	if got := mounts(containers(t, pod, claim, export)["core"]); got != "shared /x: /export" {
		t.Errorf("with the claim: %s", got)
	}
	if got := mounts(containers(t, pod, export)["core"]); !strings.Contains(got, "odd mount /x: (no PersistentVolumeClaim images)") {
		t.Errorf("without the claim: %s", got)
	}
}

// Names that all got a prefix are those of the same components, which one workload
// more is not.
func TestPrefixedNames(t *testing.T) {
	named := func(workload, container string) string {
		return "kind: Deployment\nmetadata: {name: " + workload + "}\nspec: {template: {spec: {containers: [{name: " + container + "}, {name: probe}]}}}\n"
	}
	for name, c := range map[string]struct {
		objects []string
		want    []string
	}{
		"prefix":   {[]string{named("prod-core", "core")}, []string{"core", "core-probe"}},
		"suffix":   {[]string{named("core-v2", "core")}, []string{"core", "core-probe"}},
		"one more": {[]string{named("core", "core"), named("my-core", "core")}, []string{"core", "core-probe", "my-core-core", "my-core-probe"}},
		"another":  {[]string{named("tool", "run")}, []string{"tool-probe", "tool-run"}},
	} {
		if got := slices.Sorted(maps.Keys(containers(t, c.objects...))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	pod := "kind: Deployment\nmetadata: {name: core}\nspec:\n  template:\n    metadata: {labels: {app: core}}\n" +
		"    spec: {containers: [{name: core, ports: [{name: http, containerPort: 8080}], env: [{name: URL, value: 'http://core:80'}]}]}\n"
	for spec, want := range map[string]string{
		"": "(nobody answers)",
		"{selector: {app: a}, ports: [{port: 80}]}":                      "(Service core selects no pod)",
		"{selector: {app: core}, ports: [{port: 80, targetPort: http}]}": "core:8080",
		"{selector: {app: core}, ports: [{port: 80}]}":                   "core:80",
		"{selector: {app: core}, ports: [{port: 81}]}":                   "core:(Service core has no port 80)",
		"{ports: [{port: 80}]}":                                          "core:80",
	} {
		objects := []string{pod}
		if spec != "" {
			objects = append(objects, "kind: Service\nmetadata: {name: core}\nspec: "+spec+"\n")
		}
		if got := clusterOf(t, objects...).Answers["core:80"]; got != want {
			t.Errorf("%s: %q, not %q", spec, got, want)
		}
	}
}
