package compile

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/internal/diag"
	"hagen/internal/registry"
	"hagen/internal/rule"
)

// verdict is what all checks of artifacts say of the files of one state.
type verdict struct {
	findings  []rule.Finding
	unchecked []string
	// described is what the files describe.
	described registry.Site
}

// verdict holds the files against those who will read them, and beside that
// evaluates the rules. Rules take for granted that files are what their readers
// take: they are not heard over those that are not.
func (w *Worker) verdict(rules *rule.Evaluator, e Evidence) verdict {
	var report conform.Report
	var group sync.WaitGroup
	group.Go(func() {
		report = w.checker.Check(e.Files, artifact.Text(artifact.Map(e.Spec["kubernetes"])["version"]))
	})
	described := registry.Read(e.Files, w.parity.Names)
	found := artifactFindings(rules, w.parity, e, described)
	group.Wait()
	if len(report.Findings) > 0 {
		found = nil
	}
	for _, d := range report.Findings {
		found = append(found, rule.Finding{Diagnostic: d})
	}
	return verdict{found, report.Unchecked, described}
}

// judge runs all checks over the final files of a site. What the spec waives
// stands at its waiver, everything else at what brought it into the world.
func (w *Worker) judge(site *Site, r rendering) error {
	rules := r.waived.rules
	if rules == nil {
		return nil
	}
	v := w.verdict(rules, site.Evidence)
	site.Unchecked, site.described = v.unchecked, v.described
	var told []diag.Diagnostic
	var open []rule.Finding
	for _, f := range v.findings {
		if waiver := r.waived.of(f.Rule); waiver != nil {
			told = append(told, waiver.note(site.placed(f.Diagnostic, waiver.Place)))
			continue
		}
		open = append(open, f)
	}
	blamed, err := w.blame(site, rules, open)
	if err != nil {
		return err
	}
	warnings, err := findings(slices.Concat(told, blamed, r.waived.leftOver()))
	site.Warnings = append(site.Warnings, warnings...)
	return err
}

// placed names the artifact as it lies below the output folder.
func (s *Site) placed(d diag.Diagnostic, place diag.Place) diag.Diagnostic {
	d.Place = place
	if d.Artifact != "" {
		d.Artifact = filepath.ToSlash(filepath.Join(s.Folder, d.Artifact))
	}
	return d
}

// blame gives each finding the place of what first showed it.
func (w *Worker) blame(site *Site, rules *rule.Evaluator, found []rule.Finding) ([]diag.Diagnostic, error) {
	h := site.history
	if len(found) == 0 {
		return nil, nil
	}
	if err := h.complete(); err != nil {
		return nil, err
	}
	earlier := h.findings(func(files artifact.Set) []rule.Finding {
		e := site.Evidence
		e.Files = files
		return w.verdict(rules, e).findings
	})
	var out []diag.Diagnostic
	for _, f := range found {
		var file artifact.File
		if i := slices.IndexFunc(site.Files, func(file artifact.File) bool { return file.Path == f.Artifact }); i >= 0 {
			file = site.Files[i]
		}
		at, place := h.blame(earlier, f, file.Component)
		d := site.placed(f.Diagnostic, place)
		if file.Path != "" {
			d.Origin = h.origin(file) + h.indirectly(at, site.Files, f)
		}
		out = append(out, d)
	}
	return out, nil
}

// findings are those of every state but the last one, each in a set.
func (h *history) findings(check func(artifact.Set) []rule.Finding) []map[string]bool {
	var out []map[string]bool
	for _, state := range h.states[:len(h.states)-1] {
		found := map[string]bool{}
		for _, f := range check(state.files()) {
			found[f.Error()] = true
		}
		out = append(out, found)
	}
	return out
}

// blame returns what first showed a finding, as the number of its state, and
// its place: an overlay, else what the library made it of.
func (h *history) blame(earlier []map[string]bool, f rule.Finding, component string) (int, diag.Place) {
	at := slices.IndexFunc(earlier, func(found map[string]bool) bool { return found[f.Error()] })
	if at < 0 {
		at = len(h.states) - 1
	}
	if at == 0 {
		return at, h.rendered(f, component)
	}
	return at, h.states[at].place
}

// indirectly says which overlay is to blame where it left the artifact itself
// alone, and which of the files that the finding is read from it changed.
func (h *history) indirectly(at int, files artifact.Set, f rule.Finding) string {
	if at == 0 {
		return ""
	}
	var names []string
	for _, file := range files {
		if file.Path != f.Artifact && !slices.Contains(f.Reads, file.Path) {
			continue
		}
		if changed(&h.states[at-1], &h.states[at], file.From) != "" {
			if file.Path == f.Artifact {
				return ""
			}
			names = append(names, file.Path)
		}
	}
	text := ", broken by " + h.states[at].name()
	if len(names) > 0 {
		text += " in " + strings.Join(names, " and ")
	}
	return text
}

// rendered is the place of a finding that no overlay made: the field that its
// rule names, else what the spec says of the component, else the user's
// Jsonnet, else the spec as a whole.
func (h *history) rendered(f rule.Finding, component string) diag.Place {
	if len(f.SpecPath) > 0 {
		return h.doc.Place(f.SpecPath)
	}
	if len(f.Path) > 1 && f.Path[0] == "services" {
		component, _ = f.Path[1].(string)
	}
	if path := []any{"components", component}; valueAt(h.doc.Root, path) != nil {
		return h.doc.Place(h.written(path, f.Path))
	}
	return h.doc.Place([]any{"extend"})
}

// written is where a table of the spec writes what stands at a path of an
// artifact: the longest end of that path that the table has too, else the table.
func (h *history) written(table, path []any) []any {
	for i := range path {
		below := slices.Clone(table)
		for _, step := range path[i:] {
			if name, ok := step.(string); ok {
				step = strings.ReplaceAll(name, "-", "_")
			}
			below = append(below, step)
		}
		if valueAt(h.doc.Root, below) != nil {
			return below
		}
	}
	return table
}
