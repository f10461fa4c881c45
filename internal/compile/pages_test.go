package compile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hagen/internal/compile"
	"hagen/internal/site"
)

// mostPage is what a page may have.
const mostPage = 1 << 20

// Every example has its pages, small, and the same wherever it is built from.
func TestPagesOfExamples(t *testing.T) {
	examples, err := filepath.Glob("../../examples/hub-*.toml")
	if err != nil || len(examples) < 4 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	compiler := newCompiler(t)
	for _, example := range examples {
		whole, err := filepath.Abs(example)
		if err != nil {
			t.Fatal(err)
		}
		here, there := pagesOf(t, compiler, example), pagesOf(t, compiler, whole)
		if len(here) < 5 {
			t.Errorf("%s: %d pages", example, len(here))
		}
		for name, data := range here {
			if !bytes.Equal(data, there[name]) {
				t.Errorf("%s: %s tells from where it was built", example, name)
			}
			if len(data) > mostPage {
				t.Errorf("%s: %s has %d bytes", example, name, len(data))
			}
			if bytes.Contains(data, []byte("../examples")) || bytes.Contains(data, []byte(filepath.Dir(whole))) {
				t.Errorf("%s: %s names a folder of this machine", example, name)
			}
		}
	}
}

func pagesOf(t *testing.T, compiler *compile.Compiler, file string) map[string][]byte {
	t.Helper()
	sites, err := compileFile(compiler, file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, one := range sites {
		one, err := one.WithPages()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range one.Files {
			if f.Component == site.Component {
				found[filepath.ToSlash(one.Folder)+"/"+f.Path] = f.Data
			}
		}
	}
	return found
}

// What a page of the 2.15 example must tell somebody who does not know Harbor.
func TestPageTells(t *testing.T) {
	pages := pagesOf(t, newCompiler(t), "../../examples/hub-2.15.toml")
	overview := string(pages["hub-2-15/index.html"])
	for _, want := range []string{
		"<b>3</b><span>virtual machines</span><small>9 programs on each</small>", "<b>22</b><span>pods on Kubernetes</span>",
		"node1 and node3 go on serving", "install -d -m 0755 /opt/hagen/hub-2-15", "kubectl create namespace harbor",
		"HAProxy ×2", "10.10.4.20", "Redis Sentinel", "/apps/harbor/data/registry", "8d894b7024ffcf3f", "2036-11-18",
	} {
		if !strings.Contains(overview, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	files := string(pages["hub-2-15/site/files.html"])
	for _, want := range []string{
		`<a href="#kubernetes/configmap-core-env.yaml">`, `<a href="#kubernetes/deployment-core.yaml">`, `<a href="#spec.9">spec:9</a>`, "component core",
	} {
		if !strings.Contains(files, want) {
			t.Errorf("the files do not say %q", want)
		}
	}
	if images := string(pages["hub-2-15/images.txt"]); !strings.HasPrefix(images, "goharbor/harbor-core:v2.15.2\n") || strings.Count(images, "\n") != 9 {
		t.Errorf("images: %s", images)
	}
}

// What runs once is no program that can fail, and images on the disk of the only
// machine do not lie outside of it.
func TestPagesOfSites(t *testing.T) {
	pages := pagesOf(t, newCompiler(t), "../../examples/hub-sites.toml")
	one, cluster := string(pages["hub-sites/berlin/index.html"]), string(pages["hub-sites/munich/index.html"])
	for _, want := range []string{"<small>8 programs on each</small>", "Its images lie on the disk of this one", "tells Harbor which images it copies"} {
		if !strings.Contains(one, want) {
			t.Errorf("a machine does not say %q", want)
		}
	}
	if strings.Contains(one, "lie outside of it") {
		t.Error("a machine says that its images lie outside of it")
	}
	if strings.Contains(cluster, "The pod of replication ends") || !strings.Contains(cluster, ">once<") {
		t.Error("a cluster tells of a Job as of a program")
	}
}

// Secrets stand on no page, not even encrypted.
func TestPagesHoldNoCiphertext(t *testing.T) {
	armour, err := os.ReadFile("../../examples/secrets/hub-2-15/secrets.age")
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(armour), "\n")[3]
	for name, data := range pagesOf(t, newCompiler(t), "../../examples/hub-2.15.toml") {
		if bytes.Contains(data, []byte(line)) || bytes.Contains(data, []byte("ENC[AES")) {
			t.Errorf("%s holds ciphertext", name)
		}
	}
}
