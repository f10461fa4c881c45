package compile

import (
	"path"
	"path/filepath"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/secret"
	"hagen/internal/spec"
)

// secretsFolder is where secrets lie beside a spec, a folder for each registry
// and environment.
const secretsFolder = "secrets"

// SecretsFolder is the folder of the secrets of one registry, below the folder
// of its spec.
func SecretsFolder(name, environment string) string {
	return filepath.Join(secretsFolder, name, environment)
}

// sealed is what the secrets add to the output, still encrypted.
type sealed struct {
	objects []artifact.Object
	node    []byte
	index   secret.Index
}

// secrets reads what lies encrypted beside the spec, and refuses what is not
// what the spec needs. Providers that keep the values elsewhere add nothing.
func (w *Worker) secrets(r rendering) (sealed, error) {
	if !r.need.Kept() {
		return sealed{}, nil
	}
	name, environment := artifact.Text(r.root["name"]), r.environment
	dir := resolve(w.dir, SecretsFolder(name, environment))
	folder, err := secret.Read(r.need, func(path string) ([]byte, error) {
		return w.files.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	})
	if err != nil {
		return sealed{}, secretsError(r.doc, environment, err)
	}
	found := folder.Problems(r.need, command(r.doc, environment))
	for i := range found {
		found[i].Path = secretsPath
	}
	// What follows from a value is asked before anybody made its secrets.
	if err := placed(r.doc, found); err != nil && !w.lenient {
		return sealed{}, err
	}
	objects, err := folder.Objects(r.need)
	if err != nil {
		return sealed{}, secretsError(r.doc, environment, err)
	}
	return sealed{objects: objects, node: folder.Files[secret.NodeFile], index: folder.Index}, folder.Annotate(r.objects)
}

var secretsPath = []any{"secrets"}

// command returns a function that completes a command for one spec: those
// about secrets name it by a flag, the others by an argument.
func command(doc *spec.Document, environment string) func(string) string {
	return func(words string) string {
		text := "hagen " + words
		if filepath.Base(doc.File) != "hagen.toml" {
			if strings.HasPrefix(words, "secrets ") {
				text += " --spec"
			}
			text += " " + doc.File
		}
		if environment != "" {
			text += " --environment " + environment
		}
		return text
	}
}

// secretsError places an error of the encrypted files themselves.
func secretsError(doc *spec.Document, environment string, err error) error {
	return diag.Diagnostic{
		Place: doc.Place(secretsPath), Path: secretsPath,
		Message: "the encrypted secrets cannot be read: " + fileError(err),
		Reason:  "what is built from them might not hold what it should",
		Fix:     "take the last good state from Git, or run: " + command(doc, environment)("secrets init"),
	}
}

// addTo puts the encrypted file into the bundle of every node, beside the
// script that opens it.
func (s sealed) addTo(files []artifact.File) []artifact.File {
	if s.node == nil {
		return files
	}
	for _, file := range files {
		folder, name := path.Split(file.Path)
		if name == "docker-compose.yml" && strings.HasPrefix(folder, "compose/") {
			files = append(files, artifact.File{Path: folder + "host/" + secret.NodeFile, Data: s.node, Component: "secrets"})
		}
	}
	return files
}

// Needs is what the secrets of one job must be, and where they lie.
type Needs struct {
	secret.Need
	Name, Environment string
	// Dir is the folder of the encrypted files, SpecDir that of the spec.
	Dir, SpecDir string
	// Command completes a command of hagen for this job.
	Command func(string) string
}

// Needs renders a job as far as its secrets can be told.
func (c *Compiler) Needs(job Job) (Needs, error) {
	doc, err := job.Document.Environment(job.Environment)
	if err != nil {
		return Needs{}, err
	}
	r, err := c.Worker(job.Dir).rendering(doc, job.Environment)
	if err != nil {
		return Needs{}, err
	}
	name := artifact.Text(r.root["name"])
	return Needs{
		Need: r.need, Name: name, Environment: job.Environment,
		SpecDir: job.Dir,
		Dir:     filepath.Join(job.Dir, SecretsFolder(name, job.Environment)),
		Command: command(r.doc, job.Environment),
	}, nil
}
