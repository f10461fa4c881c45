package accept

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = "testdata/good"

// broken are the ways in which the good rendering is broken on purpose, at least one
// for each kind, and what the parser then says.
var broken = []struct {
	kind, path, old, new, want string
}{
	{"kustomization", "kubernetes/kustomization.yaml", "  - env.yaml\n", "", "8 objects from a folder of 9 files"},
	{"kustomization", "kubernetes/kustomization.yaml", "resources", "resourcez", "resourcez"},
	{"compose", "compose/node1/docker-compose.yml", "    image: goharbor/harbor-log", "    imagee: goharbor/harbor-log", "imagee"},
	{"compose", "compose/node1/docker-compose.yml", "services:", "name: hub\nservices:", "name"},
	{"compose", "compose/node1/docker-compose.yml", "services:", "version: '3.9'\nservices:", "obsolete"},
	{"compose", "compose/node1/docker-compose.yml", "      - core\n", "      - cure\n", "cure"},
	{"compose", "compose/node1/docker-compose.yml", "a$$b", "a$b", "is not set"},
	{"compose", "compose/node1/docker-compose.yml", "    networks:\n      - harbor\n", "    networks:\n      - harbour\n", "harbour"},
	{"compose", "compose/node1/host/secrets.list", "variable core", "variable cure", "cure"},
	{"dotenv", "compose/node1/.env", "docker-compose.yml:", "", "does not name both"},
	{"dotenv", "compose/node1/.env", "docker-compose.secrets.yml", "core.env", "does not name both"},
	{"secrets list", "compose/node1/host/secrets.list", "variable core", "variable cure", "no service cure"},
	{"secrets list", "compose/node1/host/secrets.list", "file secretkey", "file secretkeys", "nothing mounts secretkeys"},
	{"secrets list", "compose/node1/host/secrets.list", "10000 10000 0400", "core core 0400", "line 1 is no line of it"},
	{"secrets list", "compose/node1/host/secrets.list", "CORE_SECRET core_secret\n", "CORE_SECRET core_secret", "has no end"},
	{"node list", "compose/node1/host/node.list", "node node1\n", "node node2\n", "it is not that of node1"},
	{"node list", "compose/node1/host/node.list", " 10000 2770", " harbor 2770", "is no line of it"},
	{"haproxy", "balancer/haproxy.cfg", "balance leastconn", "balance last", "balance only supports"},
	{"haproxy", "balancer/haproxy.cfg", "default_backend harbor", "default_backend harbour", "harbour"},
	{"keepalived", "balancer/keepalived.conf", "virtual_router_id 51", "virtual_router_id 256", "256"},
	{"nodes' secrets", "compose/node1/host/secrets.age", "secret csrf_key\n", "", "is no heading"},
	{"nodes' secrets", "compose/node1/host/secrets.age", "-----BEGIN AGE", "-----BEGIN OLD", "no block of age follows"},
	{"encrypted secret", "secrets/secret-hub.yaml", "sops:\n", "sopz:\n", "SOPS did not write it"},
	{"encrypted secret", "secrets/secret-hub.yaml", "key: ENC[AES256_GCM,", "key: plain,", "key is in the clear"},
	{"encrypted secret", "secrets/secret-hub.yaml", "kind: Secret", "kind: Sekret", "Sekret"},
	{"encrypted secret", "secrets/secret-hub.yaml", "type: Opaque", "typo: Opaque", "typo"},
	{"adapter", "autoscaling/prometheus-adapter-values.yaml", "seriesQuery", "seriesquery", "seriesquery"},
	{"adapter", "autoscaling/prometheus-adapter-values.yaml", "<<.Series>>", "<<.Serie>>", "Serie"},
	{"adapter", "autoscaling/prometheus-adapter-values.yaml", "custom:", "costum:", "costum"},
	{"custom resource", "flux/kustomization-hub.yaml", "retryInterval", "retryIntervall", "unknown field spec.retryIntervall"},
	{"custom resource", "flux/kustomization-hub.yaml", "interval: 10m", "interval: often", "spec.interval"},
	{"custom resource", "flux/gitrepository-hub.yaml", "https://git", "git@git", "spec.url"},
	{"custom resource", "flux/kustomization-hub-storage.yaml", "  prune: false\n", "", "spec.prune"},
	{"custom resource", "flux/kustomization-hub.yaml", "toolkit.fluxcd.io/v1\n", "toolkit.fluxcd.io/v1alpha1\n", "no kind \"Kustomization\" is served"},
	{"custom resource", "argocd/application-hub.yaml", "refresh: true", "refresh: yes please", "spec.syncPolicy.retry.refresh"},
	{"custom resource", "argocd/application-hub.yaml", "kind: Application", "kind: Aplication", "no definition of the kind"},
	{"custom resource", "argocd/appproject-hub.yaml", "sourceRepos", "sourceRepo", "unknown field spec.sourceRepo"},
	{"registry", "compose/node1/config/registry/config.yml", "version: 0.1", "version: 9.9", "version"},
	{"registry", "compose/node1/config/registry/config.yml", "  filesystem:\n    rootdirectory: /storage\n", "  inmemory: {}\n", "want filesystem"},
	{"registry", "compose/node1/config/registry/config.yml", "rootdirectory", "root", "rootdirectory did not arrive"},
	{"registry", "compose/node1/config/registry/config.yml", "    realm: harbor-registry-basic-realm\n", "", "auth.htpasswd.realm did not arrive"},
	{"registry", "compose/node1/config/registry/config.yml", "auth:\n  htpasswd:\n", "autz:\n  htpasswd:\n", "field autz not found"},
	{"registry", "compose/node1/config/registry/config.yml", "  enabletls: true\n", "", "enabletls did not arrive"},
	{"registry", "compose/node1/config/registry/config.yml", "  addr: redis1", "  address: redis1", "redis.addr did not arrive"},
	{"registry", "compose/node1/config/registry/config.yml", "sentinelMasterSet", "sentinelmasterset", "sentinelmasterset not found"},
	{"registry", "kubernetes/config.yaml", "addr: redis1", "address: redis1", "redis.addr did not arrive"},
	{"registry", "kubernetes/env.yaml", "REGISTRY_REDIS_ENABLETLS: \"true\"", "UNRELATED: x", "enabletls did not arrive"},
	{"registry", "kubernetes/env.yaml", "REGISTRY_REDIS_ENABLETLS", "REGISTRY_REDIS_ENABLE", "unrecognized environment variable"},
	{"registry", "kubernetes/env.yaml", "REGISTRY_REDIS_ENABLETLS: \"true\"", "REGISTRY_REDIS_DB: first", "first"},
	{"registryctl", "compose/node1/config/registryctl/config.yml", "registry_config", "registry-config", "registry-config"},
	{"jobservice", "compose/node1/config/jobservice/config.yml", "backend: redis", "backend: memory", "no redis backend"},
	{"jobservice", "compose/node1/config/jobservice/config.yml", "idle_timeout_second", "idle_timeout_seconds", "idle_timeout_seconds"},
	{"beego", "compose/node1/config/core/app.conf", "[prod]", "[prod", "unclosed section"},
	{"beego", "compose/node1/config/core/app.conf", "[prod]", "[dev]", "httpport"},
	{"nginx", "compose/node1/config/nginx/nginx.conf", "client_max_body_size", "client_max_body_sise", "unknown directive \"client_max_body_sise\""},
	{"nginx", "compose/node1/config/nginx/nginx.conf", "proxy_pass http://core/", "proxy_pass http://cure/", "host not found in upstream \"cure\""},
	{"nginx", "compose/node1/config/nginx/nginx.conf", "server core:8080", "server cure:8080", "host not found in upstream \"cure:8080\""},
	{"nginx", "compose/node1/config/nginx/nginx.conf", "listen 8443 ssl;", "listen 8443 ssl", "invalid parameter"},
	{"rsyslog", "compose/node1/config/log/rsyslog_docker.conf", "omfile", "omfiel", "omfiel"},
	{"logrotate", "compose/node1/config/log/logrotate.conf", "missingok", "missingk", "unknown option 'missingk'"},
	{"systemd", "compose/node1/host/harbor.service", "Requires=", "Requirez=", "Unknown key 'Requirez'"},
	{"systemd", "compose/node1/host/mnt-cephfs-harbor.mount", "Where=/mnt/cephfs/harbor", "Where=/mnt/cephfs", "doesn't match unit name"},
	{"fstab", "compose/node1/host/fstab", ",_netdev", "", "without _netdev"},
	{"fstab", "compose/node1/host/fstab", " 0 0\n", " 0\n", "5 fields"},
	{"fstab", "compose/node1/host/fstab", " 0 0\n", " zero 0\n", "parse error"},
	{"manifest", "kubernetes/deployment.yaml", "replicas: 3", "replicaz: 3", "unknown field \"spec.replicaz\""},
	{"manifest", "kubernetes/deployment.yaml", "  replicas: 3\n", "  replicas: 3\n  replicas: 3\n", "already set"},
	{"manifest", "kubernetes/deployment.yaml", "replicas: 3", "replicas: many", "cannot unmarshal"},
	{"manifest", "kubernetes/deployment.yaml", "kind: Deployment", "kind: Deploiment", "no kind \"Deploiment\""},
	{"manifest", "kubernetes/deployment.yaml", "mountPath: /storage", "mountPath: \"\"", "mountPath: Required value"},
	{"manifest", "kubernetes/deployment.yaml", "      labels:\n        app.kubernetes.io/name: registry", "      labels:\n        app.kubernetes.io/name: core", "`selector` does not match template `labels`"},
	{"manifest", "kubernetes/service.yaml", "port: 5000", "port: 65536", "must be between 1 and 65535"},
	{"manifest", "kubernetes/claim.yaml", "ReadWriteMany", "ReadWriteAll", "supported values"},
	{"manifest", "kubernetes/route.yaml", "parentRefs", "parentRef", "unknown field \"spec.parentRef\""},
	{"manifest", "kubernetes/claim.yaml", "spec:", "---\napiVersion: v1\nspec:", "want one object"},
	{"json", "compose/node1/host/daemon.json", "]\n", "],\n", "invalid character"},
	{"json", "compose/node1/host/daemon.json", "  ]\n", "  ],\n  \"insecure-registries\": []\n", "set twice"},
	{"shell", "compose/node1/host/check.sh", "fi\n", "", "end of file"},
	{"shell", "compose/node1/host/check.sh", "-q /mnt", "-q $mnt", "SC2086"},
	{"certificates", "compose/node1/trust/ca.crt", "MII", "AAA", "certificate 1"},
	{"certificates", "compose/node1/trust/ca.crt", "CERTIFICATE", "PRIVATE KEY", "want a certificate"},
	{"markdown", "RUNBOOK.md", "-d\n```\n", "-d\n", "never closed"},
	{"markdown", "RUNBOOK.md", "up -d", "up -d )", "code of line 7: shell"},
	{"blackbox", "compose/node1/config/prober/blackbox.yml", "prober: http", "prober: http\n    prober: tcp", "already set"},
	{"markdown", "RUNBOOK.md", "# Runbook", "Runbook", "no title"},
	{"kubelet", "nodes/workers/kubeletconfiguration.yaml", "evictionHard:", "evictionHart:", "unknown field \"evictionHart\""},
	{"kubelet", "nodes/workers/kubeletconfiguration.yaml", "  nodefs.available: 10%\n", "", "nothing is said of nodefs.available"},
	{"kubelet", "nodes/workers/kubeletconfiguration.yaml", "memory.available:", "memory.free:", "no signal memory.free"},
	{"kubelet", "nodes/workers/kubeletconfiguration.yaml", "memory.available: 100Mi", "memory.available: 100MB", "is no amount"},
	{"kubelet drop-in", "nodes/old/90-eviction.conf", "nodefs.available<5%%", "nodefs.available<5%", "specifier"},
	{"kubelet drop-in", "nodes/old/90-eviction.conf", ",memory.available<100Mi", "", "nothing is said of memory.available"},
	{"kubelet drop-in", "nodes/old/90-eviction.conf", "--eviction-hard", "--eviction-hart", "unknown flag"},
	{"kubelet drop-in", "nodes/old/90-eviction.conf", "[Service]", "[Servcie]", "Servcie"},
	{"account", "database/bootstrap.sql", "--   psql", "-- psql", "does not say how it is run"},
	{"account", "database/bootstrap.sql", "-U postgres", "-U 'postgres", "unexpected EOF"},
	{"containerd", "nodes/workers/containerd.toml", "root =", "roots =", "unknown [roots]"},
	{"page", "site/secrets.html", "</p>", "", "ends what did not begin"},
	{"page", "site/secrets.html", "</body></html>", "</body>", "<html> does not end"},
	{"page", "site/secrets.html", `id="top"`, `id="content"`, "two elements are called content"},
	{"page", "site/secrets.html", "<br>", `<br onclick="x()">`, "has onclick"},
	{"page", "site/secrets.html", "<br>", `<img src="x">`, "may load something"},
	{"images", "images.txt", "harbor-core", "Harbor-Core", "must be lowercase"},
	{"hosts of containerd", "clients/hosts.toml", "ca.crt", "root.crt", "no such file"},
	{"hosts of containerd", "clients/hosts.toml", "[host.\"https://hub.", "[host.\"https://hob.", "containerd asks https://hob."},
	{"hosts of containerd", "clients/hosts.toml", ", \"push\"", "", "with capabilities"},
	{"registries of podman", "clients/registries.conf", "insecure = true", "insecure = false", "for a registry with TLS"},
	{"registries of podman", "clients/registries.conf", "insecure = true", "insecure = yes", "registries.conf"},
	{"proxy of an engine", "clients/http-proxy.conf", "[Service]", "[Servcie]", "Servcie"},
	{"cloud-init", "clients/cloud-init.yaml", "#cloud-config", "# cloud-config", "passes it by"},
	{"cloud-init", "clients/cloud-init.yaml", "permissions:", "mode:", "unknown field"},
	{"cloud-init", "clients/cloud-init.yaml", "/hub/install.sh\nwrite", "/hub/other.sh\nwrite", "run none of the files"},
	{"cloud-init", "clients/cloud-init.yaml", "knows", "know", "is not the file of this folder"},
	{"", "compose/node1/host/check.sh", "", "", "no parser claims"},
}

