// Command gen writes the tables by which hagen checks artifacts: what every
// minor version of Kubernetes serves and which fields it knows, the custom
// resources of the tools around a registry, and the Compose specification. The
// sources are modules of the Go proxy, pinned in sources.go; README.md describes
// the form of a table.
//
// Call: go run . in this folder.
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
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string) error {
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
