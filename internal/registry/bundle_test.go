package registry_test

import (
	"maps"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/registry"
)

// siteOf reads texts as the files of a site.
func siteOf(t *testing.T, texts map[string]string) registry.Site {
	t.Helper()
	var files []artifact.File
	for path, text := range texts {
		files = append(files, artifact.File{Path: path, Data: []byte(text)})
	}
	set, err := artifact.NewSet(files)
	if err != nil {
		t.Fatal(err)
	}
	return registry.Read(set, registry.Names{})
}

// A node may mount by a unit or by fstab: both say the same, and fstab has blanks
// and backslashes by their numbers.
func TestMount(t *testing.T) {
	const ceph = "10.0.0.11:6789,10.0.0.12:6789:/apps/harbor"
	for name, c := range map[string]struct {
		file, text, at, shared string
		storage                map[string]string
	}{
		"unit": {
			file: "srv-harbor.mount", at: "/srv/harbor", shared: "/apps/harbor/images",
			text:    "[Mount]\nWhat=" + ceph + "\nWhere=/srv/harbor\nType=ceph\nOptions=name=hub,mds_namespace=shared,_netdev\n",
			storage: map[string]string{"monitors": "10.0.0.11:6789,10.0.0.12:6789", "user": "hub", "file system": "shared"},
		},
		"fstab of CephFS": {
			file: "fstab", at: "/srv/harbor-data", shared: "/apps/harbor/images",
			text:    "# CephFS of hub.\n" + ceph + " /srv/harbor-data ceph name=hub,mds_namespace=shared,_netdev 0 0\n",
			storage: map[string]string{"monitors": "10.0.0.11:6789,10.0.0.12:6789", "user": "hub", "file system": "shared"},
		},
		"fstab of NFS": {
			file: "fstab", at: "/srv/harbor-data", shared: "/export/images",
			text: "/dev/sda1 / ext4 defaults 0 1\n[fd00::7]:/export\t/srv/harbor-data\tnfs4\thard,_netdev\t0 0\n", storage: map[string]string{"server": "fd00::7"},
		},
		"escapes of fstab": {
			file: "fstab", at: `/srv/a \040b`, shared: "/the export/images",
			text: `nfs.example.com:/the\040export /srv/a\040\134040b nfs hard 0 0` + "\n", storage: map[string]string{"server": "nfs.example.com"},
		},
		"nothing mounts": {
			file: "fstab", at: "/srv/harbor-data", text: "/dev/sda1 / ext4 defaults 0 1\n", storage: map[string]string{"mount": "(the node does not mount it)"},
		},
	} {
		target := siteOf(t, map[string]string{
			"compose/a/host/node.list":     "node a\nmount " + c.at + "\n",
			"compose/a/host/" + c.file:     c.text,
			"compose/a/docker-compose.yml": "services:\n  registry:\n    volumes:\n    - {type: bind, source: '" + c.at + "/images', target: /storage}\n",
		}).Targets[0]
		if got := target.Containers[0].Shared["/storage"]; got != c.shared {
			t.Errorf("%s: /storage is %q of the shared file system, not %q", name, got, c.shared)
		}
		if !maps.Equal(target.Storage, c.storage) {
			t.Errorf("%s: %v, not %v", name, target.Storage, c.storage)
		}
	}
}
