package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Authorities reach both targets under names of their own, also those whose files
// are called alike, and one file's name stays what it was.
func TestTrustedAuthorities(t *testing.T) {
	c := newCompiler(t)
	dir := examplesWithout(t, "b")
	for i, name := range []string{"ca.pem", "s3-ca.crt", "b/ca.crt"} {
		writeFile(t, filepath.Join(dir, name), certificateUntil(t, time.Date(2040+i, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	for _, test := range []struct {
		name, example string
		// files and the names that they get, as patterns
		files, keys []string
	}{
		{"one", "hub-2.15", []string{"ca.crt"}, []string{`ca\.crt`}},
		{"other names", "hub-2.15", []string{"s3-ca.crt", "ca.crt"}, []string{`s3-ca\.crt`, `ca\.crt`}},
		{"one name in two folders", "hub-2.15", []string{"ca.crt", "b/ca.crt"}, []string{`ca\.crt`, `ca-[0-9a-f]{8}\.crt`}},
		{"two suffixes", "hub-2.15", []string{"ca.pem", "ca.crt", "b/ca.crt"}, []string{`ca\.crt`, `ca-[0-9a-f]{8}\.crt`, `ca-[0-9a-f]{8}\.crt`}},
		{"the name of the bucket's", "hub-s3", []string{"s3-ca.crt"}, []string{`s3-ca-[0-9a-f]{8}\.crt`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := fmt.Sprintf("trusted_ca = [\"%s\"]\n", strings.Join(test.files, `", "`))
			text := strings.Replace(exampleText(t, test.example), "trusted_ca = [\"ca.crt\"]\n", "", 1)
			site, err := compileAs(t, c, dir, strings.Replace(text, "[registry]\n", "[registry]\n"+list, 1))
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range test.files {
				authority, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				line := strings.Split(string(authority), "\n")[2]
				for _, want := range []string{
					`compose/node1/config/trusted-ca/` + test.keys[i] + `: ` + regexp.QuoteMeta(line),
					`compose/node1/docker-compose.yml: /config/trusted-ca/` + test.keys[i] + "\n.*target: /harbor_cust_cert/" + test.keys[i] + "\n",
					`kubernetes/configmap-trusted-ca.yaml: (?s)\n  ` + test.keys[i] + `: \|[^:]*` + regexp.QuoteMeta(line),
					`kubernetes/deployment-registry.yaml: mountPath: /harbor_cust_cert/` + test.keys[i] + "\n",
				} {
					if !found(t, site.Files, want) {
						t.Errorf("%s: nothing holds %s", name, want)
					}
				}
			}
		})
	}
}
