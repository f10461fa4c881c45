package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/compile"
)

// targetsDiffer lists what a bundle (left) and the cluster (right) may describe
// otherwise. Everything else is the same registry or a defect.
var targetsDiffer = []exception{
	{regexp.MustCompile(`^log `), "right", "collects what Docker on the node logs; a cluster collects by itself"},
	{regexp.MustCompile(`^(portal|proxy) own /tmp$`), "left", "the layer of a container takes it; pods say so with a volume"},
	{regexp.MustCompile(`^jobservice own /var/log/jobs$`), "left", "logs of jobs go elsewhere; the directory must only be writable"},
	{regexp.MustCompile(`^ceph (monitors|user)$`), "right", "ceph-csi has them from its own configuration and from its Secret"},
	{regexp.MustCompile(`^ceph file system$`), "right", "the plugin of Kubernetes itself mounts the default one"},
}

// nodesDiffer lists what the descriptions of two nodes may say otherwise.
var nodesDiffer = []exception{
	{regexp.MustCompile(`^log shared /var/log/docker$`), "", "two collectors in one directory would write into the same files"},
}

// overlaid are exceptions of examples whose overlay says so itself.
var overlaid = map[string][]exception{
	"overlay": {{regexp.MustCompile(`^jobservice env REGISTRY_HTTP_CLIENT_TIMEOUT$`), "right", "the example patches the bundles alone"}},
}

// TestParityOfExamples: a bundle and the cluster of one spec describe the same
// registry, seen from the final files alone.
func TestParityOfExamples(t *testing.T) {
	compiler := newCompiler(t)
	both := 0
	for _, file := range allExamples(t, "../../examples") {
		sites, err := compileFile(compiler, file)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, site := range sites {
			exceptions := append(overlaid[site.Folder], targetsDiffer...)
			if checkParity(t, site.Folder, artifactsOf(site), exceptions) {
				both++
			}
		}
	}
	if both < 3 {
		t.Errorf("%d examples have both targets, not 3", both)
	}
}

// checkParity compares every bundle with the cluster and with the first bundle,
// and tells whether there were both targets.
func checkParity(t *testing.T, name string, files artifacts, exceptions []exception) bool {
	t.Helper()
	for _, d := range disparities(t, files, exceptions) {
		t.Errorf("%s: %s", name, d)
	}
	return len(files.folders("compose")) > 0 && len(files.folders("kubernetes")) > 0
}

// disparities returns what must not differ and does, over all targets and nodes.
func disparities(t *testing.T, files artifacts, exceptions []exception) []difference {
	t.Helper()
	var found []difference
	var firstNode facts
	cluster := facts{}
	if len(files.folders("kubernetes")) > 0 {
		cluster = clusterFacts(t, files)
	}
	for _, node := range files.folders("compose") {
		bundle := bundleFacts(t, files, node)
		if len(cluster) > 0 {
			found = append(found, unexplained(compareFacts(bundle, cluster), exceptions)...)
		}
		if firstNode == nil {
			firstNode = bundle
		}
		found = append(found, unexplained(compareFacts(firstNode, bundle), nodesDiffer)...)
	}
	return append(found, nodeDisparities(t, files)...)
}

// TestParityOfMadeSpecs crosses versions, ways in and kinds of Redis, with all
// that changes components: metrics, caches, proxies, authorities, loggers.
func TestParityOfMadeSpecs(t *testing.T) {
	compiler := newCompiler(t)
	for _, made := range madeSpecs() {
		site := compileText(t, compiler, made.text)
		if !checkParity(t, made.name, artifactsOf(site), targetsDiffer) {
			t.Errorf("%s: not both targets", made.name)
		}
	}
}

// compileText compiles a spec that the test made, in a folder with the files
// that such specs name.
func compileText(t *testing.T, compiler *compile.Compiler, text string) compile.Site {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"hagen.toml": text, "ca.pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "extra.libsonnet": extraSidecar,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sites, err := compileFile(compiler, filepath.Join(dir, "hagen.toml"))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return sites[0]
}

type madeSpec struct{ name, text string }

// madeSpecs combines one of each list.
func madeSpecs() []madeSpec {
	var made []madeSpec
	for _, version := range parityVersions {
		for _, way := range parityWays {
			for _, redis := range parityRedis {
				if !regexp.MustCompile(redis.versions).MatchString(version.number) {
					continue
				}
				text := strings.Join([]string{
					fmt.Sprintf(parityBase, way.top, version.number, way.registry, version.ceph, way.vm, way.node, version.kubernetes, way.expose),
					redis.text, version.more,
				}, "\n")
				made = append(made, madeSpec{version.number + " " + way.name + " " + redis.name, text})
			}
		}
	}
	return made
}
