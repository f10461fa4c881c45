package view

import (
	"fmt"
	"io"
	"strings"

	"hagen/internal/diff"
)

// Unified writes changes in the form of a unified diff, for tools that show
// one: a file after the other, a hunk for each change with its path. It is not
// for patch(1): order and layout are not in it.
func Unified(w io.Writer, reports []diff.Report) error {
	var b strings.Builder
	for _, r := range reports {
		order, files := byFile(r)
		for _, file := range order {
			writeFile(&b, r, file, files[file])
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func byFile(r diff.Report) (order []string, files map[string][]diff.Change) {
	files = map[string][]diff.Change{}
	for _, c := range r.Changes {
		for _, place := range c.Places {
			if files[place.File] == nil {
				order = append(order, place.File)
			}
			files[place.File] = append(files[place.File], c)
		}
	}
	return order, files
}

func writeFile(b *strings.Builder, r diff.Report, file string, changes []diff.Change) {
	old, new := "a/"+r.Name()+"/"+file, "b/"+r.Name()+"/"+file
	for _, c := range changes {
		if len(c.Path) == 0 && c.Op == diff.Added {
			old = "/dev/null"
		}
		if len(c.Path) == 0 && c.Op == diff.Removed {
			new = "/dev/null"
		}
	}
	fmt.Fprintf(b, "--- %s\n+++ %s\n", visible(old), visible(new))
	for i, c := range changes {
		before, after := sides(c)
		fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@ %s %s\n", i+1, len(before), i+1, len(after), c.Impact, visible(c.Object.String()))
		for _, line := range before {
			b.WriteString("-" + line + "\n")
		}
		for _, line := range after {
			b.WriteString("+" + line + "\n")
		}
	}
}

// sides are the lines that a change takes away and brings.
func sides(c diff.Change) (before, after []string) {
	at := visible(placeIn(c))
	if at == "" {
		at = visible(c.Object.String())
	}
	if c.Old != nil {
		before = []string{at + ": " + value(c.Old, 0)}
	}
	if c.New != nil {
		after = []string{at + ": " + value(c.New, 0)}
	}
	return before, after
}
