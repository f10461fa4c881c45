package compile

import (
	"path/filepath"
	"slices"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// conform checks the final files of a site against those who will read them.
// A finding stands at the overlay that brought it into the world.
func (w *Worker) conform(site *Site, root map[string]any, h *history) error {
	version := artifact.Text(artifact.Map(root["kubernetes"])["version"])
	report, err := w.checker.Check(site.Files, version)
	site.Unchecked = report.Unchecked
	if err != nil || len(report.Findings) == 0 {
		return err
	}
	if err := h.complete(); err != nil {
		return err
	}
	earlier := h.findings(func(files artifact.Set) []diag.Diagnostic {
		report, _ := w.checker.Check(files, version)
		return report.Findings
	})
	var list diag.List
	for _, d := range report.Findings {
		d.Place = h.blame(earlier, d)
		if i := slices.IndexFunc(site.Files, func(f artifact.File) bool { return f.Path == d.Artifact }); i >= 0 {
			d.Origin = h.origin(site.Files[i])
		}
		d.Artifact = filepath.ToSlash(filepath.Join(site.Folder, d.Artifact))
		list.Add(d)
	}
	return list.ErrorOrNil()
}

// findings are those of every state but the last one, each in a set.
func (h *history) findings(check func(artifact.Set) []diag.Diagnostic) []map[string]bool {
	var out []map[string]bool
	for _, state := range h.states[:len(h.states)-1] {
		found := map[string]bool{}
		for _, d := range check(state.files()) {
			found[d.Error()] = true
		}
		out = append(out, found)
	}
	return out
}

// blame returns the place of what first showed a finding: an overlay, else the
// user's Jsonnet, else the spec as a whole.
func (h *history) blame(earlier []map[string]bool, d diag.Diagnostic) diag.Place {
	for i, found := range earlier {
		if found[d.Error()] && i > 0 {
			return h.states[i].place
		}
		if found[d.Error()] {
			return h.doc.Place([]any{"extend"})
		}
	}
	last := h.states[len(h.states)-1]
	if len(h.states) == 1 {
		return h.doc.Place([]any{"extend"})
	}
	return last.place
}
