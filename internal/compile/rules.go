package compile

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/registry"
	"hagen/internal/rule"
	"hagen/internal/spec"
	"hagen/schema"
)

// ruleParity is the rule that compares what the targets describe; it is told
// by internal/registry.
const ruleParity = "HG090"

// Evidence is what the rules of one site read.
type Evidence struct {
	Spec, Model map[string]any
	Files       artifact.Set
}

// ownRules reads rules/*.yaml beside the spec, and *.yml.
func (w *Worker) ownRules() (*rule.Set, error) {
	var names []string
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		found, err := w.files.Glob(filepath.Join(w.dir, "rules", pattern))
		if err == nil {
			names = append(names, found...)
		}
	}
	if len(names) == 0 {
		return w.rules, nil
	}
	own := map[string][]byte{}
	for _, name := range names {
		data, err := w.files.ReadFile(name)
		if err != nil {
			return nil, diag.Diagnostic{Place: diag.Place{File: "rules/" + filepath.Base(name)}, Message: "the rule cannot be read: " + fileError(err)}
		}
		own["rules/"+filepath.Base(name)] = data
	}
	set, err := w.rules.Extend(own)
	if err != nil {
		return nil, err
	}
	return set, unknownFields(set, w.rules.IDs())
}

// listIndex is an entry of a list in a path.
var listIndex = regexp.MustCompile(`\[\d+\]`)

// unknownFields tells of rules that wait for a field that no spec can have:
// they would never be evaluated.
func unknownFields(set *rule.Set, shipped []string) error {
	root, err := schema.Spec()
	if err != nil {
		return err
	}
	var problems diag.List
	for _, id := range set.IDs() {
		if slices.Contains(shipped, id) {
			continue
		}
		r, err := set.Rule(id)
		if err != nil {
			problems.Add(err)
			continue
		}
		for _, field := range r.Fields() {
			if root.At(field) == nil {
				problems.Add(diag.Diagnostic{
					Place: diag.Place{File: r.File, Line: 1}, Rule: id,
					Message: "reads.spec names " + field + ", which no spec has", Reason: "the rule would never be evaluated",
					Fix: "hagen explain lists the fields; write [\"*\"] to evaluate it always",
				})
			}
		}
		if field := r.Spec.Constant(); field != "" && root.At(listIndex.ReplaceAllString(field, "")) == nil {
			problems.Add(diag.Diagnostic{
				Place: diag.Place{File: r.File, Line: 1}, Rule: id,
				Message: "spec names " + field + ", which no spec has", Reason: "what the rule finds would have no place",
				Fix: "hagen explain lists the fields",
			})
		}
	}
	return problems.ErrorOrNil()
}

// RuleIDs lists the ids of the shipped rules.
func (c *Compiler) RuleIDs() []string { return c.rules.IDs() }

// Rules returns the shipped rules with those of a folder.
func (w *Worker) Rules() (*rule.Set, error) { return w.own() }

// RuleTitle returns the title of a shipped rule, or "".
func (c *Compiler) RuleTitle(id string) string {
	if r, err := c.rules.Rule(id); err == nil {
		return r.Title
	}
	return ""
}

// rulesInUse are those that the worker evaluates; a lenient one has none.
func (w *Worker) rulesInUse() (*rule.Evaluator, error) {
	if w.lenient {
		return nil, nil
	}
	return w.evaluator()
}

// spec evaluates the rules that read the spec; without rules nothing is found.
func (w *waivers) spec(doc *spec.Document, e Evidence) []diag.Diagnostic {
	if w.rules == nil {
		return nil
	}
	var out []diag.Diagnostic
	for _, f := range specFindings(w.rules, e) {
		d := f.Diagnostic
		d.Place, d.Origin = doc.Place(f.SpecPath), defaulted(doc, f.SpecPath)
		if waiver := w.of(d.Rule); waiver != nil {
			d = waiver.note(d)
		}
		out = append(out, d)
	}
	return out
}

// defaulted says where a value comes from that the spec does not write, or "".
func defaulted(doc *spec.Document, path []any) string {
	root, err := schema.Spec()
	if err != nil || len(path) == 0 || valueAt(doc.Root, path) != nil {
		return ""
	}
	name := dotted(path)
	field := root.At(name)
	if field == nil || field.Default == nil || field.IsTable() {
		return ""
	}
	value := schema.TOML(field.Default)
	return fmt.Sprintf("%s is not written, and its default is %s: spec.schema.json:%d, as hagen schema prints it", name, value, schema.Line(name))
}

// specFindings evaluates the rules that read the spec alone.
func specFindings(rules *rule.Evaluator, e Evidence) []rule.Finding {
	return rules.Evaluate(rule.Input{Spec: e.Spec, Model: e.Model, Items: map[string][]rule.Item{
		rule.SpecSubject: {{Value: e.Spec}},
	}})
}

// ArtifactFindings evaluates the shipped rules that read artifacts, and compares
// the targets.
func (c *Compiler) ArtifactFindings(e Evidence) []rule.Finding {
	return artifactFindings(c.rules.Evaluator(), c.parity, e, registry.Read(e.Files, c.parity.Names))
}

