package rule

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Failure is one known failure mode, and the tests that prove that it cannot
// come about where no rule looks for it.
type Failure struct {
	Row   int
	Title string
	Seed  bool
	Why   string
	Tests []string
}

// ReadFailures reads the list of failure modes.
func ReadFailures(data []byte) ([]Failure, error) {
	var list []Failure
	err := yaml.Unmarshal(data, &list)
	return list, err
}

// Answers lists the rules that look for a failure mode.
func (s *Set) Answers(row int) ([]string, error) {
	var ids []string
	for _, id := range s.IDs() {
		r, err := s.Rule(id)
		if err != nil {
			return nil, err
		}
		if slices.Contains(r.Source, fmt.Sprintf("failure %d", row)) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

const intro = `# Rules

Made from ` + "`schema/rules/`" + ` and ` + "`schema/failures.yaml`" + ` by ` + "`make generate`" + `.

A rule is one known way to get it wrong. ` + "`hagen build` and `hagen validate`" + ` evaluate them over the spec and over
everything that was made of it, after the last overlay; a message ends with the id of its rule.
` + "`hagen explain HG040`" + ` prints a rule with its expression.

## Waivers

A registry may break a rule, with a reason:

` + "```toml" + `
[[waive]]
rule = "HG040"
reason = "the test site has one node"
until = 2027-06-30
` + "```" + `

What is waived is printed as a note. A waiver that nothing needs is a warning (HG098). One that has ended is an error
of ` + "`hagen validate`" + ` (HG099) and of nothing else: a build must give the same answer on every day.

## Rules of your own

` + "`rules/*.yaml`" + ` beside the spec hold rules in the same form, one in a file; they are checked and evaluated with the others. One that cannot be evaluated for an artifact counts as a finding.

` + "```yaml" + `
id: ACME001                       # capital letters and three to five digits
title: images come from the mirror
severity: error                   # or warning
reads: {container: ["*"]}         # what it is evaluated for, and the patterns that select it
let:                              # optional: names for expressions
  image: container.image
each: ""                          # optional: a list; one finding for every item ` + "`it`" + ` that is wrong
when: '!image.startsWith("mirror.example.com/")'
at: image                         # optional: where in the artifact, below what was read
spec: images.registry             # optional: the field of the spec that it follows from
message: '{container.id} comes from {image}'
symptom: the machines do not reach docker.io
fix: write images.registry = "mirror.example.com"
` + "```" + `

Expressions are [CEL](https://cel.dev). In texts, what stands in braces is an expression.

| reads | evaluated for | the variable holds |
|---|---|---|
| ` + "`spec: [\"*\"]`" + ` | once | the spec with its defaults |
| ` + "`spec: [FIELD, …]`" + ` | once, if one of the fields is there and not empty, such as ` + "`kubernetes.autoscaling`" + ` | the spec with its defaults |
| ` + "`object: [KIND, …]`" + ` | every object of the cluster; ` + "`Workload`" + ` is whatever has a pod template | the object |
| ` + "`container: [COMPONENT, …]`" + ` | every container, of bundles and pods | ` + "`id, image, env, secrets, files, secret_files, shared, own, odd`" + `, the same on both targets |
| ` + "`service: [NAME, …]`" + ` | every service of every bundle | ` + "`name`, `spec`" + ` as in docker-compose.yml |
| ` + "`bundle: [NODE, …]`" + ` | every bundle | docker-compose.yml |
| ` + "`file: [PATH, …]`" + ` | every other file | ` + "`text`" + ` |
| ` + "`target: [\"*\"]`" + ` | every bundle and the cluster | ` + "`name, endpoint, entry_host, entry_port, answers, storage, secrets`" + ` |
| ` + "`with: [KIND, …]`" + ` | – | names the kinds that the expression looks up in ` + "`cluster`" + ` |

Every rule also has ` + "`spec`, `model`" + ` (what follows from the spec, see ` + "`jsonnet/lib/facts.libsonnet`" + `), ` + "`cluster`" + ` (kind → list of
objects), ` + "`containers` and `bundles`" + `. Beside the functions of CEL there are:

`

// Reference is docs/rules.md.
func (s *Set) Reference(failures []Failure) (string, error) {
	var b strings.Builder
	b.WriteString(intro)
	for _, f := range functions() {
		var params []string
		for _, p := range f.params {
			params = append(params, p.String())
		}
		fmt.Fprintf(&b, "- `%s(%s)`: %s\n", f.name, strings.Join(params, ", "), f.result)
	}
	b.WriteString("\n## Known failure modes\n\n| # | failure | rules and tests |\n|---|---|---|\n")
	for _, f := range failures {
		ids, err := s.Answers(f.Row)
		if err != nil {
			return "", err
		}
		answers := ids
		for _, test := range f.Tests {
			answers = append(answers, "`"+test+"`")
		}
		why := strings.Join(answers, ", ")
		if f.Why != "" {
			why += ": " + f.Why
		}
		title := f.Title
		if f.Seed {
			title += " **(seed)**"
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", f.Row, title, why)
	}
	b.WriteString("\n## All rules\n")
	for _, id := range s.IDs() {
		r, err := s.Rule(id)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n### %s: %s\n\n", r.ID, r.Title)
		fmt.Fprintf(&b, "%s, reads %s\n\n", r.severity(), r.reading())
		for _, line := range []struct{ name, text string }{
			{"Says", r.Message.text}, {"Symptom", r.Symptom.text}, {"Fix", r.Fix.text}, {"Known from", strings.Join(r.Source, ", ")},
		} {
			if line.text != "" {
				fmt.Fprintf(&b, "- %s: %s\n", line.name, strings.ReplaceAll(line.text, "<", "&lt;"))
			}
		}
	}
	return b.String(), nil
}
