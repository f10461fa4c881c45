package render_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"hagen/internal/diag"
	"hagen/internal/render"
)

// bakedLibrary is the shipped library in its baked form; a pair needs one, and
// two cores.
func bakedLibrary(t *testing.T) *render.Library {
	t.Helper()
	baked, err := render.Bake(withBaked(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	return render.NewLibrary(withBaked(t, baked))
}

// TestPairMakesTheSame renders every example on one core and on two, the
// latter several times with the same two VMs.
func TestPairMakesTheSame(t *testing.T) {
	library := bakedLibrary(t)
	dir, _ := filepath.Abs("../../examples")
	pair := library.Pair(dir, os.ReadFile)
	for _, in := range inputs(t) {
		want, err := library.VM(dir, os.ReadFile).Render(in)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			got, err := pair.Render(in)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%v %s: two cores make something else", in.Spec["name"], in.Environment)
			}
		}
	}
}

// An error is the one that a single VM meets first.
func TestPairFailsTheSame(t *testing.T) {
	library := bakedLibrary(t)
	dir, _ := filepath.Abs("../../examples")
	in := inputs(t)[0]
	in.Spec = maps.Clone(in.Spec)
	in.Spec["storage"] = "no table"
	_, want := library.VM(dir, os.ReadFile).Render(in)
	for range 5 {
		_, got := library.Pair(dir, os.ReadFile).Render(in)
		var a, b diag.Diagnostic
		if !errors.As(want, &a) || !errors.As(got, &b) || a.Message != b.Message || a.Reason != b.Reason {
			t.Fatalf("got\n%v\nwant\n%v", got, want)
		}
	}
}
