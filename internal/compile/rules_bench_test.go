package compile_test

import "testing"

// What the rules over artifacts cost a warm process; the first site also
// decodes them.
func BenchmarkArtifactFindings(b *testing.B) {
	compiler := newCompiler(b)
	sites, err := compileFile(compiler, "../../examples/hub-2.15.toml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if found := compiler.ArtifactFindings(sites[0].Evidence); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