// TestGood wants the rendering that the others break to be whole: what they report is
// then the break.
func TestGood(t *testing.T) {
	for _, file := range load(t, good) {
		if err := Check(file); err != nil {
			t.Errorf("%s: %v", file.Path, err)
		}
	}
	cluster := readCluster(load(t, good))
	if missing := append(cluster.dangling(), cluster.misdirected()...); len(missing) > 0 {
		t.Error(missing)
	}
	if refused, err := cluster.insecure(); len(refused) > 0 || err != nil {
		t.Error(refused, err)
	}
}

// TestBroken breaks one place of the good rendering at a time and wants it refused.
func TestBroken(t *testing.T) {
	for _, row := range broken {
		t.Run(row.path+"/"+row.want, func(t *testing.T) {
			root := breakGood(t, row.path, row.old, row.new)
			if row.kind == "" {
				rename(t, filepath.Join(root, row.path), "something.else")
			}
			said := complaints(t, root)
			if !strings.Contains(said, row.want) || !strings.Contains(said, row.kind) {
				t.Errorf("want kind %q to say %q, got:\n%s", row.kind, row.want, said)
			}
		})
	}
}

// TestBrokenCoversEveryKind wants a broken input for each row of the table.
func TestBrokenCoversEveryKind(t *testing.T) {
	covered := map[string]bool{}
	for _, row := range broken {
		covered[row.kind] = true
	}
	for _, kind := range Kinds() {
		if !covered[kind.Name] {
			t.Errorf("no broken input for kind %s", kind.Name)
		}
	}
}

