package secret_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/secret"
)

func TestInClear(t *testing.T) {
	const sealed = "secret a\n-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"
	secretOf := func(fields string) string { return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n" + fields }
	for name, test := range map[string]struct{ path, text, want string }{
		"encrypted by SOPS":   {"secrets/a.yaml", secretOf("stringData:\n  b: ENC[AES256_GCM,data:x]\nsops: {}\n"), ""},
		"a value":             {"kubernetes/a.yaml", secretOf("stringData:\n  b: hunter2\n"), "kubernetes/a.yaml holds stringData.b of a Secret"},
		"an encoded value":    {"kubernetes/a.yml", secretOf("data:\n  c: ENC[x\n  b: aHVudGVyMg==\n"), "kubernetes/a.yml holds data.b of a Secret"},
		"a number":            {"kubernetes/a.yaml", secretOf("stringData:\n  b: 12\n"), "kubernetes/a.yaml holds stringData.b of a Secret"},
		"an empty one":        {"kubernetes/a.yaml", secretOf("data:\n  b: \"\"\n"), ""},
		"no values":           {"kubernetes/a.yaml", secretOf(""), ""},
		"JSON":                {"a.json", `{"kind":"Secret","data":{"b":"eA=="}}`, "a.json holds data.b of a Secret"},
		"another kind":        {"kubernetes/a.yaml", "kind: SealedSecret\ndata:\n  b: x\n", ""},
		"no YAML":             {"kubernetes/a.yaml", "kind: Secret\n\t- {", ""},
		"a private key":       {"compose/one/config/a.pem", "x\n-----BEGIN EC PRIVATE KEY-----\n", "compose/one/config/a.pem holds a private key"},
		"a key of age":        {"README.md", "AGE-SECRET-KEY-1QQQ", "README.md holds a private key"},
		"a certificate":       {"ca.crt", "-----BEGIN CERTIFICATE-----\n", ""},
		"of the nodes":        {"compose/one/host/secrets.age", sealed + strings.Replace(sealed, " a", " b.c_d-e", 1), ""},
		"of no nodes":         {"compose/one/host/secrets.age", "", ""},
		"a value for a node":  {"compose/one/host/secrets.age", sealed + "secret b\nhunter2\n", "compose/one/host/secrets.age holds something that age did not encrypt"},
		"a value in a block":  {"compose/one/host/secrets.age", strings.Replace(sealed, "YWdl", "hunter 2", 1), "compose/one/host/secrets.age holds something that age did not encrypt"},
		"a value as heading":  {"compose/one/host/secrets.age", strings.Replace(sealed, " a\n", " a hunter2\n", 1), "compose/one/host/secrets.age holds something that age did not encrypt"},
		"a value before all":  {"compose/one/host/secrets.age", "hunter2\n" + sealed, "compose/one/host/secrets.age holds something that age did not encrypt"},
		"a value between two": {"compose/one/host/secrets.age", sealed + "hunter2\n" + sealed, "compose/one/host/secrets.age holds something that age did not encrypt"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(secret.InClear(artifact.Set{{Path: test.path, Data: []byte(test.text)}}), "; ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Nothing of what the examples render is in the clear.
func TestExamplesAreEncrypted(t *testing.T) {
	var files []artifact.File
	err := filepath.WalkDir("../../out", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files = append(files, artifact.File{Path: filepath.ToSlash(path), Data: data})
		return err
	})
	if err != nil || !slices.ContainsFunc(files, func(f artifact.File) bool { return strings.HasSuffix(f.Path, secret.NodeFile) }) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if found := secret.InClear(files); len(found) > 0 {
		t.Error(found)
	}
}
