package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path/filepath"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
)

// Inputs is what a site is made from, as far as that can be told without making
// it.
type Inputs struct {
	Name, Environment string
	// Spec and Files are digests: of the spec with its defaults and the files that
	// it names, and of the encrypted secrets beside it.
	Spec, Files string
	// Kept tells that hagen keeps the secrets.
	Kept bool
}

// Inputs returns what a job is made from. A spec that is wrong, or that lets
// files take part that only an evaluation finds (overlays and Jsonnet), has
// none: it must be compiled.
func (c *Compiler) Inputs(job Job) (Inputs, bool) {
	document, err := job.Document.Environment(job.Environment)
	if err != nil || len(c.schema.Check(document.Root)) > 0 {
		return Inputs{}, false
	}
	root := c.schema.Fill(document.Root)
	if len(texts(root["overlays"]))+len(texts(root["extend"])) > 0 {
		return Inputs{}, false
	}
	worker := &Worker{Compiler: c, dir: job.Dir}
	_, files, err := worker.readFiles(document)
	if err != nil {
		return Inputs{}, false
	}
	in := Inputs{Name: artifact.Text(root["name"]), Environment: job.Environment, Spec: digestOfSpec(root, files)}
	switch artifact.Text(artifact.Map(root["secrets"])["provider"]) {
	case "existing", "external-secrets":
		return in, true
	}
	in.Kept = true
	in.Files, err = worker.digestBelow(resolve(job.Dir, SecretsFolder(in.Name, job.Environment)))
	return in, err == nil
}

// Folder is where the site belongs below the output folder.
func (in Inputs) Folder() string { return filepath.Join(in.Name, in.Environment) }

// Made tells whether a folder with this manifest was made from the inputs by
// this very hagen, so that compiling makes the same.
func (c *Compiler) Made(in Inputs, m bundle.Manifest) bool {
	return !in.Kept && m.Spec == in.Spec && m.Library == c.digest && m.Hagen == c.version &&
		m.Name == in.Name && m.Environment == in.Environment
}

// digestBelow digests the files of a folder with their names; one that is not
// there has the digest of nothing.
func (w *Worker) digestBelow(dir string) (string, error) {
	hash := sha256.New()
	if !w.files.IsDir(dir) {
		return hex.EncodeToString(hash.Sum(nil)), nil
	}
	err := w.files.Walk(dir, func(path string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := w.files.ReadFile(path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		hash.Write([]byte(path + "\x00"))
		hash.Write(sum[:])
		return nil
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}
