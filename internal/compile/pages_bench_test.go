package compile_test

import "testing"

// The pages of the largest example.
func BenchmarkPages(b *testing.B) {
	compiler := newCompiler(b)
	sites, err := compileFile(compiler, "../../examples/hub-2.15.toml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sites[0].WithPages(); err != nil {
			b.Fatal(err)
		}
	}
}
