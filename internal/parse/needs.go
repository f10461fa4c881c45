package parse

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// SecretsDocument is the file that tells people which secrets there must be.
const SecretsDocument = "SECRETS.md"

// Needs are the secrets that people keep, as SecretsDocument lists them: names
// and forms, never a value.
type Needs struct {
	Namespace string
	Materials []Material
	Keys      []SecretKey
}

// Material is one value that people make.
type Material struct {
	Name, Form string
	// Purpose says of what only people know which value it must be; it is empty
	// where the form tells enough.
	Purpose string
}

// SecretKey is a key of a Secret in the cluster, and the material or the text
// that it holds.
type SecretKey struct{ Secret, Key, Holds string }

// given are the forms of what nobody but its owner can tell.
var given = []string{"PEM", "text, no line break"}

// KeptByPeople reads SecretsDocument. It is false where hagen keeps the values.
func KeptByPeople(text string) (Needs, bool) {
	var needs Needs
	if !strings.Contains(text, "\nhagen writes none of them.") {
		return needs, false
	}
	section := "materials"
	for line := range strings.SplitSeq(text, "\n") {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = title
		}
		needs.add(section, line)
	}
	return needs, true
}

// SecretKeys lists the keys of the Secrets in the cluster that SecretsDocument names,
// whoever keeps the values.
func SecretKeys(text string) []SecretKey {
	var needs Needs
	_, section, _ := strings.Cut("\n"+text, "\n## "+onKubernetes+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.SplitSeq(section, "\n") {
		needs.add(onKubernetes, line)
	}
	return needs.Keys
}

// onKubernetes is the title of the section of the cluster.
const onKubernetes = "On Kubernetes"

var inNamespace = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^In the namespace `([^`]+)`") })

// add reads a line of a section: a row of its table, or what it says of all.
func (n *Needs) add(section, line string) {
	row := cells(line)
	switch {
	case section == "materials" && len(row) == 3:
		m := Material{Name: row[0], Form: row[1]}
		if slices.Contains(given, m.Form) {
			m.Purpose = row[2]
		}
		n.Materials = append(n.Materials, m)
	case section == onKubernetes && len(row) >= 2:
		k := SecretKey{Secret: row[0], Key: row[1]}
		if len(row) > 2 {
			k.Holds = row[2]
		}
		n.Keys = append(n.Keys, k)
	case section == onKubernetes:
		if found := inNamespace().FindStringSubmatch(line); found != nil {
			n.Namespace = found[1]
		}
	}
}

// cells cuts a row that begins with a name in backquotes; heads and rules do
// not.
func cells(line string) []string {
	if !strings.HasPrefix(line, "| `") || !strings.HasSuffix(line, " |") {
		return nil
	}
	row := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
	for i, cell := range row {
		if len(cell) > 1 && strings.Count(cell, "`") == 2 && cell[0] == '`' && cell[len(cell)-1] == '`' {
			cell = cell[1 : len(cell)-1]
		}
		row[i] = strings.ReplaceAll(cell, `\|`, "|")
	}
	return row
}
