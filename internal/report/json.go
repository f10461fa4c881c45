package report

import (
	"encoding/json"
	"io"

	"hagen/internal/diag"
)

// FormatVersion is that of the JSON; a change that breaks readers raises it.
const FormatVersion = 1

type finding struct {
	Severity string `json:"severity"`
	Rule     string `json:"rule,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Artifact string `json:"artifact,omitempty"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
	Reason   string `json:"reason,omitempty"`
	Fix      string `json:"fix,omitempty"`
	Origin   string `json:"origin,omitempty"`
	// Environments are those that it is found in, if not in all.
	Environments []string `json:"environments,omitempty"`
}

func writeJSON(w io.Writer, found []diag.Diagnostic) error {
	list := []finding{}
	counts := map[string]int{"error": 0, "warning": 0, "note": 0}
	for _, d := range found {
		counts[d.Severity.String()]++
		list = append(list, finding{
			Severity: d.Severity.String(), Rule: d.Rule,
			File: d.Place.File, Line: d.Place.Line, Column: d.Place.Column,
			Artifact: d.Artifact, Path: diag.PathString(d.Path),
			Message: safe(d.Message), Reason: safe(d.Reason), Fix: safe(d.Fix), Origin: safe(d.Origin),
			Environments: d.Environments,
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Format   int            `json:"format"`
		Counts   map[string]int `json:"counts"`
		Findings []finding      `json:"findings"`
	}{FormatVersion, counts, list})
}
