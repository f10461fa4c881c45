package scaffold

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"hagen/schema"
)

// Ask asks on out for the options that are not set yet and reads the answers
// from in, a line each. An empty line takes what stands in brackets; an answer
// that the schema would refuse is asked for again, with the reason. The end of
// in before the last answer is an error.
func Ask(in io.Reader, out io.Writer, opts *Options) error {
	spec, err := schema.Spec()
	if err != nil {
		return err
	}
	a := &asker{in: bufio.NewReader(in), out: out, spec: spec}
	a.text("Name of the registry", "name", &opts.Name)
	a.text("Release of Harbor", "registry.version", &opts.Version)
	a.text("Address for docker clients and browsers", "registry.url", &opts.URL)
	opts.imply()
	a.targets("Targets: vm, kubernetes, or both with a comma between", &opts.Targets)
	if opts.has(VM) {
		a.list("Addresses of the virtual machines", "vm.nodes.address", &opts.Nodes)
	}
	if opts.has(Kubernetes) {
		a.text("Minor version of Kubernetes", "kubernetes.version", &opts.KubernetesVersion)
	}
	opts.implyStorage()
	a.storage("Storage that all instances share: cephfs, nfs or s3", storages, &opts.Storage)
	opts.implyFiles()
	if opts.needsFiles(spec) {
		a.storage("File system beside the bucket, for what else they share: cephfs or nfs", fileSystems, &opts.Files)
	}
	a.storages(opts)
	a.text("Database server", "database.host", &opts.DatabaseHost)
	a.address("Redis server with its port", "redis.addresses", &opts.RedisAddress)
	a.recipients("Public keys of age or SSH that can read the secrets, or none to keep them yourself", opts)
	return a.err
}

// storages asks for what belongs to the storages that are chosen.
func (a *asker) storages(opts *Options) {
	if opts.uses(S3) {
		a.text("Bucket", "storage.s3.bucket", &opts.Bucket)
		if opts.Region == "" {
			a.text("Address of the store", "storage.s3.endpoint", &opts.Endpoint)
		}
	}
	if opts.uses(CephFS) {
		a.list("Ceph monitors with their ports", "storage.cephfs.monitors", &opts.Monitors)
		if opts.has(Kubernetes) {
			a.text("clusterID of ceph-csi (ceph fsid prints it)", "storage.cephfs.cluster_id", &opts.ClusterID)
		}
	}
	if opts.uses(NFS) {
		a.text("NFS server", "storage.nfs.server", &opts.NFSServer)
		a.text("Path that it exports", "storage.nfs.path", &opts.NFSPath)
	}
}

// asker remembers the first error and then asks no more.
type asker struct {
	in   *bufio.Reader
	out  io.Writer
	spec *schema.Field
	err  error
}

func (a *asker) text(question, path string, value *string) {
	if *value != "" {
		return
	}
	field := a.spec.At(path)
	a.ask(question, example(field), func(answer string) error {
		*value = answer
		return check(field, answer)
	})
}

func (a *asker) list(question, path string, values *[]string) {
	if len(*values) > 0 {
		return
	}
	preset := strings.Join(presetList(a.spec, path), ", ")
	a.ask(question+", with commas between", preset, func(answer string) error {
		*values = split(answer)
		return checkList(a.spec.At(path), *values)
	})
}

// address asks for the one entry of a list.
func (a *asker) address(question, path string, value *string) {
	if *value != "" {
		return
	}
	a.ask(question, presetList(a.spec, path)[0], func(answer string) error {
		*value = answer
		return check(a.spec.At(path).Items, answer)
	})
}

// none is the answer of those who keep the secrets themselves.
const none = "none"

func (a *asker) recipients(question string, opts *Options) {
	if len(opts.Recipients) > 0 {
		return
	}
	preset := opts.OwnKey
	if preset == "" {
		preset = none
	}
	a.ask(question, preset, func(answer string) error {
		if answer == none {
			return nil
		}
		opts.Recipients = split(answer)
		return checkList(a.spec.At("secrets.recipients"), opts.Recipients)
	})
}

func (a *asker) targets(question string, values *[]string) {
	if len(*values) > 0 {
		return
	}
	a.ask(question, VM, func(answer string) error {
		*values = split(answer)
		return checkTargets(*values)
	})
}

func (a *asker) storage(question string, known []string, value *string) {
	if *value != "" {
		return
	}
	a.ask(question, CephFS, func(answer string) error {
		*value = answer
		return oneOf(answer, known)
	})
}

// ask repeats one question until take accepts the answer.
func (a *asker) ask(question, preset string, take func(answer string) error) {
	for a.err == nil {
		fmt.Fprintf(a.out, "%s [%s]: ", question, preset)
		answer, err := a.line()
		if err != nil {
			fmt.Fprintln(a.out)
			a.err = fmt.Errorf("read the answer to %q: %w", question, err)
			return
		}
		if answer == "" {
			answer = preset
		}
		refused := take(answer)
		if refused == nil {
			return
		}
		fmt.Fprintf(a.out, "  %v\n", refused)
	}
}

// line reads an answer. A last line may lack its end.
func (a *asker) line() (string, error) {
	text, err := a.in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		if text != "" {
			err = nil
		} else {
			err = io.ErrUnexpectedEOF
		}
	}
	return strings.TrimSpace(text), err
}

func split(answer string) []string {
	out := strings.Split(answer, ",")
	for i, item := range out {
		out[i] = strings.TrimSpace(item)
	}
	return out
}
