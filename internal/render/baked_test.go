package render_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hagen/internal/diag"
	"hagen/internal/render"
	"hagen/internal/spec"
	"hagen/internal/validate"
	"hagen/jsonnet"
	"hagen/schema"
)

// withBaked copies the library and adds a baked form.
func withBaked(t testing.TB, baked []byte) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(jsonnet.Library, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(jsonnet.Library, name)
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(files, render.BakedName)
	if baked != nil {
		files[render.BakedName] = &fstest.MapFile{Data: baked}
	}
	return files
}

// inputs are those of all examples and their environments.
func inputs(t *testing.T) []render.Input {
	t.Helper()
	specSchema, err := validate.Load(schema.FS)
	if err != nil {
		t.Fatal(err)
	}
	examples, _ := filepath.Glob("../../examples/*.toml")
	var out []render.Input
	for _, example := range examples {
		src, err := os.ReadFile(example)
		if err != nil {
			t.Fatal(err)
		}
		document, err := spec.Decode(example, src)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(document.Environments(), "") {
			if name == "" && len(document.Environments()) > 0 {
				continue
			}
			merged, err := document.Environment(name)
			if err != nil {
				t.Fatal(err)
			}
			in := render.Input{Spec: specSchema.Fill(merged.Root), Files: map[string]string{"ca.crt": "PEM"}, Environment: name}
			for _, extension := range asList(in.Spec["extend"]) {
				in.Extensions = append(in.Extensions, extension.(string))
			}
			out = append(out, in)
		}
	}
	return out
}

func asList(v any) []any { list, _ := v.([]any); return list }

// TestBakedMakesTheSame renders every example with the parsed and with the
// baked library.
func TestBakedMakesTheSame(t *testing.T) {
	baked, err := render.Bake(withBaked(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	again, err := render.Bake(withBaked(t, nil))
	if err != nil || string(again) != string(baked) {
		t.Errorf("baking twice makes two things (%v)", err)
	}
	dir, _ := filepath.Abs("../../examples")
	parsedLibrary := render.NewLibrary(withBaked(t, nil))
	bakedLibrary := render.NewLibrary(withBaked(t, baked))
	if parsedLibrary.IsBaked() || !bakedLibrary.IsBaked() {
		t.Fatal("the baked form was not read")
	}
	for _, in := range inputs(t) {
		want, err := parsedLibrary.VM(dir, os.ReadFile).Render(in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bakedLibrary.VM(dir, os.ReadFile).Render(in)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v %s: the baked library makes something else", in.Spec["name"], in.Environment)
		}
	}
}

// A baked form that is stale, cut off or from another parser is not used.
func TestUnfitBakedFormIsIgnored(t *testing.T) {
	baked, err := render.Bake(withBaked(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	changed := withBaked(t, baked)
	changed["main.libsonnet"].Data = append(changed["main.libsonnet"].Data, "\n// more\n"...)
	for name, library := range map[string]fs.FS{
		"stale":          changed,
		"cut off":        withBaked(t, baked[:len(baked)/2]),
		"another parser": withBaked(t, []byte(strings.Replace(string(baked), "v0.22", "v0.21", 1))),
		"empty":          withBaked(t, []byte{}),
	} {
		if render.NewLibrary(library).IsBaked() {
			t.Errorf("%s: it was used", name)
		}
	}
}

// The format names the parser whose trees it holds.
func TestBakedFormatNamesTheParser(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	baked, err := render.Bake(withBaked(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(baked), "\n")
	_, version, _ := strings.Cut(head, "go-jsonnet ")
	if !strings.Contains(string(mod), "github.com/google/go-jsonnet "+version+"\n") {
		t.Errorf("the format says %s, go.mod says otherwise", version)
	}
}

// A broken baked form must end in an error, never in a crash or a hang.
func FuzzUnbake(f *testing.F) {
	baked, err := render.Bake(jsonnet.Library)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(200, byte(0))
	f.Add(len(baked)/2, byte(255))
	files := withBaked(f, baked)
	f.Fuzz(func(t *testing.T, at int, value byte) {
		broken := append([]byte{}, baked...)
		broken[200+abs(at)%(len(broken)-200)] = value
		library := maps.Clone(files)
		library[render.BakedName] = &fstest.MapFile{Data: broken}
		render.NewLibrary(library)
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

// The traces that authors of extensions read name the same places.
func TestBakedTracesAreTheSame(t *testing.T) {
	baked, err := render.Bake(withBaked(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, source := range map[string]string{
		"field.libsonnet": "{ components+:: { core+: { env+: { A: self.missing } } } }",
		"error.libsonnet": "{ components+:: { core+: { image: error 'must provide image' } } }",
		"call.libsonnet":  "local c = import 'lib/component.libsonnet'; { components+:: { more: c.new('more') } }",
	} {
		os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644)
		for _, in := range inputs(t) {
			if in.Extensions != nil || in.Spec["registry"].(map[string]any)["version"] != "2.15.2" {
				continue
			}
			in.Extensions = []string{name}
			_, want := render.NewLibrary(withBaked(t, nil)).VM(dir, os.ReadFile).Render(in)
			_, got := render.NewLibrary(withBaked(t, baked)).VM(dir, os.ReadFile).Render(in)
			if want == nil || got == nil || trace(got) != trace(want) {
				t.Errorf("%s: got\n%s\nwant\n%s", name, trace(got), trace(want))
			}
		}
	}
}

func trace(err error) string {
	var d diag.Diagnostic
	if !errors.As(err, &d) {
		return ""
	}
	return d.Message + "\n" + d.Reason
}
