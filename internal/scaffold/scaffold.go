// Package scaffold writes new specs: a few options go in, a commented
// hagen.toml comes out. Fields, their order, descriptions and defaults are
// those of the schema; what has no option is filled with its examples, so that
// the result is valid and builds as it is.
package scaffold

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"hagen/schema"
)

// Spec returns the text of a new spec. The error names the option whose value
// the schema would refuse.
func Spec(opts Options) ([]byte, error) {
	spec, err := schema.Spec()
	if err != nil {
		return nil, err
	}
	if err := opts.complete(spec); err != nil {
		return nil, err
	}
	w := &writer{generation: opts.generation(), values: values(opts, spec), left: leftOut(opts)}
	w.head(opts)
	w.fields("", spec)
	return w.Bytes(), nil
}

// values returns what the spec sets, by dotted path. Everything else that it
// shows is commented out.
func values(o Options, spec *schema.Field) map[string]any {
	out := map[string]any{
		"name":             o.Name,
		"registry.version": o.Version,
		"registry.url":     o.URL,
		"database.host":    o.DatabaseHost,
		"redis.addresses":  []string{o.RedisAddress},
		"secrets.provider": "existing",
	}
	initial("", spec, o.generation(), out)
	storageValues(o, spec, out)
	if len(o.Recipients) > 0 {
		out["secrets.provider"] = "sops"
		out["secrets.recipients"] = o.Recipients
	}
	if o.has(VM) {
		out["vm.nodes"] = nodes(o.Nodes)
	}
	if o.has(Kubernetes) {
		out["kubernetes.version"] = o.KubernetesVersion
		expose(o.URL, out)
	}
	return out
}

// initial adds what the schema wants to be set for the generation.
func initial(path string, table *schema.Field, generation string, out map[string]any) {
	for _, f := range table.Fields {
		path := below(path, f.Name)
		if f.Initial != nil && slices.Contains(f.Initial.Keys, generation) {
			out[path] = f.Initial.Get(generation)
		}
		initial(path, f, generation, out)
	}
}

func nodes(addresses []string) []map[string]any {
	out := make([]map[string]any, len(addresses))
	for i, address := range addresses {
		out[i] = map[string]any{"name": "node" + strconv.Itoa(i+1), "address": address}
	}
	return out
}

// expose chooses the entry to the cluster that the address can have: a node
// port if it has one, otherwise a load balancer.
func expose(address string, out map[string]any) {
	out["kubernetes.expose.type"] = "LoadBalancer"
	parsed, err := url.Parse(address)
	if err != nil {
		return
	}
	if port, err := strconv.Atoi(parsed.Port()); err == nil && port >= 30000 && port <= 32767 {
		out["kubernetes.expose.type"] = "NodePort"
		out["kubernetes.expose.node_port"] = port
	}
}

// leftOut names the tables and fields that are of no use with the options.
func leftOut(o Options) map[string]bool {
	return map[string]bool{
		"storage.cephfs":             !o.uses(CephFS),
		"storage.nfs":                !o.uses(NFS),
		"storage.s3":                 !o.uses(S3),
		VM:                           !o.has(VM),
		Kubernetes:                   !o.has(Kubernetes),
		"gitops":                     !o.has(Kubernetes),
		"storage.cephfs.cluster_id":  !o.has(Kubernetes),
		"storage.cephfs.secret_file": !o.has(VM),
	}
}

// head writes the comment at the top.
func (w *writer) head(o Options) {
	if o.Schema != "" {
		fmt.Fprintf(w, "#:schema %s\n\n", o.Schema)
	}
	w.prose("The Harbor registry " + o.Name + ": what hagen builds and compares is made from this file.")
	w.prose("")
	w.prose("Replace the example addresses. A line \"#key = value\" shows a setting that is not " +
		"made: its default, or an example where it has none. Take the # away to make it, with " +
		"that of the [table] above it. There are more settings: \"hagen schema\" prints them all.")
}
