package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

const (
	nfsTable = "[storage.nfs]\nserver = \"nfs.example.com\"\npath = \"/export/harbor\"\n"
	s3Table  = "[storage.s3]\nbucket = \"images\"\nendpoint = \"https://s3.example.com:9000\"\n"
)

// storages are the ways to keep images, each with what the artifacts must hold and
// must not hold, as "file: pattern".
var storages = []struct {
	name, version, kubernetes, text string
	holds, lacks                    []string
}{
	{
		name: "NFS", version: "2.15.2", kubernetes: "1.34", text: nfsTable,
		holds: []string{
			`compose/a/host/.*mount: What=nfs\.example\.com:/export/harbor\n`,
			`compose/a/host/.*mount: Options=nfsvers=4\.1,hard,lookupcache=positive,noatime,_netdev\n`,
			`compose/a/RUNBOOK.md: install -d -o 10000 -g 10000 -m 2770 /export/harbor/images\n`,
			`kubernetes/persistentvolume-parity-registry.yaml: mountOptions:\n  - nfsvers=4\.1\n  - hard\n  - lookupcache=positive\n  - noatime\n  nfs:\n`,
			`compose/a/config/registry/config.yml: rootdirectory: /storage\n`,
		},
		lacks: []string{`SECRETS.md: ceph|s3_`, `RUNBOOK-kubernetes.md: CephFS`},
	},
	{
		name: "NFS by its driver", version: "2.14.4", kubernetes: "1.34", text: nfsTable + "volume_driver = \"csi\"\nroot_squash = false\nmount_options = [\"nconnect=4\", \"lookupcache=none\"]\n",
		holds: []string{
			`kubernetes/persistentvolume-parity-registry.yaml: driver: nfs\.csi\.k8s\.io\n    volumeAttributes:\n      server: nfs\.example\.com\n      share: /export/harbor/images\n    volumeHandle: parity-registry\n`,
			`RUNBOOK-kubernetes.md: mount -t nfs nfs\.example\.com:/export/harbor /mnt`,
			`compose/a/host/fstab: nfsvers=4\.1,hard,nconnect=4,lookupcache=none,_netdev`,
			`compose/a/host/node.list: \nlock /mnt/shared\n`,
		},
		lacks: []string{`compose/a/host/fstab: lookupcache=positive`, `compose/a/RUNBOOK.md: root_squash`},
	},
	{
		name: "NFS on an old cluster, by IPv6", version: "1.2.2", kubernetes: "1.7", text: strings.Replace(nfsTable, "nfs.example.com", "fd00::7", 1) + "root_squash = false\n",
		holds: []string{
			`kubernetes/persistentvolume-registry-pv.yaml: volume\.beta\.kubernetes\.io/mount-options: nfsvers=4\.1,hard,lookupcache=positive,noatime\n`,
			`kubernetes/persistentvolume-registry-pv.yaml: server: fd00::7\n`,
			`compose/a/host/.*mount: What=\[fd00::7\]:/export/harbor\n`,
			`compose/a/host/node.list: \nreach nfs fd00::7 2049\n`,
		},
		lacks: []string{`kubernetes/persistentvolume-registry-pv.yaml: mountOptions`},
	},
	{
		name: "S3 alone", version: "2.13.5", kubernetes: "1.34", text: s3Table + "redirect = true\nca = \"authority.crt\"\n",
		holds: []string{
			`compose/a/config/registry/config.yml: regionendpoint: https://s3\.example\.com:9000\n    rootdirectory: /parity\n    secure: true\n`,
			`compose/a/config/registry/config.yml: redirect:\n    disable: false\n`,
			`compose/a/config/registry/s3-ca.crt: CERTIFICATE`,
			`compose/a/config/jobservice/config.yml: job_loggers:\n- name: DB\n`,
			`compose/a/docker-compose.yml: REGISTRY_STORAGE_PROVIDER_NAME: s3\n`,
			`compose/a/host/node.list: \nreach storage s3\.example\.com 9000\n`,
			`compose/a/host/secrets.list: variable registryctl AWS_SECRET_ACCESS_KEY s3_secret_key\n`,
			`kubernetes/deployment-registryctl.yaml: key: s3_secret_key\n`,
			`SECRETS.md: s3_access_key`,
		},
		lacks: []string{
			`compose/a/host/.*: \n(mount |AssertPathIsMountPoint)`, `compose/a/docker-compose.yml: /storage|/mnt/`,
			`kubernetes/.*: PersistentVolume`, `SECRETS.md: ceph`, `RUNBOOK-kubernetes.md: Directories on`,
		},
	},
	{
		name: "S3 of Amazon by the role of the machine", version: "2.15.2", kubernetes: "1.34",
		text: "[storage.s3]\nbucket = \"images\"\nregion = \"cn-north-1\"\nroot_directory = \"/\"\ncredentials = \"instance\"\nencrypt = true\nkms_key_id = \"alias/hub\"\n",
		holds: []string{
			`compose/a/config/registry/config.yml: keyid: alias/hub\n`, `compose/a/config/registry/config.yml: region: cn-north-1\n    rootdirectory: /\n`,
			`compose/a/host/node.list: \nreach storage s3\.cn-north-1\.amazonaws\.com\.cn 443\n`,
		},
		lacks: []string{`.*: s3_access_key|AWS_ACCESS`, `compose/a/config/registry/config.yml: regionendpoint`},
	},
	{
		name: "S3 and NFS", version: "2.15.2", kubernetes: "1.34", text: "[storage]\ndriver = \"s3\"\n" + s3Table + nfsTable,
		holds: []string{
			`compose/a/docker-compose.yml: source: /mnt/shared/data/job_logs\n`,
			`kubernetes/persistentvolume-parity-job-logs.yaml: path: /export/harbor/data/job_logs\n`,
			`compose/a/config/jobservice/config.yml: base_dir: /var/log/jobs\n`,
		},
		lacks: []string{`.*: parity-registry\b`, `compose/a/docker-compose.yml: /storage`},
	},
	{
		name: "S3 and NFS with Harbor 1", version: "1.2.2", kubernetes: "1.16", text: "[storage]\ndriver = \"s3\"\n" + s3Table + "ca = \"authority.crt\"\n" + nfsTable + "root_squash = false\n",
		holds: []string{
			`compose/a/docker-compose.yml: target: /etc/ssl/certs/ca-certificates\.crt\n`,
			`compose/a/docker-compose.yml: source: /mnt/shared/data/config\n`,
			`compose/a/docker-compose.yml: IMAGE_STORE_PATH: /\n`,
			`kubernetes/replicationcontroller-registry-rc.yaml|kubernetes/deployment-registry.yaml: AWS_SECRET_ACCESS_KEY\n`,
		},
		lacks: []string{`compose/a/docker-compose.yml: target: /(storage|data)\n`},
	},
	{
		name: "the one that the driver names", version: "2.15.2", kubernetes: "1.34", text: "[storage]\ndriver = \"nfs\"\n" + s3Table + nfsTable,
		holds: []string{`compose/a/config/registry/config.yml: filesystem`},
		lacks: []string{`.*: s3\.example\.com|s3_access_key`},
	},
}

