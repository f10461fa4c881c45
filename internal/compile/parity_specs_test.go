package compile_test

// parityBase is what all made specs have: two nodes of which the second differs
// in all that a node may differ in, and a value that no sink takes as it is.
// Its places: lines at the top, version, more of [registry], of CephFS, of [vm]
// and of the second node, settings of Kubernetes and of its exposure.
const parityBase = `
name = "parity"
%s

[registry]
version = %q
%s

[storage.cephfs]
monitors = ["10.1.0.1:6789", "10.1.0.2:6789"]
path = "/apps/parity"
user = "registry"
%s

[storage.paths]
registry = "images"

[database]
host = "db.example.com"
username = "har'b\"or $HOME %%d #1"

[secrets]
provider = "existing"
name = "keys"

[vm]
mount_point = "/mnt/shared"
%s

[[vm.nodes]]
name = "a"
address = "10.1.0.11"

[[vm.nodes]]
name = "b"
address = "10.1.0.12"
%s
mount_point = "/mnt/other"
log_directory = "/mnt/other/logs-of-b"

[kubernetes]
%s

[kubernetes.expose]
%s
`

var parityVersions = []struct {
	number, ceph, kubernetes, more string
}{
	{
		number: "1.2.2", kubernetes: `version = "1.16"`,
		more: `
[components.adminserver.env]
EMAIL_FROM = "Ärger <a@b.c> \"x\" $y ${z} $(w) \\ # %s\nzwei"
LDAP_SEARCH_DN = "cn=admin"`,
	},
	{
		number: "2.13.5", kubernetes: "version = \"1.29\"\nworkload = \"ReplicationController\"",
		more: `
[jobservice]
loggers = ["DB"]
[logging]
driver = "json-file"
[trivy]
enabled = false
[components.core.env]
NASTY = "Ärger \"x\" 'y' $z ${a} $(b) \\ # %s\nzwei"`,
	},
	{
		number: "2.14.4", ceph: "cluster_id = \"ceph\"\nfs_name = \"shared\"", kubernetes: `version = "1.33"`,
		more: `
[metrics]
enabled = true
path = "/counts"
[cache]
enabled = true
[proxy]
https_proxy = "http://proxy.example.com:3128"
no_proxy = [".example.com"]
[trivy]
github_token = true
[images]
registry = "mirror.example.com:5000/harbor"`,
	},
	{
		number: "2.15.1", kubernetes: "version = \"1.30\"\nnamespace = \"registry\"",
		more: `
[components.registry]
digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
[components.jobservice.env]
HTTP_PROXY = ""`,
	},
}

var parityWays = []struct{ name, top, registry, vm, node, expose string }{
	{
		name: "http", registry: `url = "http://hub.example.com:30080"`,
		expose: `type = "NodePort"`,
	},
	{
		name: "https", top: `extend = ["extra.libsonnet"]`, registry: `url = "https://hub.example.com"`,
		expose: `type = "LoadBalancer"`,
	},
	{
		name: "edge", registry: "url = \"https://hub.example.com:8443\"\ntls = { termination = \"edge\" }",
		vm: "port = 30081", node: "port = 30082", expose: "type = \"Ingress\"\ningress_class = \"nginx\"",
	},
	{
		name: "edge by node port", registry: "url = \"https://hub.example.com\"\ntls = { termination = \"edge\" }",
		vm: "port = 30081", expose: "type = \"NodePort\"\nnode_port = 30081",
	},
}

var parityRedis = []struct {
	name, text string
	// versions matches the releases that have it; empty means all.
	versions string
}{
	{name: "open redis", text: "[redis]\naddresses = [\"redis.example.com:6379\"]\npassword = false"},
	{name: "redis", text: "[redis]\naddresses = [\"redis.example.com:6379\"]"},
	{name: "sentinel", versions: `^2`, text: `
[redis]
mode = "sentinel"
addresses = ["s1.example.com:26379", "s2.example.com:26379"]
master_set = "harbor"
tls = true
[redis.databases]
harbor = 6
cache = 7`},
	{name: "named user", versions: `^2\.15`, text: "[redis]\naddresses = [\"redis.example.com:6379\"]\nusername = \"reg@istry\""},
}

// extraSidecar adds a container whose command and files hold what each target
// reads in its own way.
const extraSidecar = `
local component = import 'lib/component.libsonnet';
{
  components+:: {
    proxy+: {
      sidecars+: {
        probe: component.new('probe') + {
          image: { repository: 'example/probe', tag: 'v1', digest: null },
          command: ['/bin/probe', '$HOME'],
          args: ['$$', '$(PATH)', '${LANG}', 'a b', "'", '"', '%s', '#'],
          env: { PLAIN: '$(NAME) $$ ${X}' },
          files: [{ path: '/etc/probe/probe.conf', key: 'probe.conf', content: 'ä $x ${y} $$\n' }],
          user: 10000,
        },
      },
    },
  },
}
`
