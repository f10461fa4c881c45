package view

import (
	"encoding/json"
	"io"

	"hagen/internal/diff"
)

// jsonFormat is the version of the structure; docs/diff.md describes it.
const jsonFormat = 1

// Document is what JSON writes.
type Document struct {
	Format int `json:"format"`
	// Worst is the worst impact of all reports.
	Worst      diff.Impact   `json:"worst"`
	Different  bool          `json:"different"`
	Registries []diff.Report `json:"registries"`
}

// JSON writes reports for programs.
func JSON(w io.Writer, reports []diff.Report) error {
	document := Document{Format: jsonFormat, Worst: diff.None, Registries: reports}
	for _, r := range reports {
		document.Worst = min(document.Worst, r.Worst())
		document.Different = document.Different || r.Status != diff.Same
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