// Each storage reaches both targets, which describe the same registry.
func TestStorages(t *testing.T) {
	compiler := newCompiler(t)
	ceph := regexp.MustCompile(`(?s)\[storage\.cephfs\].*?\n\n`)
	for _, s := range storages {
		t.Run(s.name, func(t *testing.T) {
			way := parityWays[0]
			text := fmt.Sprintf(parityBase, way.top, s.version, way.registry, "", way.vm, way.node, fmt.Sprintf("version = %q", s.kubernetes), way.expose)
			// of the other node's own places one is on what this spec may not mount
			text = strings.Replace(text, "log_directory = \"/mnt/other/logs-of-b\"\n", "", 1)
			text = ceph.ReplaceAllLiteralString(text, s.text+"\n") + parityRedis[1].text + "\n"
			site := compileIn(t, compiler, authority(t), text)
			if !checkParity(t, s.name, artifactsOf(site), "") {
				t.Error("not both targets")
			}
			for _, want := range s.holds {
				if !found(t, site.Files, want) {
					t.Errorf("nothing holds %s", want)
				}
			}
			for _, unwanted := range s.lacks {
				if found(t, site.Files, unwanted) {
					t.Errorf("something holds %s", unwanted)
				}
			}
		})
	}
}

// authority returns a folder with a certificate.
func authority(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	certificate, err := os.ReadFile("../../examples/ca.crt")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "authority.crt"), certificate, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// found looks for "file: pattern".
func found(t *testing.T, files artifact.Set, pattern string) bool {
	t.Helper()
	name, text, ok := strings.Cut(pattern, ": ")
	if !ok {
		t.Fatalf("%s names no file", pattern)
	}
	file, content := regexp.MustCompile("^("+name+")$"), regexp.MustCompile(text)
	for _, f := range files {
		if file.MatchString(f.Path) && content.Match(f.Data) {
			return true
		}
	}
	return false
}
