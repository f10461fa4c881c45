package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/compile"
	"hagen/internal/secret"
	"hagen/internal/spec"
)

// TestParityOfSecrets: where hagen keeps the values, a bundle and the cluster tell
// the same fingerprints, whatever the Secrets and their keys are called; where
// others keep them, neither tells any.
func TestParityOfSecrets(t *testing.T) {
	compiler := newCompiler(t)
	providers := []string{
		"provider = \"sops\"\nrecipients = [\"age1qz0ekk3hup25h32vn3ar3h438hlekr29n737jrddnrnmnkx6kugqdvea99\"]",
		"provider = \"sealed-secrets\"\ncertificate = \"ca.pem\"\nrecipients = [\"age1qz0ekk3hup25h32vn3ar3h438hlekr29n737jrddnrnmnkx6kugqdvea99\"]",
		"provider = \"external-secrets\"\nexternal = { store = \"vault\", command = \"printf %s $1\" }",
	}
	for i, made := range madeSpecs() {
		provider := providers[i%len(providers)]
		dir, text := t.TempDir(), strings.Replace(made.text, `provider = "existing"`, provider, 1)
		writeBelow(t, dir, "ca.pem", []byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
		writeBelow(t, dir, "extra.libsonnet", []byte(extraSidecar))
		kept(t, compiler, dir, text)
		files := artifactsOf(compileIn(t, compiler, dir, text))
		checkParity(t, made.name+", "+provider, files, "")
		for _, target := range siteOf(t, files).Targets {
			if n := len(target.Prints); (n > 8) != (i%len(providers) < 2) {
				t.Errorf("%s, %s: %s tells %d fingerprints", made.name, provider, target.Name, n)
			}
		}
	}
}

// kept writes a folder of secrets as a vault would, but for the encryption: a
// build looks at the form of ciphertext, not into it.
func kept(t *testing.T, c *compile.Compiler, dir, text string) {
	t.Helper()
	document, err := spec.Decode("hagen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	need, err := c.Needs(compile.Job{Document: document, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if !need.Kept() {
		return
	}
	index := secret.Index{Secrets: map[string]secret.Entry{}, Files: map[string]secret.Made{}}
	values := map[string]string{}
	for _, m := range need.Materials {
		values[m.Name] = "ENC[" + m.Name + "]"
		index.Secrets[m.Name] = secret.Entry{Kind: m.Kind, Form: m.Form(), Created: time.Unix(0, 0), Fingerprint: secret.Fingerprint("key", m.Name, "value")}
	}
	files := map[string][]byte{secret.StoreFile: []byte("store"), secret.NodeFile: []byte("nodes")}
	for _, s := range need.Cluster {
		object := s.Object(values)
		object["sops"] = map[string]any{"mac": "ENC[mac]"}
		if need.Provider == secret.Sealed {
			object = s.SealedObject(s.Data(values))
		}
		if files[secret.ClusterFile(s.Name)], err = artifact.EncodeYAML(object); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range need.Files() {
		made := need.Expected(name, index)
		made.SHA256 = secret.Digest(files[name])
		index.Files[name] = made
		writeBelow(t, need.Dir, name, files[name])
	}
	data, err := index.Encode()
	if err != nil {
		t.Fatal(err)
	}
	writeBelow(t, need.Dir, secret.IndexFile, data)
}

func writeBelow(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
