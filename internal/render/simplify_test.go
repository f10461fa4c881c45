package render_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hagen/internal/render"
)

// libraryOf makes a library of one expression, whose value is the facts.
func libraryOf(expression string) fstest.MapFS {
	return fstest.MapFS{
		"main.libsonnet": {Data: []byte("local lib = import 'lib/more.libsonnet';\n" +
			"{ render(input, extensions):: { objects: [], overlays: [], secrets: {}, facts: { value: " + expression + " } } }\n")},
		"lib/more.libsonnet": {Data: []byte("local own = import 'own.libsonnet'; { one: own.one, two: std.get(own, 'two', 2) }")},
		"lib/own.libsonnet":  {Data: []byte("{ one: 1, hidden:: 3 }")},
	}
}

// TestSimplifiedMeansTheSame evaluates expressions as they are parsed and as
// they are baked.
func TestSimplifiedMeansTheSame(t *testing.T) {
	for _, expression := range []string{
		"'a' in { a: 1 }",
		"'b' in { a: 1, b:: 2 }",
		"std.objectHas({ a: 1, b:: 2 }, 'b')",
		"std.objectHasAll({ a: 1, b:: 2 }, 'b')",
		"std.objectFields({ b: 1, a: 2, c:: 3 })",
		"std.get({ a: 1 }, 'a')",
		"std.get({ a: 1 }, 'b')",
		"std.get({ a: 1 }, 'b', 2)",
		"std.get({ a: null }, 'a', 2)",
		"std.get({ a:: 4 }, 'a', 2)",
		"std.get({ a:: 4 }, 'a', 2, false)",
		"std.get(o={ a: 1 }, f='a')",
		"std.get(default=7, o={ a: 1 }, f='c')",
		"std.get(std.get({ a: { b: 1 } }, 'a', {}), std.get({ x: 'b' }, 'x', 'y'), std.get({ z: 5 }, 'z'))",
		"std.get({ a: 1 }, 'a', error 'nobody asks for it')",
		"local o = { a: { b: 'deep' } }; std.get(o.a, 'b')",
		"local f(o) = std.get(o, 'a', std.get(o, 'b', 0)); [f({}), f({ b: 2 }), f({ a: 1, b: 2 })]",
		"({ a: 1, b: std.get(self, 'a'), c: std.get(self, 'd', self.b) }).c",
		"({ a: 1, b: { c: $.a, d: { e: $.a } } }).b.d.e",
		"({ a: 1, b: { local x = $.a, c: x } } + { a: 2 }).b.c",
		"({ a: 1, assert $.a == 1, b: 2 }).b",
		"({ a: 1, [if self.x then 'y']: 1 for self in [] })",
		"{ [name]: $.seen for name in ['a', 'b'] }",
		"({ names: ['a'], all: { [name]: $.names for name in ['x'] } }).all",
		"({ local top = self, a: 1, f(x): { a: 2, b: top.a + x } }).f(3).b",
		"local f = function(x) { y: x, z: $.y }; f(4).z",
		"[x for x in [1, 2, 3] if x in [2]]",
		"[x + y for x in [1, 2] for y in [10, 20] if x != 2 || y != 10]",
		"({ a: 1 } + { a+: 1, b: super.a, c: 'a' in super })",
		"lib.one + lib.two",
		"[lib, import 'lib/more.libsonnet']",
		"local o = { a: 1 }; local object = o, field = 'a'; std.get(object, field) + std.length(field)",
		"std.get('text', 'a')",
		"'a' in 'text'",
		"({ a: error 'no' }).a",
		"lib.missing",
		"std.get({ a: 1 }, 1)",
		"std.missing(1)",
	} {
		library := libraryOf(expression)
		parsed, parsedErr := render.NewLibrary(library).VM(t.TempDir(), os.ReadFile).Render(render.Input{})
		baked, err := render.Bake(library)
		if err != nil {
			// What cannot be parsed cannot be baked.
			if parsedErr == nil {
				t.Errorf("%s: %v", expression, err)
			}
			continue
		}
		library[render.BakedName] = &fstest.MapFile{Data: baked}
		simplified := render.NewLibrary(library)
		if !simplified.IsBaked() {
			t.Fatalf("%s: the baked form was not read", expression)
		}
		got, gotErr := simplified.VM(t.TempDir(), os.ReadFile).Render(render.Input{})
		if (gotErr == nil) != (parsedErr == nil) || !reflect.DeepEqual(got, parsed) {
			t.Errorf("%s: got %v, %v\nwant %v, %v", expression, got.Facts, gotErr, parsed.Facts, parsedErr)
		}
	}
}

// A library that gives std another meaning could not be simplified.
func TestStandardKeepsItsMeaning(t *testing.T) {
	for _, expression := range []string{
		"local std = { get(o, f): 1 }; std.get({}, 'a')",
		"(function(std) std.get)({ get: 1 })",
		"({ local std = self, get: 1, x: std.get }).x",
	} {
		if _, err := render.Bake(libraryOf(expression)); err == nil || !strings.Contains(err.Error(), "main.libsonnet gives std another meaning") {
			t.Errorf("%s: %v", expression, err)
		}
	}
}
