package main

import (
	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/diff"
	"hagen/internal/live"
	"hagen/internal/vault"
	"hagen/schema"
)

// withCluster compares what specs compile to with what a cluster has.
func (c *collector) withCluster(compiler *compile.Compiler, args []string, o diffOptions) error {
	jobs, err := readSpecs(compiler, args, o.environment)
	if err != nil {
		return err
	}
	known, err := live.ReadKnown(schema.Impact)
	if err != nil {
		return err
	}
	cluster, err := live.Find(o.kubeconfig, o.context)
	if err != nil {
		return err
	}
	label, open := cluster.Name(), opener()
	return compiler.Each(jobs, func(i int, site compile.Site) error {
		state, err := cluster.Read(known, site.Files, open)
		if err != nil {
			return err
		}
		if len(state.New) == 0 {
			return diag.Diagnostic{
				Place: diag.Place{File: jobs[i].Document.File}, Message: "the spec has nothing for a cluster",
				Reason: "hagen diff --live compares manifests, and targets has no kubernetes", Fix: "leave the spec out",
			}
		}
		c.warn(site)
		old := diff.Side{Label: label, Registry: site.Manifest.Name, Environment: site.Manifest.Environment, Harbor: state.Version, Files: state.Old}
		old.Absent = len(state.Old) == 0
		new := sideOf(site, jobs[i].Document.File)
		new.Files, new.Refused = state.New, state.Refused
		c.add(pairOfStates{old: old, new: new, notes: state.Notes, ignore: hiddenBy(site)})
		return nil
	})
}

// opener decrypts manifests with the keys of the user, if sops is there.
func opener() func(manifest []byte) (artifact.Object, error) {
	sops, err := vault.FindSOPS()
	if err != nil {
		return nil
	}
	return func(manifest []byte) (artifact.Object, error) {
		var o artifact.Object
		err := sops.Decrypt(manifest, &o)
		return o, err
	}
}
