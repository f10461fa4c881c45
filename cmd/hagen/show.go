package main

import (
	"os"

	"golang.org/x/term"

	"hagen/internal/diag"
	"hagen/internal/report"
)

// show prints diagnostics for people: on a terminal with the line that each
// speaks of, in colours unless somebody asks for none.
func show(out *os.File, found []diag.Diagnostic) {
	terminal := term.IsTerminal(int(out.Fd()))
	// There is no other stream to complain to.
	_ = report.Write(out, "text", found, report.Options{
		Terminal: terminal, Color: terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Source: source,
	})
}

// source returns the text of a spec, or nil.
func source(file string) []byte {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return data
}
