package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"hagen/schema"
)

// The storages of a spec, as Options.Storage names them. A disk of a single
// machine is none of them: it needs a second site, and that a spec of its own.
const (
	CephFS = "cephfs"
	NFS    = "nfs"
	S3     = "s3"
)

var storages = []string{CephFS, NFS, S3}

// storageSaid lists the fields below [storage] that options speak of.
func (o *Options) storageSaid() []string {
	var said []string
	if len(o.Monitors) > 0 {
		said = append(said, "storage.cephfs.monitors")
	}
	for _, t := range slices.Concat(o.texts(), o.optional()) {
		if strings.HasPrefix(t.path, "storage.") && *t.value != "" {
			said = append(said, t.path)
		}
	}
	return said
}

// implyStorage chooses the storage that other options speak of, when none is
// named.
func (o *Options) implyStorage() {
	if said := o.storageSaid(); o.Storage == "" && len(said) > 0 {
		o.Storage = strings.Split(said[0], ".")[1]
	}
}

// checkStorage also refuses what would have no effect with another storage.
func (o *Options) checkStorage() error {
	if err := checkStorage(o.Storage); err != nil {
		return err
	}
	for _, path := range o.storageSaid() {
		if !strings.HasPrefix(path, "storage."+o.Storage+".") {
			return fmt.Errorf("%s: the images are on %s", path, o.Storage)
		}
	}
	return nil
}

func checkStorage(storage string) error {
	if !slices.Contains(storages, storage) {
		return fmt.Errorf("%q is no storage, it must be %s", storage, strings.Join(storages[:len(storages)-1], ", ")+" or "+storages[len(storages)-1])
	}
	return nil
}

// storageValues returns what the spec sets of the storage, by dotted path.
func storageValues(o Options, spec *schema.Field, out map[string]any) {
	switch o.Storage {
	case CephFS:
		out["storage.cephfs.monitors"] = o.Monitors
		out["storage.cephfs.path"] = example(spec.At("storage.cephfs.path"))
		out["storage.cephfs.user"] = example(spec.At("storage.cephfs.user"))
		if o.has(Kubernetes) {
			out["storage.cephfs.cluster_id"] = o.ClusterID
		}
	case NFS:
		out["storage.nfs.server"], out["storage.nfs.path"] = o.NFSServer, o.NFSPath
	case S3:
		out["storage.s3.bucket"] = o.Bucket
		if o.Region != "" {
			out["storage.s3.region"] = o.Region
		}
		if o.Endpoint != "" {
			out["storage.s3.endpoint"] = o.Endpoint
		}
	}
}
