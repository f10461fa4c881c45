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

// said tells of each storage whether an option speaks of it, by the field of
// the spec that it is for.
func (o *Options) said() []struct{ storage, field string } {
	var out []struct{ storage, field string }
	for _, option := range []struct {
		storage, field string
		said           bool
	}{
		{CephFS, "monitors", len(o.Monitors) > 0},
		{CephFS, "cluster_id", o.ClusterID != ""},
		{NFS, "server", o.NFSServer != ""},
		{NFS, "path", o.NFSPath != ""},
		{S3, "bucket", o.Bucket != ""},
		{S3, "endpoint", o.Endpoint != ""},
		{S3, "region", o.Region != ""},
	} {
		if option.said {
			out = append(out, struct{ storage, field string }{option.storage, option.field})
		}
	}
	return out
}

// implyStorage chooses the storage that other options speak of, when none is
// named.
func (o *Options) implyStorage() {
	if said := o.said(); o.Storage == "" && len(said) > 0 {
		o.Storage = said[0].storage
	}
}

// checkStorage also refuses what would have no effect with another storage.
func (o *Options) checkStorage() error {
	if err := checkStorage(o.Storage); err != nil {
		return err
	}
	for _, option := range o.said() {
		if option.storage != o.Storage {
			return fmt.Errorf("storage.%s.%s: the images are on %s", option.storage, option.field, o.Storage)
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
