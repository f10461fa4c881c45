package registry

import (
	"path"
	"regexp"
	"strings"
)

var (
	entryRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|$")
	fileRow  = regexp.MustCompile("(?m)^\\| `(/[^`]+)` \\| \\S+ \\| \\S+ \\| (.+) \\|$")
	held     = regexp.MustCompile("`([^`]+)`")
)

// readSecrets reads in SECRETS.md which files lie on a node and what each
// holds, and which Secrets of the cluster have which keys: the material that
// people are told to make is the only one that there will be.
func (r *reader) readSecrets() {
	text := r.text("SECRETS.md")
	r.documented, r.entries = map[string][]string{}, map[string]bool{}
	for _, row := range fileRow.FindAllStringSubmatch(text, -1) {
		for _, match := range held.FindAllStringSubmatch(row[2], -1) {
			r.documented[row[1]] = append(r.documented[row[1]], match[1])
		}
	}
	_, section, _ := strings.Cut(text, "## On Kubernetes")
	for _, row := range entryRow.FindAllStringSubmatch(section, -1) {
		r.entries[row[1]+"/"+row[2]] = true
	}
}

// listed reads the list of secrets that a bundle carries: which service gets
// which variable of which material, and which materials lie as files.
func (r *reader) listed(node string) (variables map[string]map[string]string, files map[string]bool) {
	variables, files = map[string]map[string]string{}, map[string]bool{}
	for line := range strings.SplitSeq(r.text("compose/"+node+"/host/secrets.list"), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 4 && words[0] == "variable":
			if variables[words[1]] == nil {
				variables[words[1]] = map[string]string{}
			}
			variables[words[1]][words[2]] = words[3]
		case len(words) >= 2 && words[0] == "file":
			files[words[1]] = true
		}
	}
	return variables, files
}

// secretFile returns the material that lies at a path of a node.
func (r *reader) secretFile(source string, list map[string]bool) (string, bool) {
	if holds, ok := r.documented[source]; ok {
		return strings.Join(holds, ","), true
	}
	if name := path.Base(source); list[name] {
		return name, true
	}
	return "", false
}
