package impact

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"hagen/internal/diff"
)

const head = `<!-- Made from schema/impact by: go test ./internal/impact -update -->

# What a change does

` + "`hagen diff`" + ` gives every change an impact. Two things decide it, and the worse one counts: what
happens where the change stands (the first rule of the lists for the cluster, the machines and the rest that
fits), and what the setting means to Harbor (every rule of the lists of settings and secrets that fits).

| impact | meaning |
|---|---|
| ` + "`data`" + ` | stored data is at risk |
| ` + "`outage`" + ` | all instances at once, or nobody gets in |
| ` + "`refused`" + ` | the API server does not take it |
| ` + "`recreate`" + ` | a container or a pod is replaced, with a gap |
| ` + "`restart`" + ` | pods are replaced, one after the other |
| ` + "`manual`" + ` | nothing happens until somebody acts |
| ` + "`live`" + ` | takes effect by itself |
| ` + "`none`" + ` | changes nothing that runs |
`

// titles are those of the parts of the folder.
var titles = map[string]string{
	"kubernetes": "On the cluster", "compose": "On the machines: services of a bundle", "rest": "Versions, files and documents",
	"harbor": "Settings of Harbor", "secrets": "Secrets",
}

// Page writes docs/impact.md from the rules.
func Page(folder fs.FS) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	places, settings := Files()
	for _, name := range slices.Concat(places, settings) {
		var rules []Rule
		if err := read(folder, name, &rules); err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "\n## %s\n\n| rule | impact | fits | why | source |\n|---|---|---|---|---|\n", titles[name])
		for i := range rules {
			r := &rules[i]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.ID, r.Impact, cell(r.describe()), cell(r.Reason), cell(r.Source))
		}
	}
	var plan []Step
	if err := read(folder, "plan", &plan); err != nil {
		return nil, err
	}
	b.WriteString("\n## The plan\n\nA line is there if a change asks for it, in this order:\n\n")
	for _, step := range plan {
		b.WriteString("- " + step.Text + "\n")
	}
	return b.Bytes(), nil
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

// describe says in words what a rule fits.
func (r *Rule) describe() string {
	var words []string
	add := func(prefix string, list []string) {
		if len(list) > 0 {
			words = append(words, strings.TrimSpace(prefix+" "+strings.Join(quoted(list), ", ")))
		}
	}
	add("", r.On)
	add("of the group", r.Group)
	add("called", r.Names)
	add("variable", r.Env)
	add("file", r.File)
	add("mount", r.Mount)
	add("", r.Secret)
	add("at", r.Paths)
	if len(r.Op) > 0 {
		words = append(words, strings.Join(ops(r.Op), " or "))
	}
	for _, fact := range sortedFacts(r.If) {
		words = append(words, "if "+fact+" is "+strings.ReplaceAll(r.If[fact], "|", " or "))
	}
	if len(words) == 0 {
		return "everything else"
	}
	return strings.Join(words, "; ")
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = "`" + strings.ReplaceAll(text, "~1", "/") + "`"
	}
	return out
}

func ops(list []diff.Op) []string {
	out := make([]string, len(list))
	for i, op := range list {
		out[i] = string(op)
	}
	return out
}

func sortedFacts(conditions map[string]string) []string {
	names := make([]string, 0, len(conditions))
	for name := range conditions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
