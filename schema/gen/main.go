// Command gen writes the tables by which hagen checks artifacts: what every
// minor version of Kubernetes serves and which fields it knows, the custom
// resources of the tools around a registry, the Compose specification, and the
// directives of nginx. The sources are modules of the Go proxy, pinned in
// sources.go; docs/architecture.md describes the format of a table.
//
// Call: go run . (Kubernetes, custom resources, Compose), or
// go run . -nginx FOLDER with the sources of nginx for its directives.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "..", "the schema folder to write to")
	nginx := flag.String("nginx", "", "a folder with the sources of nginx")
	flag.Parse()
	if err := run(*out, *nginx); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, nginx string) error {
	if nginx != "" {
		return write(out, "nginx/directives.txt", func() (string, error) { return directives(nginx) })
	}
	return errors.Join(
		write(out, "kubernetes/kubernetes.txt", kubernetes),
		write(out, "kubernetes/custom.txt", custom),
		write(out, "compose/compose.txt", compose),
	)
}

func write(out, name string, made func() (string, error)) error {
	text, err := made()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	file := filepath.Join(out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
