package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"hagen/internal/bundle"
	"hagen/internal/diag"
	"hagen/internal/oci"
)

func newPull(s streams) *cobra.Command {
	var o ociOptions
	cmd := &cobra.Command{
		Use:   "pull oci://HOST/REPOSITORY:TAG FOLDER",
		Short: "Get what hagen push put into a registry",
		Long: "Fetch an artifact, check every file against digests and manifests, and write the rendered\n" +
			"folders below FOLDER as a build does: whole or not at all, and never over a file that hagen\n" +
			"did not make. TAG@sha256:… takes that state and no other.",
		Example: "  hagen pull oci://hub.example.com/platform/registry:main out",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return pull(ctx, s, args[0], args[1], o)
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

func pull(ctx context.Context, s streams, from, dir string, o ociOptions) error {
	ref, err := oci.Parse(from)
	if err != nil {
		return err
	}
	if dir == "" {
		return errors.New("the folder has no name; see hagen pull --help")
	}
	registry, err := o.open(ref)
	if err != nil {
		return err
	}
	image, err := registry.Pull(ctx)
	if err != nil {
		return err
	}
	folders, err := unpacked(ref, image)
	if err != nil {
		return err
	}
	results, err := writeFolders(dir, folders)
	if err != nil {
		return explainForeign(err)
	}
	if o.json {
		return printPulled(s, ref, image, dir, results)
	}
	fmt.Fprintf(s.out, "%s%s: pulled\n", ref, undisclosed(ref, image))
	printSummary(s.out, dir, results)
	return nil
}

// undisclosed is the digest behind an address that does not name it.
func undisclosed(ref oci.Reference, image oci.Image) string {
	if ref.Digest != "" {
		return ""
	}
	return "@" + image.Digest()
}

// unpacked returns the folders of an artifact, each as its manifest says.
func unpacked(ref oci.Reference, image oci.Image) ([]bundle.Whole, error) {
	files, err := image.Unpack()
	var folders []bundle.Whole
	if err == nil {
		folders, err = bundle.Split(files)
	}
	if err == nil && len(folders) == 0 {
		err = oci.ErrForeign
	}
	if err != nil {
		return nil, diag.Diagnostic{
			Place: diag.Place{File: ref.String()}, Message: "the artifact cannot be unpacked: " + err.Error(),
			Reason: "hagen push does not make such an artifact; nothing was written",
			Fix:    "find out who pushed it, and push the spec anew",
		}
	}
	return folders, nil
}

// writeFolders writes all folders or none.
func writeFolders(dir string, folders []bundle.Whole) ([]result, error) {
	writer, err := bundle.Open(dir)
	if err != nil {
		return nil, outputError(dir, err)
	}
	defer writer.Close()
	var results []result
	for _, folder := range folders {
		changes, err := writer.StageWhole(folder)
		if err != nil {
			return nil, outputError(dir, err)
		}
		m := folder.Manifest
		results = append(results, result{
			Name: m.Name, Environment: m.Environment, Folder: folder.Folder(), Harbor: m.Harbor,
			Files: len(folder.Files), Changes: changes,
		})
	}
	if err := writer.Commit(); err != nil {
		return nil, outputError(dir, err)
	}
	_, err = putIndex(dir, writer)
	return results, outputError(dir, err)
}

func printPulled(s streams, ref oci.Reference, image oci.Image, dir string, results []result) error {
	asLists(results)
	return printValue(s.out, map[string]any{
		"format": 1, "reference": ref.String(), "digest": image.Digest(), "output": dir, "sites": results,
	})
}