func artifactFindings(rules *rule.Evaluator, parity *registry.Parity, e Evidence, site registry.Site) []rule.Finding {
	found := rules.Evaluate(rule.Input{Spec: e.Spec, Model: e.Model, Items: itemsOf(e.Files, site)})
	for _, d := range parity.Disparities(site) {
		found = append(found, disparity(rules, d))
	}
	return found
}

// itemsOf lists what rules are evaluated for. What is the same on several nodes
// is one value.
func itemsOf(files artifact.Set, site registry.Site) map[string][]rule.Item {
	items := map[string][]rule.Item{}
	texts := map[string]map[string]any{}
	add := func(subject string, item rule.Item) { items[subject] = append(items[subject], item) }
	for _, file := range files {
		switch {
		case isObject(file):
			object := artifact.Object(file.Table())
			kinds := []string{object.Kind()}
			if registry.PodTemplate(object) != nil {
				kinds = append(kinds, "Workload")
			}
			add("object", rule.Item{Kinds: kinds, Artifact: file.Path, Value: object})
			continue
		case path.Base(file.Path) == "docker-compose.yml":
			add("bundle", rule.Item{Kinds: []string{path.Base(path.Dir(file.Path))}, Artifact: file.Path, Value: file.Table()})
		}
		text := file.Text()
		value := texts[text]
		if value == nil {
			value = map[string]any{"text": text}
			texts[text] = value
		}
		add("file", rule.Item{Kinds: []string{file.Path}, Artifact: file.Path, Value: value})
	}
	items["service"] = serviceItems(items["bundle"])
	items["container"] = containerItems(site)
	for _, target := range site.Targets {
		add("target", targetItem(target))
	}
	return items
}

// serviceItems lists the services of all bundles.
func serviceItems(bundles []rule.Item) []rule.Item {
	var items []rule.Item
	first := map[string]map[string]any{}
	for _, bundle := range bundles {
		services := artifact.Map(bundle.Value["services"])
		for _, name := range slices.Sorted(maps.Keys(services)) {
			value := first[name]
			if value == nil || !same(value["spec"], services[name]) {
				value = map[string]any{"name": name, "spec": services[name]}
			}
			if first[name] == nil {
				first[name] = value
			}
			items = append(items, rule.Item{
				Kinds: []string{name}, Artifact: bundle.Artifact, Path: []any{"services", name}, Value: value,
			})
		}
	}
	return items
}

// same compares two values of tables, lists and scalars.
func same(a, b any) bool {
	switch left := a.(type) {
	case map[string]any:
		right, ok := b.(map[string]any)
		return ok && maps.EqualFunc(left, right, same)
	case []any:
		right, ok := b.([]any)
		return ok && slices.EqualFunc(left, right, same)
	case string, bool, int64, float64:
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

// containerItems lists the containers of all targets.
func containerItems(site registry.Site) []rule.Item {
	type known struct {
		registry.Container
		value map[string]any
	}
	var items []rule.Item
	first := map[string]known{}
	for _, target := range site.Targets {
		for _, c := range slices.Concat(target.Containers, target.Initial) {
			twin, ok := first[c.ID]
			if !ok || !twin.Same(c) {
				twin = known{c, containerValue(c)}
			}
			if !ok {
				first[c.ID] = twin
			}
			items = append(items, rule.Item{Kinds: []string{c.ID}, Artifact: c.Artifact, Path: c.Path, Reads: c.Reads, Value: twin.value})
		}
	}
	return items
}

func isObject(file artifact.File) bool {
	if path.Ext(file.Path) != ".yaml" || path.Base(file.Path) == "kustomization.yaml" {
		return false
	}
	// A text without the word need not be parsed to know.
	return (file.Value != nil || bytes.Contains(file.Data, []byte("kind"))) && file.Table()["kind"] != nil
}

func targetItem(t registry.Target) rule.Item {
	return rule.Item{Kinds: []string{t.Name}, Value: map[string]any{
		"name": t.Name, "endpoint": t.Endpoint(), "entry_host": t.EntryHost, "entry_port": t.EntryPort,
		"answers": table(t.Answers), "storage": table(t.Storage), "secrets": t.Secrets,
	}}
}

func containerValue(c registry.Container) map[string]any {
	return map[string]any{
		"id": c.ID, "image": c.Image, "env": table(c.Env), "secrets": table(c.Secrets),
		"files": table(c.Files), "secret_files": table(c.SecretFiles), "shared": table(c.Shared), "own": table(c.Own), "odd": table(c.Odd),
	}
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
func disparity(rules *rule.Evaluator, d registry.Disparity) rule.Finding {
	f := rule.Finding{Diagnostic: diag.Diagnostic{
		Severity: diag.Warning, Rule: ruleParity,
		Message: d.A.Name + " and " + d.B.Name + " differ in " + d.Fact + ": " + short(d.Left) + " and " + short(d.Right),
	}}
	if r, err := rules.Rule(ruleParity); err == nil {
		f.Severity, f.Reason, f.Fix = r.Severity, r.Symptom.String(), r.Fix.String()
	}
	for _, t := range []registry.Target{d.A, d.B} {
		if container := t.Container(d.Fact); container != nil {
			f.Artifact, f.Path = container.Artifact, container.Path
			f.Reads = append(append(f.Reads, container.Artifact), container.Reads...)
		}
		if print, ok := t.Print(d.Fact); ok {
			f.Artifact = print.Artifact
			f.Reads = append(f.Reads, print.Artifact)
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
