package compile_test

import (
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/registry"
	"hagen/internal/spec"
)

// example compiles an example after changes of its text, pairs of old and new,
// as if it stood in the folder of the examples.
func example(t *testing.T, name string, changes ...string) artifacts {
	t.Helper()
	text := string(readFile(t, "../../examples/"+name+".toml"))
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("%s does not hold %q", name, changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	document, err := spec.Decode(name+".toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	site, err := newCompiler(t).Worker(absolute(t, "../../examples")).Compile(document, "")
	if err != nil {
		t.Fatal(err)
	}
	return artifactsOf(site)
}

const mirrorOverlay = `overlays = ["overlays/mirror"]`

// changes are the facts that differ, with what they are afterwards.
func changes(before, after facts) map[string]string {
	out := map[string]string{}
	for _, d := range registry.Compare(before, after) {
		out[d.Fact] = d.Right
	}
	return out
}

// One overlay of the user changes a mirror, a variable and a file, and nothing
// else, in every bundle and in the cluster.
func TestOneOverlayPatchesBothTargets(t *testing.T) {
	plain, patched := example(t, "overlay", mirrorOverlay, ""), example(t, "overlay")
	want := map[string]string{
		"proxy image":                       "mirror.example.com/goharbor/nginx-photon:v2.15.2",
		"trivy-adapter image":               "mirror.example.com/goharbor/trivy-adapter-photon:v2.15.1",
		"core env GDPR_DELETE_USER":         "true",
		"portal file /etc/nginx/nginx.conf": string(readFile(t, "../../examples/overlays/mirror/portal.nginx.conf")),
	}
	wantChanges(t, "cluster", want, changes(clusterFacts(t, plain), clusterFacts(t, patched)))
	// what the overlay patches in the bundles alone
	want["jobservice env REGISTRY_HTTP_CLIENT_TIMEOUT"] = "60"
	for _, node := range []string{"node1", "node2"} {
		wantChanges(t, node, want, changes(bundleFacts(t, plain, node), bundleFacts(t, patched, node)))
	}
}

// A replica count is the cluster's: a node runs one container of each.
func TestOverlaySetsReplicas(t *testing.T) {
	plain, patched := example(t, "overlay", mirrorOverlay, ""), example(t, "overlay")
	want := map[string]string{"portal": "2"}
	wantChanges(t, "replicas", want, changes(replicasOf(t, plain), replicasOf(t, patched)))
	project := decodeYAML(t, "node1", patched["compose/node1/docker-compose.yml"])
	portal := artifact.Map(artifact.Map(project["services"])["portal"])
	if portal == nil || portal["deploy"] != nil || portal["scale"] != nil {
		t.Errorf("the bundle's portal is %v", portal)
	}
}

// The sidecar of the user's own Jsonnet comes out on both targets.
func TestSidecarOnBothTargets(t *testing.T) {
	plain := example(t, "sidecar", `extend = ["jsonnet/sidecar.libsonnet"]`, "")
	extended := example(t, "sidecar")
	for side, got := range map[string]map[string]string{
		"cluster": changes(clusterFacts(t, plain), clusterFacts(t, extended)),
		"node1":   changes(bundleFacts(t, plain, "node1"), bundleFacts(t, extended, "node1")),
		"node2":   changes(bundleFacts(t, plain, "node2"), bundleFacts(t, extended, "node2")),
	} {
		file := got["proxy-prober file /etc/prober/blackbox.json"]
		if !strings.Contains(file, "fail_if_header_not_matches") {
			t.Errorf("%s: the configuration is %q", side, file)
		}
		delete(got, "proxy-prober file /etc/prober/blackbox.json")
		wantChanges(t, side, map[string]string{
			"proxy-prober image":   "quay.io/prometheus/blackbox-exporter:v0.25.0",
			"proxy-prober command": `[] ["--config.file=/etc/prober/blackbox.json"]`,
			"proxy-prober network": "proxy",
		}, got)
	}
}

// Pods read their configuration once, so a changed one must make new pods, and
// nothing else may: a checksum on the pod template says so.
func TestChecksumFollowsConfiguration(t *testing.T) {
	for _, kind := range []string{"Deployment", "ReplicationController"} {
		t.Run(kind, func(t *testing.T) {
			workload := "[kubernetes]\nworkload = \"" + kind + "\""
			files := example(t, "overlay", "[kubernetes]", workload)
			if _, ok := files["kubernetes/"+strings.ToLower(kind)+"-core.yaml"]; !ok {
				t.Fatalf("core is no %s", kind)
			}
			patched := checksums(t, files)
			plain := checksums(t, example(t, "overlay", "[kubernetes]", workload, mirrorOverlay, ""))
			for _, component := range []string{"core", "portal"} {
				if plain[component] == patched[component] {
					t.Errorf("%s keeps its pods although its ConfigMap changed", component)
				}
				delete(plain, component)
				delete(patched, component)
			}
			// trivy and the proxy have another image, which makes new pods by itself
			wantChanges(t, kind, map[string]string{}, changes(plain, patched))
			if len(plain) < 3 {
				t.Errorf("only %d checksums are left: %v", len(plain), plain)
			}
		})
	}
}

func wantChanges(t *testing.T, side string, want, got map[string]string) {
	t.Helper()
	for _, d := range registry.Compare(want, got) {
		t.Errorf("%s: %s is %.60q, want %.60q", side, d.Fact, d.Right, d.Left)
	}
}

// replicasOf returns how many pods each workload has.
func replicasOf(t *testing.T, files artifacts) facts {
	t.Helper()
	return workloads(t, files, func(spec map[string]any) string { return scalar(spec["replicas"]) })
}

// checksums returns the checksum of the configuration on each pod template.
func checksums(t *testing.T, files artifacts) facts {
	t.Helper()
	return workloads(t, files, func(spec map[string]any) string {
		metadata := artifact.Map(artifact.Map(spec["template"])["metadata"])
		return scalar(artifact.Map(metadata["annotations"])["hagen.dev/config-checksum"])
	})
}

func workloads(t *testing.T, files artifacts, read func(spec map[string]any) string) facts {
	t.Helper()
	found := facts{}
	for name, text := range files {
		if !strings.HasPrefix(name, "kubernetes/") {
			continue
		}
		object := artifact.Object(decodeYAML(t, name, text))
		if registry.PodTemplate(object) != nil {
			found[parityOf(t).Names.Component(object.Name())] = read(artifact.Map(object["spec"]))
		}
	}
	return found
}
