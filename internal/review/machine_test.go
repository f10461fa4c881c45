package review_test

import (
	"os"
	"testing"
)

const (
	compose      = "compose/*/docker-compose.yml"
	registryFile = "compose/*/config/registry/config.yml"
	jobsFile     = "compose/*/config/jobservice/config.yml"
	jobsEnv      = "kubernetes/configmap-jobservice-env.yaml"
	list         = "compose/*/host/secrets.list"
	hubVM        = "hub-vm"
	hubSites     = "hub-sites/berlin"
)

// rotated is a secret with another fingerprint on every node and in the cluster.
func rotated(name, print string) []edit {
	const other = "0123456789abcdef"
	return []edit{
		sub(list, "fingerprint "+name+" "+print, "fingerprint "+name+" "+other),
		everywhere(print, other),
	}
}

// trust puts another authority in place of the one that is trusted.
func trust(file string) edit {
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		other, err := os.ReadFile("testdata/other.crt")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range matching(t, files, file) {
			files[name] = string(other)
		}
	}
}

var machineChanges = []change{
	{rule: "bundle-added", in: hub, given: []edit{drop("compose/node3/")}, edits: []edit{put("compose/node3/docker-compose.yml", "services: {}\n")}},
	{rule: "bundle-removed", in: hub, edits: []edit{drop("compose/node3/")}},
	{rule: "service-of-bundle-removed", in: hubVM, given: []edit{sub(compose, "services:\n", "services:\n  extra:\n    image: example.com/extra:1\n")}, edits: []edit{sub(compose, "  extra:\n    image: example.com/extra:1\n", "")}},
	{rule: "service-of-bundle-added", in: hubVM, edits: []edit{sub(compose, "services:\n", "services:\n  extra:\n    image: example.com/extra:1\n")}},
	{rule: "once-service", in: hubVM, edits: []edit{sub(compose, "vmware/harbor-db:", "mirror.example.com/harbor-db:")}},
	{rule: "replication-sites", in: hubSites, edits: []edit{sub(compose, "REPLICATION_SITES: munich", "REPLICATION_SITES: munich bonn")}},
	{rule: "compose-not-counted", in: hub, edits: []edit{sub(compose, "      registry:\n        condition: service_started\n    environment", "    environment")}},
	{rule: "compose-local-port", in: hub, edits: []edit{sub(compose, "127.0.0.1:1514:", "127.0.0.1:1515:")}},
	{name: "compose-port-added", rule: "compose-service", in: hubVM, edits: []edit{sub(compose, "\"8070:80\"", "\"8070:80\"\n    - \"8443:443\"")}},
	{rule: "compose-port", in: hubVM, edits: []edit{sub(compose, `"8070:80"`, `"8080:80"`)}},
	{rule: "compose-image", in: hub, edits: []edit{sub(compose, "goharbor/harbor-core:", "mirror.example.com/harbor-core:")}},
	{rule: "compose-service", in: hub, edits: []edit{sub("compose/node1/docker-compose.yml", "LOG_LEVEL: info\n      MAX_JOB", "LOG_LEVEL: debug\n      MAX_JOB")}},
	{rule: "compose-network", in: hub, edits: []edit{sub(compose, "172.28.0.0/24", "172.29.0.0/24")}},
	{rule: "compose-volume-removed", in: hubVM, given: []edit{sub(compose, "services:\n", "volumes:\n  cache: {}\nservices:\n")}, edits: []edit{sub(compose, "volumes:\n  cache: {}\nservices:\n", "services:\n")}},
	{rule: "compose-project-name", in: hubVM, edits: []edit{sub(compose, "services:\n", "name: other\nservices:\n")}},
	{rule: "compose-project", in: hubVM, edits: []edit{sub(compose, "services:\n", "x-note: hello\nservices:\n")}},

	{rule: "version-generation", in: hub, from: "1.2.2", to: "2.15.2", edits: []edit{sub("SECRETS.md", "#", "##")}},
	{rule: "version-downgrade", in: hub, from: "2.15.2", to: "2.14.4", edits: []edit{sub("SECRETS.md", "#", "##")}},
	{rule: "version-jump", in: hub, from: "2.10.0", to: "2.13.5", edits: []edit{sub("SECRETS.md", "#", "##")}},
	{rule: "version-minor", in: hub, from: "2.14.4", to: "2.15.2", edits: []edit{sub(compose, "v2.15.2", "v2.15.3")}},
	{rule: "version-patch", in: hub, from: "2.15.1", to: "2.15.2", edits: []edit{sub("SECRETS.md", "#", "##")}},
	{rule: "bundle-config-rolls", in: hub, edits: []edit{sub(registryFile, "level: info", "level: debug"), sub(compose, "goharbor/registry-photon:", "mirror.example.com/registry-photon:")}},
	{rule: "bundle-config", in: hub, edits: []edit{sub(registryFile, "level: info", "level: debug")}},
	{name: "bundle-config-nginx", rule: "bundle-config", in: hub, edits: []edit{sub("compose/*/config/proxy/nginx.conf", "client_max_body_size 0", "client_max_body_size 1g")}},
	{name: "bundle-config-nginx-target", rule: "bundle-config", in: hub, edits: []edit{sub("compose/*/config/proxy/nginx.conf", "http://core/v2/", "http://elsewhere.example.com/v2/")}},
	{name: "certificate-renewed", rule: "bundle-config", in: hub, edits: []edit{trust("compose/*/config/trusted-ca/ca.crt")}},
	{rule: "node-scripts", in: hub, edits: []edit{sub("compose/*/host/node.list", "10.10.4.11 6789", "10.10.4.11 3300")}},
	{rule: "balancer", in: hub, edits: []edit{sub("balancer/haproxy.cfg", "maxconn 4096", "maxconn 8192")}},
	{rule: "unit", in: hub, edits: []edit{sub("compose/*/host/harbor.service", "TimeoutStopSec=600", "TimeoutStopSec=900")}},
	{rule: "mount-unit", in: hub, edits: []edit{sub("compose/*/host/mnt-cephfs-harbor.mount", "noatime", "relatime")}},
	{rule: "secrets-of-node", in: hub, edits: []edit{sub(list, "file passwd 10000 10000 0400", "file passwd 10000 10000 0440")}},
	{rule: "document", in: hub, edits: []edit{sub("SECRETS.md", "#", "##")}},
	{rule: "clients", in: hubVM, edits: []edit{sub("clients/daemon.json", ":8070", ":8080")}},
	{rule: "clients-removed", in: hubVM, edits: []edit{drop("clients/daemon.json")}},
	{rule: "clients-authority", in: hub, edits: []edit{trust("clients/ca.crt")}},
	{rule: "clients-script", in: hub, edits: []edit{sub("clients/install.sh", "set -eu", "set -e")}},
	{rule: "clients-birth", in: hub, edits: []edit{sub("clients/cloud-init.yaml", "set -eu", "set -e")}},
	{rule: "once-config", in: hubVM, edits: []edit{sub("compose/*/config/database-bootstrap/load.sh", "DATABASE_WAIT:-120", "DATABASE_WAIT:-240")}},
	{rule: "replication-config", in: hubSites, edits: []edit{sub("compose/*/config/replication/policy-munich.json", "event_based", "scheduled")}},
	{rule: "replication-data", in: hubSites, edits: []edit{sub("replication/policy-munich.json", "event_based", "scheduled")}},
	{rule: "database-account", in: hub, edits: []edit{sub("database/bootstrap.sql", "CONNECTION LIMIT", "CONNECTION LIMIT 1")}},
	{rule: "nodes-engine", in: hub1, edits: []edit{sub("nodes/workers/daemon.json", "/data/docker", "/srv/docker")}},
	{rule: "nodes-kubelet", in: hub1, edits: []edit{sub("nodes/workers/90-eviction.conf", "nodefs.available<5%%", "nodefs.available<10%%")}},
	{rule: "file-unused", in: hub, given: []edit{put("compose/node1/config/extra.txt", "a\nb\n")}, edits: []edit{sub("compose/node1/config/extra.txt", "a", "c")}},

	{rule: "external-url", in: hub, edits: []edit{sub(compose, "EXT_ENDPOINT: https://hub.example.com", "EXT_ENDPOINT: https://registry.example.com")}},
	{name: "external-url-cluster", rule: "external-url", in: hub, edits: []edit{sub(coreEnv, "EXT_ENDPOINT: https://hub.example.com", "EXT_ENDPOINT: https://registry.example.com")}},
	{rule: "token-realm", in: hubVM, edits: []edit{sub(registryFile, "/service/token", "/other/token")}},
	{rule: "database-name", in: hub, edits: []edit{sub(coreEnv, "POSTGRESQL_DATABASE: registry", "POSTGRESQL_DATABASE: harbor")}},
	{rule: "database-address", in: hub, edits: []edit{sub(coreEnv, "postgres.example.com", "postgres2.example.com")}},
	{name: "database-address-account", rule: "database-address", in: hub, edits: []edit{sub(coreEnv, "postgres.example.com", "postgres2.example.com"), sub("database/bootstrap.sql", "-h postgres.example.com", "-h postgres2.example.com")}},
	{name: "internal-url-daemon", rule: "internal-url", in: hub, given: []edit{put(extra, daemonSet("apps/v1")), sub(extra, "extra:1\n", "extra:1\n        envFrom:\n        - configMapRef:\n            name: core-env\n")}, edits: []edit{sub(coreEnv, "CORE_URL: http://core:8080", "CORE_URL: https://core:8443")}},
	{rule: "database-user", in: hub, edits: []edit{sub(coreEnv, "POSTGRESQL_USERNAME: harbor", "POSTGRESQL_USERNAME: hub")}},
	{rule: "redis-address", in: hub, edits: []edit{sub(registry, "redis1.example.com", "redis9.example.com")}},
	{name: "redis-address-jobs", rule: "redis-address", in: hub, given: []edit{sub(jobsEnv, "\ndata:\n", "\ndata:\n  JOB_SERVICE_POOL_REDIS_URL: redis://redis.example.com:6379/2\n")}, edits: []edit{sub(jobsEnv, "6379/2", "6379/9")}},
	{rule: "job-queue", in: hub, edits: []edit{sub(jobsFile, "harbor_job_service_namespace", "other_namespace")}},
	{rule: "registry-storage", in: hub, edits: []edit{sub(registryFile, "rootdirectory: /storage", "rootdirectory: /images")}},
	{name: "registry-bucket", rule: "registry-storage", in: "hub-s3", edits: []edit{sub(registryFile, "bucket: harbor", "bucket: images")}},
	{rule: "registry-redirect", in: "hub-s3", edits: []edit{sub(registryFile, "disable: true", "disable: false")}},
	{rule: "storage-provider", in: hub, edits: []edit{sub(coreEnv, "REGISTRY_STORAGE_PROVIDER_NAME: filesystem", "REGISTRY_STORAGE_PROVIDER_NAME: s3")}},
	{rule: "stored-mount", in: hubVM, edits: []edit{sub(compose, "source: /mnt/cephfs/harbor/data/registry\n      target: /storage", "source: /mnt/cephfs/harbor/data/images\n      target: /storage")}},
	{rule: "node-mount", in: hub, edits: []edit{sub("compose/*/host/fstab", "/apps/harbor", "/apps/other")}},
	{name: "node-mount-nfs", rule: "node-mount", in: "hub-nfs", edits: []edit{sub("compose/*/host/mnt-nfs-harbor.mount", "nfs.example.com:", "filer.example.com:")}},
	{rule: "registry-auth", in: hub, edits: []edit{sub(registryFile, "path: /etc/registry/passwd", "path: /etc/registry/users")}},
	{rule: "registry-http", in: hub, edits: []edit{sub(registryFile, `addr: ":5000"`, `addr: ":5001"`)}},
	{rule: "internal-url", in: hub, edits: []edit{sub(coreEnv, "CORE_URL: http://core:8080", "CORE_URL: https://core:8443")}},
	{rule: "read-only", in: hub, edits: []edit{sub(coreEnv, `READ_ONLY: "false"`, `READ_ONLY: "true"`)}},
	{rule: "auth-mode", in: hubVM, edits: []edit{sub(compose, "AUTH_MODE: db_auth", "AUTH_MODE: ldap_auth")}},
	{rule: "settings-reset", in: hubVM, edits: []edit{sub(compose, `RESET: "true"`, `RESET: "false"`)}},
	{rule: "shared-cache", in: hub, edits: []edit{sub(coreEnv, "\ndata:\n", "\ndata:\n  CACHE_ENABLED: \"true\"\n")}},
	{rule: "scanner-robots", in: hub, edits: []edit{sub(coreEnv, `ROBOT_SCANNER_NAME_PREFIX: "40d04cfe"`, "ROBOT_SCANNER_NAME_PREFIX: other")}},
	{rule: "proxy-listens", in: hub, edits: []edit{sub("compose/*/config/proxy/nginx.conf", "listen 8443", "listen 9443")}},
	{name: "proxy-listens-too", rule: "bundle-config", in: hub, edits: []edit{sub("compose/*/config/proxy/nginx.conf", "listen 8443 ssl;", "listen 8443 ssl;\n        listen 9443 ssl;")}},
	{name: "proxy-listens-more", rule: "config-rolls", in: hub, edits: []edit{sub("kubernetes/configmap-proxy-config.yaml", "    http {\n", "    http {\n        server {\n            listen 9443;\n        }\n"), sub("kubernetes/deployment-proxy.yaml", "config-checksum: ", "config-checksum: 0")}},
	{rule: "job-logs", in: hub, edits: []edit{sub("kubernetes/configmap-jobservice-config.yaml", "duration: 1", "duration: 9"), sub("kubernetes/deployment-jobservice.yaml", "name: jobservice-config\n", "name: other\n")}},

	{rule: "kept-on-node", in: hubVM, edits: []edit{sub(document, "password of the database user", "password of the account")}},
	{name: "kept-redis", rule: "redis-password", in: hubNFS, edits: []edit{sub(document, ":6379/0?idle", ":6379/8?idle"), sub(document, ":6379/2?idle", ":6379/9?idle")}},
	{rule: "kept-on-node-made", in: hubNFS, edits: []edit{
		sub(document, "| `csrf_key` | 32", "| `extra` | text, no line break | for a test |\n| `csrf_key` | 32"), sub(list, "variable core CSRF_KEY csrf_key", "variable core CSRF_KEY csrf_key\nvariable core EXTRA extra"),
	}},
	{rule: "kept-not-on-node", in: hubNFS, given: []edit{sub(list, "variable core CSRF_KEY csrf_key\n", "")}, edits: []edit{sub(document, "| `csrf_key` | 32", "| `csrf_key` | 64")}},
	{rule: "kept-on-node-removed", in: hubNFS, edits: []edit{sub(document, "| `csrf_key` | 32", "| csrf_key | 32"), sub(list, "variable core CSRF_KEY csrf_key\n", "")}},

	{rule: "secretkey", in: hub, edits: rotated("secretkey", "fc2460a5c816b514")},
	{rule: "token-key", in: hub, edits: rotated("private_key.pem", "f7a892493b4f2047")},
	{rule: "internal-secret", in: hub, edits: rotated("core_secret", "95f1b8ee0c6b7b67")},
	{rule: "registry-password", in: hub, edits: rotated("registry_password", "dcbb0bd8c2e07988")},
	{rule: "upload-secret", in: hub, edits: rotated("registry_http_secret", "f4f3f2a0cb247c8f")},
	{rule: "database-password", in: hub, edits: rotated("database_password", "c0d7eccfabea525a")},
	{rule: "redis-password", in: hub, edits: rotated("redis_password", "0898699528ac098b")},
	{rule: "csrf-key", in: hub, edits: rotated("csrf_key", "8d894b7024ffcf3f")},
	{rule: "admin-password", in: hub, edits: rotated("harbor_admin_password", "5dd55f61943ff532")},
	{rule: "ceph-key", in: hub, edits: rotated("ceph_key", "f50ee745b4c07bfb")},
	{rule: "replication-password", in: hubSites, given: []edit{sub(list, "file passwd", "fingerprint replication_munich 1111111111111111\nfile passwd")}, edits: []edit{sub(list, "replication_munich 1111111111111111", "replication_munich 2222222222222222")}},
	{rule: "storage-keys", in: "hub-s3", given: []edit{sub(list, "file passwd", "fingerprint s3_secret_key 1111111111111111\nfile passwd")}, edits: []edit{sub(list, "s3_secret_key 1111111111111111", "s3_secret_key 2222222222222222")}},
	{rule: "certificate-pair", in: hub, edits: rotated("tls.crt", "668d2d8f9cc1164d")},
}
