// Command bake writes the checked form of the rules to standard output, for
// hagen to be built with. Call: make build
package main

import (
	"os"

	"hagen/internal/diag"
	"hagen/internal/rule"
)

func main() {
	data, err := rule.Bake(os.DirFS(os.Args[1]))
	if err != nil {
		diag.Print(os.Stderr, err)
		os.Exit(1)
	}
	if _, err := os.Stdout.Write(data); err != nil {
		os.Exit(1)
	}
}
