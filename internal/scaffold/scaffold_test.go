package scaffold_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hagen/internal/diag"
	"hagen/internal/scaffold"
	"hagen/internal/spec"
	"hagen/internal/validate"
	"hagen/schema"
)

func TestSpecIsValid(t *testing.T) {
	both := []string{scaffold.VM, scaffold.Kubernetes}
	tests := map[string]struct {
		opts   scaffold.Options
		has    []string
		hasNot []string
	}{
		"nothing said": {
			has:    []string{`version = "2.15.2"`, "[[vm.nodes]]", "#[trivy]", "#[environment.staging]"},
			hasNot: []string{"[kubernetes]", "cluster_id", "[gitops]", "#:schema"},
		},
		"2.x on virtual machines": {
			opts: scaffold.Options{Version: "2.13.5", Targets: both[:1], Nodes: []string{"192.0.2.7", "node-b.example.com"}},
			has:  []string{`address = "192.0.2.7"`, `name = "node2"` + "\n" + `address = "node-b.example.com"`},
		},
		"2.x on Kubernetes": {
			opts:   scaffold.Options{Version: "2.15.1", Targets: both[1:], KubernetesVersion: "1.36"},
			has:    []string{"[kubernetes]\n", `version = "1.36"`, "\ncluster_id = ", `type = "LoadBalancer"`, "#[gitops]"},
			hasNot: []string{"vm.nodes", "secret_file"},
		},
		"2.x on both": {
			opts: scaffold.Options{Targets: both, Schema: "schema.json"},
			has:  []string{"#:schema schema.json\n", "[[vm.nodes]]", "[kubernetes]\n"},
		},
		"1.x on virtual machines": {
			opts:   scaffold.Options{Version: "1.1.0", URL: "http://hub.example.com:8070", Targets: both[:1]},
			has:    []string{`url = "http://hub.example.com:8070"`},
			hasNot: []string{"trivy", "master_set", "tls_mode", "trusted_ca", "loggers"},
		},
		"1.x on Kubernetes by node port": {
			opts: scaffold.Options{Version: "1.2.2", URL: "http://hub.example.com:31777", Targets: both[1:], KubernetesVersion: "1.7"},
			has:  []string{`type = "NodePort"`, "\nnode_port = 31777"},
		},
		"NFS": {
			opts:   scaffold.Options{Targets: both, NFSServer: "nas.example.com"},
			has:    []string{`server = "nas.example.com"`, `path = "/export/harbor"`, "#root_squash = true"},
			hasNot: []string{"cephfs", "[storage.s3]", "cluster_id"},
		},
		"a bucket somewhere": {
			opts:   scaffold.Options{Storage: scaffold.S3},
			has:    []string{`bucket = "harbor"`, `endpoint = "https://s3.example.com"`, "#ca = "},
			hasNot: []string{"cephfs", "[storage.nfs]"},
		},
		"a bucket of Amazon, 1.x": {
			opts:   scaffold.Options{Version: "1.2.2", Targets: both, Region: "eu-central-1"},
			has:    []string{`region = "eu-central-1"`, "#redirect = false", `driver = "s3"`, "[storage.cephfs]\n", "\ncluster_id = "},
			hasNot: []string{"\nendpoint"},
		},
		"a bucket and NFS": {
			opts:   scaffold.Options{Bucket: "images", NFSServer: "nas.example.com"},
			has:    []string{`driver = "s3"`, `bucket = "images"`, `server = "nas.example.com"`},
			hasNot: []string{"monitors"},
		},
		"1.x on both": {opts: scaffold.Options{Version: "1.2.0", Targets: both}},
		"all said": {
			opts: scaffold.Options{
				Name: "images", Version: "2.14.4", URL: "https://images.example.com:8443", Targets: both,
				Nodes: []string{"192.0.2.1"}, KubernetesVersion: "1.30", Monitors: []string{"[2001:db8::1]:3300"},
				ClusterID: "ceph", DatabaseHost: "pg.example.com", RedisAddress: "redis:6379",
			},
			has: []string{`name = "images"`, `monitors = ["[2001:db8::1]:3300"]`, `addresses = ["redis:6379"]`, `host = "pg.example.com"`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := scaffold.Spec(test.opts)
			if err != nil {
				t.Fatal(err)
			}
			validates(t, text)
			for _, want := range test.has {
				if !bytes.Contains(text, []byte(want)) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			for _, unwanted := range test.hasNot {
				if bytes.Contains(text, []byte(unwanted)) {
					t.Errorf("%q is in\n%s", unwanted, text)
				}
			}
		})
	}
}

func validates(t *testing.T, text []byte) {
	t.Helper()
	valid, err := validate.Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	document, err := spec.Decode("hagen.toml", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, d := range valid.Check(document.Root) {
		t.Errorf("%v in\n%s", d, text)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if len(line) > 90 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}

// What is commented out must be TOML, and known to the schema, once the # is
// gone.
func TestCommentedSettingsAreKnown(t *testing.T) {
	valid, err := validate.Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"1.2.2", "2.15.2"} {
		for _, storage := range []string{scaffold.CephFS, scaffold.NFS, scaffold.S3} {
			both := []string{scaffold.VM, scaffold.Kubernetes}
			text, err := scaffold.Spec(scaffold.Options{Version: version, Targets: both, Storage: storage})
			if err != nil {
				t.Fatal(err)
			}
			text = regexp.MustCompile(`(?m)^#([a-z\[])`).ReplaceAll(text, []byte("$1"))
			document, err := spec.Decode("hagen.toml", text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			bad := slices.DeleteFunc(valid.Check(document.Root), needsAnother)
			if len(bad) > 0 {
				t.Errorf("Harbor %s on %s: %v in\n%s", version, storage, bad, text)
			}
		}
	}
}

// needsAnother tells whether a setting is refused only because of the value
// that another one has.
func needsAnother(d diag.Diagnostic) bool { return strings.Contains(d.Message, " needs ") }

func TestSpecRefuses(t *testing.T) {
	tests := map[string]struct {
		opts scaffold.Options
		want string
	}{
		"name":      {scaffold.Options{Name: "My Hub"}, `name: "My Hub" is not a name of lower-case letters, digits and dashes`},
		"long name": {scaffold.Options{Name: strings.Repeat("a", 41)}, `name: "` + strings.Repeat("a", 41) + `" has more than 40 characters`},
		"version":   {scaffold.Options{Version: "2.12.0"}, `registry.version: "2.12.0" is not known here, it must be one of 1.1.0, `},
		"url":       {scaffold.Options{URL: "hub.example.com"}, `registry.url: "hub.example.com" is not an address such as `},
		"one word":  {scaffold.Options{URL: "https://hub"}, `registry.url: the name has neither a dot nor a port`},
		"target":    {scaffold.Options{Targets: []string{"docker"}}, `"docker" is no target, it must be vm or kubernetes`},
		"node":      {scaffold.Options{Nodes: []string{"10.0.0.1/24"}}, `vm.nodes.address: "10.0.0.1/24" is not `},
		"nodes":     {scaffold.Options{Nodes: []string{"a", "a"}}, `vm.nodes.address: "a" stands there twice`},
		"monitor":   {scaffold.Options{Monitors: []string{"10.0.0.1"}}, `storage.cephfs.monitors: "10.0.0.1" is not `},
		"storage":   {scaffold.Options{Storage: "s4", Version: "1.2.2"}, `"s4" is no storage, it must be cephfs, nfs or s3`},
		"files":     {scaffold.Options{Storage: scaffold.NFS, Bucket: "images"}, `storage.s3.bucket: the images are on nfs`},
		"redis":     {scaffold.Options{RedisAddress: "redis"}, `redis.addresses: "redis" is not `},
		"cluster":   {scaffold.Options{KubernetesVersion: "1.34.1"}, `kubernetes.version: "1.34.1" is not `},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := scaffold.Spec(test.opts)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s…", err, test.want)
			}
		})
	}
}
