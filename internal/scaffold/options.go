package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"hagen/schema"
)

// Options are what a new spec says. What is left at its zero value becomes an
// example of the schema, which is valid but for the user to replace.
type Options struct {
	// Name is the name of the registry.
	Name string
	// Version is the release of Harbor, such as "2.15.2".
	Version string
	// URL is where clients reach the registry.
	URL string
	// Targets holds VM, Kubernetes or both; VM alone if it is empty.
	Targets []string
	// Nodes are the addresses of the virtual machines; they are named node1,
	// node2 and so on.
	Nodes []string
	// KubernetesVersion is the minor version of the cluster, such as "1.34".
	KubernetesVersion string
	// Storage is CephFS, NFS or S3; CephFS if it is empty and no option speaks of
	// another one.
	Storage string
	// Files is CephFS or NFS, where what a bucket cannot hold lies beside it. It is
	// empty where nothing needs one and no option speaks of one.
	Files string
	// Monitors are the Ceph monitors, each with its port.
	Monitors []string
	// ClusterID is the clusterID of ceph-csi; only Kubernetes needs it.
	ClusterID string
	// NFSServer and NFSPath are the server and its export.
	NFSServer, NFSPath string
	// Bucket holds the images. Endpoint is the address of a store other than
	// Amazon's, Region one of Amazon's.
	Bucket, Endpoint, Region string
	// DatabaseHost is the name of the database server.
	DatabaseHost string
	// RedisAddress is the Redis server with its port.
	RedisAddress string
	// Recipients are the public keys that can read the secrets, which hagen then
	// keeps, encrypted. Without one somebody else keeps them.
	Recipients []string
	// OwnKey is the user's own public key, if there is one: an answer to choose.
	OwnKey string
	// Schema is a path or address of the schema for the first line of the
	// spec, by which editors find it. Without it there is no such line.
	Schema string
}

// generation is the "1" of Harbor 1.x or the "2" of 2.x.
func (o *Options) generation() string {
	major, _, _ := strings.Cut(o.Version, ".")
	return major
}

// text is an option that holds one value of the spec, list one that holds a
// list of them.
type (
	text struct {
		path  string
		value *string
	}
	list struct {
		path  string
		value *[]string
	}
)

func (o *Options) texts() []text {
	return []text{
		{"name", &o.Name},
		{"registry.version", &o.Version},
		{"registry.url", &o.URL},
		{"kubernetes.version", &o.KubernetesVersion},
		{"storage.cephfs.cluster_id", &o.ClusterID},
		{"storage.nfs.server", &o.NFSServer},
		{"storage.nfs.path", &o.NFSPath},
		{"storage.s3.bucket", &o.Bucket},
		{"database.host", &o.DatabaseHost},
	}
}

// optional are texts that need no example.
func (o *Options) optional() []text {
	return []text{{"storage.s3.endpoint", &o.Endpoint}, {"storage.s3.region", &o.Region}}
}

// complete puts examples of the schema where nothing is set, and judges what
// is.
func (o *Options) complete(spec *schema.Field) error {
	o.imply()
	if len(o.Targets) == 0 {
		o.Targets = []string{VM}
	}
	if err := o.checkTargets(); err != nil {
		return err
	}
	if strings.ContainsFunc(o.Schema, unicode.IsControl) {
		return errors.New("the path of the schema must fit on one line")
	}
	o.Version = cmp.Or(o.Version, example(spec.At("registry.version")))
	o.implyStorage()
	o.Storage = cmp.Or(o.Storage, CephFS)
	o.implyFiles()
	if o.needsFiles(spec) {
		o.Files = cmp.Or(o.Files, CephFS)
	}
	if err := o.checkStorage(); err != nil {
		return err
	}
	for _, t := range o.texts() {
		if *t.value == "" {
			*t.value = example(spec.At(t.path))
		}
	}
	if o.Endpoint == "" && o.Region == "" {
		o.Endpoint = example(spec.At("storage.s3.endpoint"))
	}
	for _, t := range slices.Concat(o.texts(), o.optional()) {
		if *t.value == "" {
			continue
		}
		if err := check(spec.At(t.path), *t.value); err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
	}
	return o.completeLists(spec)
}

func (o *Options) completeLists(spec *schema.Field) error {
	if o.RedisAddress == "" {
		o.RedisAddress = presetList(spec, "redis.addresses")[0]
	}
	if len(o.Nodes) == 0 {
		o.Nodes = presetList(spec, "vm.nodes.address")
	}
	if len(o.Monitors) == 0 {
		o.Monitors = presetList(spec, "storage.cephfs.monitors")
	}
	redis := []string{o.RedisAddress}
	for _, l := range []list{
		{"vm.nodes.address", &o.Nodes},
		{"storage.cephfs.monitors", &o.Monitors},
		{"redis.addresses", &redis},
		{"secrets.recipients", &o.Recipients},
	} {
		if err := checkList(spec.At(l.path), *l.value); err != nil {
			return fmt.Errorf("%s: %w", l.path, err)
		}
	}
	return nil
}

// presetList is the example of a list. Of the nodes, whose addresses are
// single texts, it is the addresses in the example of the list of tables.
func presetList(spec *schema.Field, path string) []string {
	if table, key, ok := strings.Cut(path, "nodes."); ok {
		return column(spec.At(table+"nodes"), key)
	}
	var out []string
	values, _ := spec.At(path).Examples[0].([]any)
	for _, value := range values {
		out = append(out, fmt.Sprint(value))
	}
	return out
}

func column(field *schema.Field, key string) []string {
	var out []string
	tables, _ := field.Examples[0].([]any)
	for _, item := range tables {
		table, _ := item.(*schema.Table)
		out = append(out, fmt.Sprint(table.Get(key)))
	}
	return out
}

func example(field *schema.Field) string { return fmt.Sprint(field.Examples[0]) }

// check judges a text as the schema would.
func check(field *schema.Field, value string) error {
	if len(field.Enum) > 0 && !slices.Contains(field.Enum, any(value)) {
		return fmt.Errorf("%q is not known here, it must be one of %s", value, words(field.Enum))
	}
	if ok, err := regexp.MatchString(field.Pattern, value); err != nil || !ok {
		return fmt.Errorf("%q is not %s", value, field.Hint)
	}
	for _, r := range field.Refused {
		if ok, err := regexp.MatchString(r.Pattern, value); err != nil || ok {
			return errors.New(r.Message)
		}
	}
	if most, err := strconv.Atoi(field.MaxLength); err == nil && utf8.RuneCountInString(value) > most {
		return fmt.Errorf("%q has more than %d characters", value, most)
	}
	return nil
}

// checkList judges the entries of a list, which must differ.
func checkList(field *schema.Field, values []string) error {
	if field.Items != nil {
		field = field.Items
	}
	for i, value := range values {
		if slices.Contains(values[:i], value) {
			return fmt.Errorf("%q stands there twice", value)
		}
		if err := check(field, value); err != nil {
			return err
		}
	}
	return nil
}

func words(values []any) string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = fmt.Sprint(value)
	}
	return strings.Join(out, ", ")
}
