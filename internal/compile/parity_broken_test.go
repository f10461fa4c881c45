package compile_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hagen/internal/registry"
)

// mutation breaks the artifacts of one target in one place. An empty old text
// removes the file.
type mutation struct {
	name, file, old, new string
	// fact is a word of the fact that must be seen to differ.
	fact string
}

const (
	composeOfA = "compose/a/docker-compose.yml"
	composeOfB = "compose/b/docker-compose.yml"
)

var mutations = []mutation{
	{"another tag on a node", composeOfA, "harbor-core:v2.14.4", "harbor-core:v2.14.3", "core image"},
	{"another tag in the cluster", "kubernetes/deployment-core.yaml", "harbor-core:v2.14.4", "harbor-core:v2.14.3", "core image"},
	{"another variable on a node", composeOfA, `CACHE_EXPIRE_HOURS: "24"`, `CACHE_EXPIRE_HOURS: "12"`, "env CACHE_EXPIRE_HOURS"},
	{"another variable in the cluster", "kubernetes/configmap-core-env.yaml", "EXT_ENDPOINT: https://hub.example.com", "EXT_ENDPOINT: http://hub.example.com", "core env EXT_ENDPOINT"},
	{"a variable less", composeOfA, "POSTGRESQL_SSLMODE: require", "OTHER: require", "core env POSTGRESQL_SSLMODE"},
	{"a file on one node", "compose/b/config/registry/config.yml", "db: 1", "db: 2", "registry file"},
	{"a file missing", "compose/a/config/core/app.conf", "", "", "core file /etc/core/app.conf"},
	{"a file in the cluster", "kubernetes/configmap-proxy-config.yaml", "client_max_body_size 0;", "client_max_body_size 1m;", "proxy file"},
	{"a ConfigMap missing", "kubernetes/configmap-registry-config.yaml", "", "", "registry file"},
	{"a file at another path", "kubernetes/deployment-registry.yaml", "mountPath: /etc/registry/config.yml", "mountPath: /etc/docker/registry/config.yml", "registry file /etc/registry/config.yml"},
	{"another storage on a node", composeOfA, "/mnt/shared/images", "/mnt/shared/other", "registry shared /storage"},
	{"storage on the disk of a node", composeOfB, "source: /mnt/other/images", "source: /srv/images", "registry own /storage"},
	{"another storage in the cluster", "kubernetes/persistentvolume-parity-registry.yaml", "rootPath: /apps/parity/images", "rootPath: /apps/other/images", "registry shared /storage"},
	{"another file system on a node", "compose/b/host/mnt-other.mount", "10.1.0.2:6789:/apps/parity", "10.1.0.2:6789:/apps", "shared /storage"},
	{"storage read-only", "kubernetes/deployment-registry.yaml", "mountPath: /storage", "mountPath: /storage\n          readOnly: true", "registry shared /storage"},
	{"another key", "kubernetes/deployment-core.yaml", "key: private_key.pem\n            path: private_key.pem", "key: secretkey\n            path: private_key.pem", "core secret file"},
	{"another material", "kubernetes/deployment-jobservice.yaml", "key: jobservice_secret", "key: core_secret", "jobservice secret JOBSERVICE_SECRET"},
	{"an entry that nobody is told to make", "kubernetes/deployment-core.yaml", "key: csrf_key", "key: csrf", "core secret CSRF_KEY"},
	{"another material on the nodes", "compose/b/host/secrets.list", "variable core CSRF_KEY csrf_key", "variable core CSRF_KEY core_secret", "core secret CSRF_KEY"},
	{"no secret variables", "compose/b/.env", "docker-compose.secrets.yml", "docker-compose.yml", "secrets"},
	{"the port not published", composeOfB, `"443:8443"`, `"4430:8443"`, "entry port"},
	{"the balancer at the redirect", "kubernetes/service-proxy.yaml", "targetPort: https", "targetPort: http", "entry port"},
	{"a component missing", "kubernetes/deployment-registryctl.yaml", "", "", "registryctl image"},
	{"a Service missing", "kubernetes/service-jobservice.yaml", "", "", "address jobservice:8080"},
	{"a Service at another port", "kubernetes/service-core.yaml", "port: 8080", "port: 80", "address core:8080"},
	{"another user of the container", composeOfB, "restart: always", "restart: \"no\"", "services/core/restart"},
	{"an argument", "kubernetes/deployment-proxy.yaml", "- a b", "- a", "proxy-probe command"},
	{"a file more on one node", "compose/b/config/core/more.conf", "\x00", "more", "file config/core/more.conf"},
}

// TestParitySeesDifferences breaks good artifacts in many ways: each must be
// seen, or the tests above prove nothing.
func TestParitySeesDifferences(t *testing.T) {
	good := artifactsOf(compileText(t, newCompiler(t), madeSpec214(t)))
	if found := disparities(t, good); len(found) > 0 {
		t.Fatalf("the unbroken artifacts differ: %v", found)
	}
	if n := len(bundleFacts(t, good, "a")); n < 120 {
		t.Errorf("a bundle has %d facts only", n)
	}
	for _, m := range mutations {
		found := disparities(t, m.apply(t, good))
		if !slices.ContainsFunc(found, func(d registry.Difference) bool { return strings.Contains(d.Fact, m.fact) }) {
			t.Errorf("%s is not seen as %q: %v", m.name, m.fact, found)
		}
	}
}

func (m mutation) apply(t *testing.T, good artifacts) artifacts {
	t.Helper()
	broken := maps.Clone(good)
	if m.old == "\x00" {
		broken[m.file] = m.new
		return broken
	}
	text, ok := broken[m.file]
	if !ok || !strings.Contains(text, m.old) {
		t.Fatalf("%s: %s does not hold %q", m.name, m.file, m.old)
	}
	if m.old == "" {
		delete(broken, m.file)
		return broken
	}
	broken[m.file] = strings.Replace(text, m.old, m.new, 1)
	return broken
}

// madeSpec214 is the made spec with the most parts.
func madeSpec214(t *testing.T) string {
	t.Helper()
	for _, made := range madeSpecs() {
		if made.name == "2.14.4 https sentinel" {
			return made.text
		}
	}
	t.Fatal("there is no such spec")
	return ""
}
