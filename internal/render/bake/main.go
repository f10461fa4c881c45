// Command bake writes the parsed form of the library to standard output, for
// hagen to be built with. Call: make build
package main

import (
	"fmt"
	"os"

	"hagen/internal/render"
)

func main() {
	data, err := render.Bake(os.DirFS(os.Args[1]))
	if err == nil {
		_, err = os.Stdout.Write(data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bake:", err)
		os.Exit(1)
	}
}
