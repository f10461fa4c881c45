package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/compile"
	"hagen/internal/registry"
)

// overlaid are exceptions of examples whose overlay says so itself.
var overlaid = map[string]string{"overlay": "jobservice env REGISTRY_HTTP_CLIENT_TIMEOUT"}

// TestParityOfExamples: a bundle and the cluster of one spec describe the same
// registry, seen from the final files alone.
func TestParityOfExamples(t *testing.T) {
	both := 0
	for _, site := range exampleSites(t, newCompiler(t)) {
		if checkParity(t, site.Folder, artifactsOf(site), overlaid[site.Folder]) {
			both++
		}
	}
	if both < 3 {
		t.Errorf("%d examples have both targets, not 3", both)
	}
}

// checkParity compares every bundle with the cluster and with the first bundle,
// but for one fact, and tells whether there were both targets.
func checkParity(t *testing.T, name string, files artifacts, except string) bool {
	t.Helper()
	for _, d := range disparities(t, files) {
		if d.Fact != except {
			t.Errorf("%s: %v", name, d)
		}
	}
	return len(files.folders("compose")) > 0 && len(files.folders("kubernetes")) > 0
}

// disparities returns what must not differ and does, over all targets and nodes.
func disparities(t *testing.T, files artifacts) []registry.Difference {
	t.Helper()
	var found []registry.Difference
	for _, d := range parityOf(t).Disparities(siteOf(t, files)) {
		found = append(found, d.Difference)
	}
	return append(found, nodeDisparities(t, files)...)
}

// TestParityOfMadeSpecs crosses versions, ways in and kinds of Redis, with all
// that changes components: metrics, caches, proxies, authorities, loggers.
func TestParityOfMadeSpecs(t *testing.T) {
	compiler := newCompiler(t)
	for _, made := range madeSpecs() {
		site := compileText(t, compiler, made.text)
		if !checkParity(t, made.name, artifactsOf(site), "") {
			t.Errorf("%s: not both targets", made.name)
		}
	}
}

// compileText compiles a spec that the test made, in a folder with the files
// that such specs name.
func compileText(t *testing.T, compiler *compile.Compiler, text string) compile.Site {
	t.Helper()
	return compileIn(t, compiler, t.TempDir(), text)
}

// compileIn does so in a folder that is there.
func compileIn(t *testing.T, compiler *compile.Compiler, dir, text string) compile.Site {
	t.Helper()
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
