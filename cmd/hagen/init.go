package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hagen/internal/diag"
	"hagen/internal/scaffold"
	"hagen/internal/vault"
)

func newInit(s streams) *cobra.Command {
	var o scaffold.Options
	var defaults bool
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented spec to start from",
		Long: "Write hagen.toml, or the named file, for a release of Harbor and its targets. On a\n" +
			"terminal it asks for what the flags do not say; elsewhere examples stand in. What it\n" +
			"writes builds at once. An existing file is never touched.",
		Example: "  hagen init\n  hagen init --harbor 2.15.2 --target vm --target kubernetes --url https://hub.example.com",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := defaultSpec
			if len(args) > 0 {
				file = args[0]
			}
			return initialize(s, file, o, s.interactive() && !defaults)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Name, "name", "", "`NAME` of the registry")
	flags.StringVar(&o.Version, "harbor", "", "`RELEASE` of Harbor, such as 2.15.2")
	flags.StringVar(&o.URL, "url", "", "`ADDRESS` for docker clients and browsers, with scheme and, if unusual, port")
	flags.StringSliceVar(&o.Targets, "target", nil, "`TARGET`: vm or kubernetes; repeat it for both")
	flags.StringSliceVar(&o.Nodes, "node", nil, "`ADDRESS` of a virtual machine; repeat it")
	flags.StringVar(&o.KubernetesVersion, "kubernetes", "", "minor `VERSION` of the cluster, such as 1.34")
	flags.StringVar(&o.Storage, "storage", "", "`STORAGE` that all instances share: cephfs, nfs or s3")
	flags.StringSliceVar(&o.Monitors, "monitor", nil, "`ADDRESS` of a Ceph monitor with its port; repeat it")
	flags.StringVar(&o.ClusterID, "cluster-id", "", "`ID` of the Ceph cluster in ceph-csi, usually what ceph fsid prints")
	flags.StringVar(&o.NFSServer, "nfs-server", "", "`HOST` of the NFS server")
	flags.StringVar(&o.NFSPath, "nfs-path", "", "`PATH` that the NFS server exports")
	flags.StringVar(&o.Bucket, "bucket", "", "`NAME` of the S3 bucket")
	flags.StringVar(&o.Endpoint, "s3-endpoint", "", "`ADDRESS` of an S3 store other than Amazon's")
	flags.StringVar(&o.Region, "s3-region", "", "`REGION` of Amazon S3, such as eu-central-1")
	flags.StringVar(&o.DatabaseHost, "database-host", "", "`HOST` of the database")
	flags.StringVar(&o.RedisAddress, "redis-address", "", "`ADDRESS` of Redis with its port")
	flags.StringArrayVar(&o.Recipients, "recipient", nil, "public `KEY` of age or SSH that can read the secrets, which hagen then keeps; repeat it")
	flags.StringVar(&o.Schema, "schema", "", "`PATH` or address of the schema for the editor (see hagen schema)")
	flags.BoolVarP(&defaults, "yes", "y", false, "ask nothing")
	return cmd
}

func initialize(s streams, file string, o scaffold.Options, ask bool) error {
	if _, err := os.Lstat(file); err == nil {
		return existsError(file)
	}
	if ask {
		o.OwnKey = ownKey()
		if err := scaffold.Ask(s.in, s.err, &o); err != nil {
			return err
		}
	}
	data, err := scaffold.Spec(o)
	if err != nil {
		return err
	}
	if err := writeNew(file, data); err != nil {
		return err
	}
	secrets := ""
	if len(o.Recipients) > 0 {
		secrets = "hagen secrets init" + strings.Replace(argument(file), " ", " --spec ", 1) + ", then "
	}
	fmt.Fprintf(s.out, "%s: written; read it, fill in your own addresses, then run: %shagen build%s\n", file, secrets, argument(file))
	return nil
}

// ownKey is the user's public key, or nothing: none is made here.
func ownKey() string {
	file, err := vault.KeyFile()
	if err != nil {
		return ""
	}
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	keys, _, err := vault.Key(file)
	if err != nil || len(keys) == 0 {
		return ""
	}
	return keys[0]
}

func argument(file string) string {
	if file == defaultSpec {
		return ""
	}
	return " " + file
}

// writeNew writes a file that must not exist; one that cannot be written
// whole is not left behind.
func writeNew(file string, data []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return existsError(file)
	}
	if err == nil {
		_, err = f.Write(data)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			os.Remove(file)
		}
	}
	if err != nil {
		return diag.Diagnostic{Place: diag.Place{File: file}, Message: "the spec cannot be written: " + plainError(err)}
	}
	return nil
}

func existsError(file string) error {
	return diag.Diagnostic{
		Place: diag.Place{File: file}, Message: "the file exists already",
		Reason: "init never writes over a spec", Fix: "name another file: hagen init FILE",
	}
}
