package render

import (
	"os"
	"runtime"
	"testing"
	"testing/fstest"
)

// small is a library of a hundred objects, of which one may fail.
func small(t *testing.T, failing string) *Library {
	t.Helper()
	library := fstest.MapFS{"main.libsonnet": {Data: []byte(
		"{ render(input, extensions):: { facts: { word: input.spec.word }, overlays: ['o']," +
			"objects: [if i == " + failing + " then error 'broken' else { n: i } for i in std.range(0, 99)] } }",
	)}}
	baked, err := Bake(library)
	if err != nil {
		t.Fatal(err)
	}
	library[BakedName] = &fstest.MapFile{Data: baked}
	before := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	return NewLibrary(library)
}

func TestBothVMsMakeOneOutput(t *testing.T) {
	in := Input{Spec: map[string]any{"word": "yes"}}
	pair := small(t, "-1").Pair("", os.ReadFile)
	for range 3 {
		out, ok := pair.renderBoth(in)
		if !ok || len(out.Objects) != 100 || out.Facts["word"] != "yes" || len(out.Overlays) != 1 {
			t.Fatalf("%v: %v", ok, out)
		}
		for i, object := range out.Objects {
			if object["n"] != float64(i) {
				t.Errorf("object %d is %v", i, object)
			}
		}
	}
	if _, ok := small(t, "50").Pair("", os.ReadFile).renderBoth(in); ok {
		t.Error("an error was lost")
	}
}

// One core, or a library that would have to be parsed twice, gets one VM.
func TestPairNeedsTwoCores(t *testing.T) {
	library := small(t, "-1")
	if library.Pair("", os.ReadFile).partner == nil {
		t.Error("two cores are not used")
	}
	if (&Library{files: library.files}).Pair("", os.ReadFile).partner != nil {
		t.Error("the library is parsed twice")
	}
	runtime.GOMAXPROCS(1)
	if library.Pair("", os.ReadFile).partner != nil {
		t.Error("one core is shared by two")
	}
}
