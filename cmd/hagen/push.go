package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/diag"
	"hagen/internal/oci"
	"hagen/internal/revision"
	"hagen/internal/secret"
)

type pushOptions struct {
	ociOptions
	dir         string
	environment string
	source      string
	dry         bool
}

func newPush(s streams) *cobra.Command {
	var o pushOptions
	cmd := &cobra.Command{
		Use:   "push [oci://HOST/REPOSITORY:TAG] [SPEC...]",
		Short: "Put what specs compile to into a registry, for Flux and Argo CD",
		Long: "Compile hagen.toml, or the named specs, and push the folders as one OCI artifact that Flux's\n" +
			"OCIRepository and an OCI source of Argo CD take. Without an address each goes to its\n" +
			"gitops.source. --dir pushes rendered folders instead. What is secret must be encrypted. The\n" +
			"same commit makes the same digest; one that the tag has already is not pushed again.",
		Example: "  hagen push\n  hagen push oci://hub.example.com/platform/registry:main\n" +
			"  hagen push oci://hub.example.com/platform/registry:main --dir out",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return push(ctx, s, args, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", "", "push the rendered folders at and below `FOLDER`, and compile nothing")
	flags.StringVar(&o.environment, "environment", "", "with an address: push the environment `NAME` only")
	flags.StringVar(&o.source, "source", "", "`ADDRESS` of the repository that the artifact tells; without it that of Git's remote origin")
	flags.BoolVar(&o.dry, "dry-run", false, "make the artifact, print its digest, and send nothing")
	o.flags(flags)
	return cmd
}

// parcel is what goes under one tag.
type parcel struct {
	to      oci.Reference
	folders []bundle.Whole
	// files are those that a commit must hold to be told.
	files []string
}

// pushed is what became of a parcel; the JSON form is documented in
// docs/commands.md.
type pushed struct {
	Reference string         `json:"reference"`
	Digest    string         `json:"digest"`
	Changed   bool           `json:"changed"`
	Revision  string         `json:"revision,omitempty"`
	Folders   []pushedFolder `json:"folders"`
}

type pushedFolder struct {
	Folder string `json:"folder"`
	Harbor string `json:"harbor"`
	Files  int    `json:"files"`
}

func push(ctx context.Context, s streams, args []string, o pushOptions) error {
	var to *oci.Reference
	if len(args) > 0 && strings.HasPrefix(args[0], oci.Scheme) {
		ref, err := oci.Parse(args[0])
		if err != nil {
			return err
		}
		if ref.Digest != "" {
			return errors.New("a digest follows from what is pushed: name a tag alone; see hagen push --help")
		}
		to, args = &ref, args[1:]
	}
	if err := o.check(to, args); err != nil {
		return err
	}
	parcels, err := o.parcels(s, to, args)
	if err != nil {
		return err
	}
	var done []pushed
	for _, p := range parcels {
		result, err := o.send(ctx, p)
		if err != nil {
			return err
		}
		done = append(done, result)
		if !o.json {
			o.print(s, result)
		}
	}
	if o.json {
		return printValue(s.out, map[string]any{"format": 1, "dry_run": o.dry, "artifacts": done})
	}
	return nil
}

// check refuses flags that do not go together.
func (o pushOptions) check(to *oci.Reference, args []string) error {
	switch {
	case to == nil && o.dir != "":
		return errors.New("--dir needs an address: hagen push oci://HOST/REPOSITORY:TAG --dir FOLDER")
	case o.dir != "" && len(args) > 0:
		return errors.New("--dir compiles no specs: name one or the other; see hagen push --help")
	case o.dir != "" && o.environment != "":
		return errors.New("--environment is about specs: with --dir, name the folder of the environment")
	case to == nil && o.environment != "":
		return errors.New("--environment needs an address: without one, all that a tag holds is pushed together")
	}
	return nil
}

func (o pushOptions) parcels(s streams, to *oci.Reference, specs []string) ([]parcel, error) {
	if o.dir == "" {
		return compiledParcels(s, to, specs, o.environment)
	}
	folders, err := renderedFolders(o.dir)
	if err != nil {
		return nil, err
	}
	return []parcel{{to: *to, folders: folders, files: []string{filepath.Join(o.dir, ".")}}}, nil
}

// send packs a parcel and brings it into its registry.
func (o pushOptions) send(ctx context.Context, p parcel) (pushed, error) {
	files, err := bundle.Join(p.folders)
	if err != nil {
		return pushed{}, err
	}
	if err := encrypted(p.to, files); err != nil {
		return pushed{}, err
	}
	notes := o.annotations(p.files)
	image, err := oci.Pack(files, notes)
	if err != nil {
		return pushed{}, diag.Diagnostic{Place: diag.Place{File: p.to.String()}, Message: "the artifact cannot be made: " + err.Error()}
	}
	result := pushed{Reference: p.to.String(), Digest: image.Digest(), Revision: notes[oci.Revision], Folders: []pushedFolder{}}
	sort.Slice(p.folders, func(i, j int) bool { return p.folders[i].Folder() < p.folders[j].Folder() })
	for _, folder := range p.folders {
		result.Folders = append(result.Folders, pushedFolder{folder.Folder(), folder.Manifest.Harbor, len(folder.Files)})
	}
	if o.dry {
		return result, nil
	}
	registry, err := o.open(p.to)
	if err != nil {
		return pushed{}, err
	}
	result.Changed, err = registry.Push(ctx, image)
	return result, err
}

// encrypted refuses to hand out what is secret: a registry has other readers
// than the machine, and keeps what it got.
func encrypted(to oci.Reference, files artifact.Set) error {
	var list diag.List
	for _, found := range secret.InClear(files) {
		list.Add(diag.Diagnostic{
			Place: diag.Place{File: to.String()}, Message: "not pushed: " + found + " in the clear",
			Reason: "everybody who may pull the artifact could read it, also after the next push",
			Fix:    "take it out, and let secrets.provider bring it; if it was committed or pushed before, make it anew",
		})
	}
	return list.ErrorOrNil()
}

// annotations tell where the files come from, if a commit holds them.
func (o pushOptions) annotations(files []string) map[string]string {
	state, ok := revision.Describe(files)
	if !ok {
		return map[string]string{oci.Source: o.source}
	}
	notes := map[string]string{
		oci.Revision: state.Commit, oci.Created: state.Time.UTC().Format(time.RFC3339), oci.Source: state.Origin,
	}
	if o.source != "" {
		notes[oci.Source] = o.source
	}
	return notes
}

func (o pushOptions) print(s streams, p pushed) {
	outcome := "pushed"
	switch {
	case o.dry:
		outcome = "not sent"
	case !p.Changed:
		outcome = "unchanged"
	}
	fmt.Fprintf(s.out, "%s@%s: %s\n", p.Reference, p.Digest, outcome)
	for _, folder := range p.Folders {
		fmt.Fprintf(s.out, "  %s: Harbor %s, %s\n", folder.Folder, folder.Harbor, count(folder.Files, "file"))
	}
	if p.Revision == "" {
		fmt.Fprintln(s.err, "hagen: note: the artifact tells no commit: the files are not those of one")
	}
}
