// Command gen writes the tables by which hagen checks artifacts: what every
// minor version of Kubernetes serves and which fields it knows, the custom
// resources of the tools around a registry, and the Compose specification. The
// sources are modules of the Go proxy, pinned in sources.go; README.md describes
// the form of a table.
//
// Call: go run . [NAME...] in this folder.
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
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: gen [-out FOLDER] [NAME...]"); flag.PrintDefaults() }
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// tables are what can be made, by name.
var tables = map[string]func() (string, error){
	"kubernetes/kubernetes.txt": kubernetes,
	"kubernetes/custom.txt":     custom,
	"compose/compose.txt":       compose,
}

func run(out string, names []string) error {
	if len(names) == 0 {
		names = sorted(tables)
	}
	var problems []error
	for _, name := range names {
		made, ok := tables[name]
		if !ok {
			return fmt.Errorf("there is no table %s", name)
		}
		problems = append(problems, write(out, name, made))
	}
	return errors.Join(problems...)
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
