package compile

import (
	"path"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/registry"
	"hagen/internal/rule"
	"hagen/internal/spec"
)

// ruleParity is the rule that compares what the targets describe; it is told
// by internal/registry.
const ruleParity = "HG090"

// Evidence is what the rules of one site read.
type Evidence struct {
	Spec, Model map[string]any
	Files       artifact.Set
	// Folder is that of the site below the output folder.
	Folder string
}

// specFindings evaluates the rules that read the spec alone.
func (c *Compiler) specFindings(e Evidence) []rule.Finding {
	return c.rules.Evaluate(rule.Input{Spec: e.Spec, Model: e.Model, Items: map[string][]rule.Item{
		rule.SpecSubject: {{Value: e.Spec}},
	}})
}

// ArtifactFindings evaluates the rules that read artifacts, and compares the
// targets.
func (c *Compiler) ArtifactFindings(e Evidence) []rule.Finding {
	site := registry.Read(e.Files, c.parity.Names)
	found := c.rules.Evaluate(rule.Input{Spec: e.Spec, Model: e.Model, Items: itemsOf(e.Files, site)})
	for _, d := range c.parity.Disparities(site) {
		found = append(found, c.disparity(d))
	}
	for i := range found {
		if found[i].Artifact != "" {
			found[i].Artifact = path.Join(e.Folder, found[i].Artifact)
		}
	}
	return found
}

func itemsOf(files artifact.Set, site registry.Site) map[string][]rule.Item {
	items := map[string][]rule.Item{}
	for _, file := range files {
		switch {
		case isObject(file):
			object := artifact.Object(file.Table())
			kinds := []string{object.Kind()}
			if registry.PodTemplate(object) != nil {
				kinds = append(kinds, "Workload")
			}
			items["object"] = append(items["object"], rule.Item{Kinds: kinds, Artifact: file.Path, Value: object})
		case path.Base(file.Path) == "docker-compose.yml":
			items["bundle"] = append(items["bundle"], rule.Item{
				Kinds: []string{path.Base(path.Dir(file.Path))}, Artifact: file.Path, Value: file.Table(),
			})
			fallthrough
		default:
			items["file"] = append(items["file"], rule.Item{
				Kinds: []string{file.Path}, Artifact: file.Path,
				Value: map[string]any{"path": file.Path, "text": string(file.Data)},
			})
		}
	}
	for _, target := range site.Targets {
		items["target"] = append(items["target"], targetItem(target))
		for _, container := range target.Containers {
			items["container"] = append(items["container"], containerItem(target, container))
		}
	}
	return items
}

func isObject(file artifact.File) bool {
	return path.Ext(file.Path) == ".yaml" && path.Base(file.Path) != "kustomization.yaml" && file.Table()["kind"] != nil
}

func targetItem(t registry.Target) rule.Item {
	containers := []any{}
	for _, c := range t.Containers {
		containers = append(containers, containerItem(t, c).Value)
	}
	return rule.Item{Kinds: []string{t.Name}, Value: map[string]any{
		"name": t.Name, "endpoint": t.Endpoint(), "entry_host": t.EntryHost, "entry_port": t.EntryPort,
		"answers": table(t.Answers), "ceph": table(t.Ceph), "containers": containers,
	}}
}

func containerItem(t registry.Target, c registry.Container) rule.Item {
	return rule.Item{Kinds: []string{c.ID}, Artifact: c.Artifact, Path: c.Path, Value: map[string]any{
		"id": c.ID, "target": t.Name, "image": c.Image, "env": table(c.Env), "secrets": table(c.Secrets),
		"files": table(c.Files), "secret_files": table(c.SecretFiles), "shared": table(c.Shared), "own": table(c.Own),
	}}
}

func table(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = value
	}
	return out
}

// disparity words a difference of two targets as a finding, at the container
// that it speaks of.
func (c *Compiler) disparity(d registry.Disparity) rule.Finding {
	f := rule.Finding{Diagnostic: diag.Diagnostic{
		Severity: diag.Warning, Rule: ruleParity,
		Message: d.A.Name + " and " + d.B.Name + " differ in " + d.Fact + ": " + short(d.Left) + " and " + short(d.Right),
	}}
	if r, err := c.rules.Rule(ruleParity); err == nil {
		f.Severity, f.Reason, f.Fix = r.Severity, r.Symptom.String(), r.Fix.String()
	}
	for _, t := range []registry.Target{d.A, d.B} {
		if container := t.Container(d.Fact); container != nil {
			f.Artifact, f.Path = container.Artifact, container.Path
		}
	}
	return f
}

// short keeps a value to what fits a line.
func short(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// place gives findings their places in the spec and waives those that the spec
// says to.
func (w *waivers) place(doc *spec.Document, found []rule.Finding) []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, f := range found {
		d := f.Diagnostic
		d.Place = doc.Place(f.SpecPath)
		if len(f.SpecPath) == 0 {
			d.Place = diag.Place{File: doc.File}
		}
		out = append(out, w.apply(d))
	}
	return out
}
