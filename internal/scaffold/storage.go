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

var (
	storages = []string{CephFS, NFS, S3}
	// fileSystems are those that can keep files beside a bucket.
	fileSystems = []string{CephFS, NFS}
)

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

// speaksOf tells whether options speak of a storage.
func (o *Options) speaksOf(storage string) bool {
	return slices.ContainsFunc(o.storageSaid(), func(path string) bool { return strings.HasPrefix(path, "storage."+storage+".") })
}

// implyStorage chooses the storage that other options speak of, when none is
// named. Beside a bucket a file system keeps what else is shared.
func (o *Options) implyStorage() {
	for _, storage := range []string{S3, CephFS, NFS} {
		if o.Storage == "" && o.speaksOf(storage) {
			o.Storage = storage
		}
	}
}

// implyFiles chooses the file system beside a bucket that other options speak of.
func (o *Options) implyFiles() {
	for _, system := range fileSystems {
		if o.Storage == S3 && o.Files == "" && o.speaksOf(system) {
			o.Files = system
		}
	}
}

// needsFiles tells whether the release shares more than the storage can hold.
func (o *Options) needsFiles(spec *schema.Field) bool {
	table := spec.At("storage." + o.Storage)
	return table != nil && table.Beside != "" && table.Beside == o.generation()
}

// uses tells whether the spec has the table of a storage.
func (o *Options) uses(storage string) bool { return storage == o.Storage || storage == o.Files }

// checkStorage also refuses what would have no effect with another storage.
func (o *Options) checkStorage() error {
	if err := oneOf(o.Storage, storages); err != nil {
		return err
	}
	for _, path := range o.storageSaid() {
		switch {
		case o.uses(strings.Split(path, ".")[1]):
		case o.Files != "":
			return fmt.Errorf("%s: the images are on %s, and what else is shared on %s", path, o.Storage, o.Files)
		default:
			return fmt.Errorf("%s: the images are on %s", path, o.Storage)
		}
	}
	return nil
}

// oneOf refuses what is none of some storages.
func oneOf(storage string, known []string) error {
	if !slices.Contains(known, storage) {
		last := len(known) - 1
		return fmt.Errorf("%q is no storage, it must be %s", storage, strings.Join(known[:last], ", ")+" or "+known[last])
	}
	return nil
}

// storageValues returns what the spec sets of the storage, by dotted path.
func storageValues(o Options, spec *schema.Field, out map[string]any) {
	if o.Files != "" {
		out["storage.driver"] = o.Storage
	}
	if o.uses(CephFS) {
		out["storage.cephfs.monitors"] = o.Monitors
		out["storage.cephfs.path"] = example(spec.At("storage.cephfs.path"))
		out["storage.cephfs.user"] = example(spec.At("storage.cephfs.user"))
		if o.has(Kubernetes) {
			out["storage.cephfs.cluster_id"] = o.ClusterID
		}
	}
	if o.uses(NFS) {
		out["storage.nfs.server"], out["storage.nfs.path"] = o.NFSServer, o.NFSPath
	}
	if o.uses(S3) {
		out["storage.s3.bucket"] = o.Bucket
		if o.Region != "" {
			out["storage.s3.region"] = o.Region
		}
		if o.Endpoint != "" {
			out["storage.s3.endpoint"] = o.Endpoint
		}
	}
}
