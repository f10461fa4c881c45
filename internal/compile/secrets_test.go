package compile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/render"
	"hagen/internal/spec"
	"hagen/internal/validate"
	"hagen/jsonnet"
	"hagen/schema"
)

// neededSecrets is what the library says of the secrets of a spec.
func neededSecrets(t *testing.T, text string) map[string]any {
	t.Helper()
	document, err := spec.Decode("hagen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := validate.Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range fields.Files(document.Root) {
		files[file.File] = "text"
	}
	vm := render.NewLibrary(jsonnet.Library).VM(t.TempDir(), nil)
	out, err := vm.Render(render.Input{Spec: fields.Fill(document.Root), Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return out.Secrets
}

// TestNeededSecrets holds what the library says of secrets to one form, for
// every made spec: whoever makes values relies on it.
func TestNeededSecrets(t *testing.T) {
	for _, made := range madeSpecs() {
		t.Run(made.name, func(t *testing.T) {
			needed := neededSecrets(t, made.text)
			if encoded, _ := json.MarshalIndent(needed, "", "  "); testing.Verbose() {
				t.Logf("%s", encoded)
			}
			known := map[string]bool{}
			for _, item := range artifact.List(needed["materials"]) {
				known[checkMaterial(t, artifact.Map(item))] = true
			}
			for _, name := range texts(needed["node"]) {
				if !known[name] {
					t.Errorf("the nodes need %s, which is no material", name)
				}
			}
			for _, item := range artifact.List(needed["cluster"]) {
				checkClusterSecret(t, artifact.Map(item), known)
			}
			if !slices.Contains(texts(needed["public"]), "Harbor12345") {
				t.Error("the password that every Harbor ships is not among those that everybody knows")
			}
		})
	}
}

var materialKinds = map[string][]string{
	"random": {"length"}, "rsa": {"length"}, "certificate": {"of"}, "htpasswd": {"of", "user"},
	"composed": {"parts"}, "given": {"format"},
}

func checkMaterial(t *testing.T, material map[string]any) string {
	t.Helper()
	name := artifact.Text(material["material"])
	fields, ok := materialKinds[artifact.Text(material["kind"])]
	if !ok {
		t.Errorf("%s is of kind %v", name, material["kind"])
	}
	for _, field := range append(fields, "description", "rotation", "uses") {
		if material[field] == nil {
			t.Errorf("%s does not say %s", name, field)
		}
	}
	if material["format"] == "pem-certificate" && (material["key"] != "tls.key" || material["host"] == nil) {
		t.Errorf("%s names no key or no host", name)
	}
	for _, item := range artifact.List(material["uses"]) {
		use := artifact.Map(item)
		how, what, _ := strings.Cut(artifact.Text(use["as"]), " ")
		if !slices.Contains([]string{"variable", "file", "volume"}, how) || what == "" || use["component"] == nil || use["target"] == nil {
			t.Errorf("%s is used as %v", name, use)
		}
	}
	return name
}

func checkClusterSecret(t *testing.T, secret map[string]any, known map[string]bool) {
	t.Helper()
	for _, field := range []string{"name", "namespace", "labels", "type"} {
		if secret[field] == nil {
			t.Errorf("Secret %v has no %s", secret["name"], field)
		}
	}
	for _, item := range artifact.List(secret["items"]) {
		entry := artifact.Map(item)
		if material := artifact.Text(entry["material"]); entry["value"] == nil && !known[material] {
			t.Errorf("Secret %v, key %v: %q is no material", secret["name"], entry["key"], material)
		}
	}
}

// TestSizesOfSecrets: the sizes that Harbor's programs demand, by generation.
func TestSizesOfSecrets(t *testing.T) {
	sizes := map[string]map[string]float64{
		"2.14.4 https sentinel": {
			"secretkey": 16, "csrf_key": 32, "core_secret": 16, "jobservice_secret": 16,
			"registry_http_secret": 32, "registry_password": 32, "private_key.pem": 4096,
		},
		"1.2.2 https redis": {
			"secretkey": 16, "ui_secret": 16, "jobservice_secret": 16, "registry_http_secret": 32, "private_key.pem": 4096,
		},
	}
	for _, made := range madeSpecs() {
		want := sizes[made.name]
		for _, item := range artifact.List(neededSecrets(t, made.text)["materials"]) {
			material := artifact.Map(item)
			if size, ok := want[artifact.Text(material["material"])]; ok {
				if material["length"] != size {
					t.Errorf("%s: %v has %v characters or bits, want %v", made.name, material["material"], material["length"], size)
				}
				delete(want, artifact.Text(material["material"]))
			}
		}
		if len(want) > 0 {
			t.Errorf("%s needs no %v", made.name, want)
		}
		delete(sizes, made.name)
	}
	if len(sizes) > 0 {
		t.Errorf("there is no spec for %v", sizes)
	}
}