func TestBrokenPaths(t *testing.T) {
	for _, row := range []struct{ path, old, new, want string }{
		{"compose/node1/docker-compose.yml", "./config/core/app.conf", "./config/core/app.cnf", "service core: ./config/core/app.cnf"},
		{"compose/node1/docker-compose.yml", "/mnt/cephfs/harbor/log/node1", "/mnt/cephfs/harbor/log/node2", "service log: /mnt/cephfs/harbor/log/node2"},
		{"compose/node1/docker-compose.yml", "hub}/secretkey", "hub}/key", "service core: /etc/hagen/secrets/hub/key"},
		{"RUNBOOK.md", "data/registry", "data/registry2", "service registry: /mnt/cephfs/harbor/data/registry"},
	} {
		t.Run(row.want, func(t *testing.T) {
			missing, err := Unprovided(load(t, breakGood(t, row.path, row.old, row.new)))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(missing, "\n"); got != "compose/node1/docker-compose.yml: "+row.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestBrokenReferences(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		{"name: registry-env", "name: registry-environment", `no ConfigMap "registry-environment"`},
		{"claimName: registry", "claimName: storage", `volume registry: no PersistentVolumeClaim "storage"`},
		{"subPath: config.yml", "subPath: config.yaml", `mount /etc/registry/config.yml: ConfigMap "registry-config" holds no such file`},
	} {
		t.Run(row.want, func(t *testing.T) {
			root := breakGood(t, "kubernetes/deployment.yaml", row.old, row.new)
			got := strings.Join(readCluster(load(t, root)).dangling(), "\n")
			if got != "kubernetes/deployment.yaml: "+row.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestBrokenDirections(t *testing.T) {
	for _, row := range []struct{ path, old, new, want string }{
		{"kubernetes/service.yaml", "app.kubernetes.io/name: registry", "app.kubernetes.io/name: core", "service.yaml: selects no pod (map[app.kubernetes.io/name:core])"},
		{"kubernetes/service.yaml", "targetPort: http", "targetPort: repo", `service.yaml: port 5000: the pods of kubernetes/deployment.yaml have no port named "repo"`},
		{"kubernetes/service.yaml", "name: registry\n  namespace", "name: hub\n  namespace", `route.yaml: no Service "registry" with that port`},
		{"kubernetes/ingress.yaml", "number: 5000", "number: 5001", `ingress.yaml: no Service "registry" with port 5001`},
		{"kubernetes/budget.yaml", "app.kubernetes.io/name: registry", "app.kubernetes.io/name: core", "budget.yaml: selects no pod (app.kubernetes.io/name=core)"},
	} {
		t.Run(row.want, func(t *testing.T) {
			root := breakGood(t, row.path, row.old, row.new)
			if got := strings.Join(readCluster(load(t, root)).misdirected(), "\n"); !strings.Contains(got, row.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestBrokenSecrets(t *testing.T) {
	files := load(t, breakGood(t, "kubernetes/deployment.yaml", "registry_http_secret", "http_secret"))
	want := `kubernetes/deployment.yaml: Secret "harbor-secrets", key "http_secret": no document names "http_secret"`
	if got := strings.Join(readCluster(files).undocumented(files), "\n"); got != want {
		t.Errorf("got %q", got)
	}
}

func TestBrokenPodSecurity(t *testing.T) {
	root := breakGood(t, "kubernetes/deployment.yaml", "allowPrivilegeEscalation: false", "privileged: true")
	refused, err := readCluster(load(t, root)).insecure()
	if err != nil {
		t.Fatal(err)
	}
	want := `kubernetes/deployment.yaml: restricted:v1.34 refuses the pod: privileged (container "registry" must not set securityContext.privileged=true), `
	if len(refused) != 1 || !strings.HasPrefix(refused[0], want) {
		t.Errorf("got %q", refused)
	}
}

// TestMissingProgram wants a parser that is not installed to be a failure.
func TestMissingProgram(t *testing.T) {
	_, _, err := command("", nil, "no-such-parser")
	if err == nil || !strings.Contains(err.Error(), "run test/install.sh") {
		t.Errorf("got %v", err)
	}
}

// TestCompare wants a difference between the two Compose programs to be named by path.
func TestCompare(t *testing.T) {
	old := map[string]any{"services": map[string]any{"core": map[string]any{"ports": []any{"1514:10514", "443:8443/tcp"}}}}
	current := map[string]any{"services": map[string]any{"core": map[string]any{"ports": []any{
		map[string]any{"published": "443", "target": 8443.0, "protocol": "tcp", "mode": "ingress"},
		map[string]any{"published": "1514", "target": 10515.0, "protocol": "tcp"},
	}}}}
	got := strings.Join(compare("", canonical(old), canonical(current)), "\n")
	want := "services.core.ports: [ 1514 10514 tcp  443 8443 tcp] and [ 1514 10515 tcp  443 8443 tcp]"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCanonical wants the two programs' spellings of one thing to be one, and what
// differs to stay different.
func TestCanonical(t *testing.T) {
	project := func(service map[string]any) map[string]any {
		return canonical(map[string]any{"services": map[string]any{"core": service}})
	}
	for _, row := range []struct {
		old, current map[string]any
		want         string
	}{
		{map[string]any{"stop_grace_period": "120s"}, map[string]any{"stop_grace_period": "2m0s"}, ""},
		{map[string]any{"stop_grace_period": "120s"}, map[string]any{"stop_grace_period": "2m1s"}, "services.core.stop_grace_period: 2m0s and 2m1s"},
		{map[string]any{"networks": map[string]any{"harbor": nil}}, map[string]any{"networks": map[string]any{"harbor": map[string]any{}}}, ""},
		{map[string]any{"networks": map[string]any{"harbor": nil}}, map[string]any{"networks": nil}, "services: map[core:map[networks:map[harbor:joined]]] and <nil>"},
		{map[string]any{"depends_on": map[string]any{"log": map[string]any{"condition": "service_started"}}}, map[string]any{}, "services: map[core:map[depends_on:map[log:service_started]]] and <nil>"},
	} {
		if got := strings.Join(compare("", project(row.old), project(row.current)), "\n"); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

// breakGood copies the good rendering, with old replaced by new in one file.
func breakGood(t *testing.T, path, old, new string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(good)); err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(root, path)
	data, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not contain %q", path, old)
	}
	if err := os.WriteFile(place, []byte(strings.ReplaceAll(string(data), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

func rename(t *testing.T, path, name string) {
	t.Helper()
	if err := os.Rename(path, filepath.Join(filepath.Dir(path), name)); err != nil {
		t.Fatal(err)
	}
}

// complaints checks only what the break can reach: programs are slow to start.
func complaints(t *testing.T, root string) string {
	t.Helper()
	var said strings.Builder
	for _, file := range load(t, root) {
		original, err := os.ReadFile(filepath.Join(good, file.Path))
		if err == nil && string(original) == string(file.Data) && !strings.Contains(file.Path, "kustomization") {
			continue
		}
		if err := Check(file); err != nil {
			said.WriteString(file.Path + ": " + err.Error() + "\n")
		}
	}
	return said.String()
}
