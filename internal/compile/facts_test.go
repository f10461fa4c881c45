package compile_test

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
	"hagen/internal/compile"
)

// artifacts are the final files of one site, by path.
type artifacts map[string]string

func artifactsOf(site compile.Site) artifacts {
	files := artifacts{}
	for _, file := range site.Files {
		files[file.Path] = string(file.Data)
	}
	return files
}

// folders lists the folders directly below one.
func (a artifacts) folders(below string) []string {
	found := map[string]bool{}
	for name := range a {
		if rest, ok := strings.CutPrefix(name, below+"/"); ok {
			folder, _, _ := strings.Cut(rest, "/")
			found[folder] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// facts say what a registry is, in words of neither target, such as
// "core env LOG_LEVEL" -> "info". What cannot be found out is a fact too, one
// that the other target does not have.
type facts map[string]string

// difference is one fact on which two descriptions disagree.
type difference struct {
	fact, left, right string
}

const (
	// absent stands for a fact that a description does not have.
	absent = "(nothing)"
	// nobody answers at the address of a component that is switched off.
	nobody = "(nobody answers)"
)

func (d difference) String() string {
	return fmt.Sprintf("%s: %.80q and %.80q", d.fact, d.left, d.right)
}

func (f facts) get(fact string) string {
	if value, ok := f[fact]; ok {
		return value
	}
	return absent
}

func compareFacts(left, right facts) []difference {
	all := maps.Clone(left)
	maps.Copy(all, right)
	var found []difference
	for _, fact := range slices.Sorted(maps.Keys(all)) {
		if l, r := left.get(fact), right.get(fact); l != r {
			found = append(found, difference{fact, l, r})
		}
	}
	return found
}

// exception is a difference that may be, and why.
type exception struct {
	fact *regexp.Regexp
	// lacks names the side that does not have the fact; empty means that both
	// have one of their own.
	lacks string
	why   string
}

func (e exception) allows(d difference) bool {
	sides := map[string]bool{"": d.left != absent && d.right != absent, "left": d.left == absent, "right": d.right == absent}
	return sides[e.lacks] && e.fact.MatchString(d.fact)
}

// unexplained returns the differences that no exception allows.
func unexplained(found []difference, exceptions []exception) []difference {
	return slices.DeleteFunc(found, func(d difference) bool {
		return slices.ContainsFunc(exceptions, func(e exception) bool { return e.allows(d) })
	})
}

func decodeYAML(t *testing.T, name, text string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

func scalar(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func named(list any, name string) map[string]any {
	for _, item := range artifact.List(list) {
		if entry := artifact.Map(item); entry["name"] == name {
			return entry
		}
	}
	return nil
}

var (
	upstreamServer = regexp.MustCompile(`\bserver ([a-z][a-z-]*):(\d+);`)
	plainURL       = regexp.MustCompile(`\bhttp://([a-z][a-z-]*)(?::(\d+))?(?:[/\s"]|$)`)
)

// addresses lists the host:port of components that the environment and the
// files of all containers name. In a configuration of nginx a URL names an
// upstream, whose servers are the addresses.
func (f facts) addresses() []string {
	found := map[string]bool{}
	for fact, text := range f {
		pattern := plainURL
		switch {
		case strings.HasSuffix(fact, "/nginx.conf"):
			pattern = upstreamServer
		case !strings.Contains(fact, " env ") && !strings.Contains(fact, " file "):
			continue
		}
		for _, match := range pattern.FindAllStringSubmatch(text, -1) {
			found[match[1]+":"+orUsual(match[2])] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func orUsual(port string) string {
	if port == "" {
		return "80"
	}
	return port
}

// endpoint is the address that the registry gives to its clients.
func (f facts) endpoint() string {
	for _, component := range []string{"core", "adminserver"} {
		if url, ok := f[component+" env EXT_ENDPOINT"]; ok {
			return url
		}
	}
	return absent
}

var secretRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\|$")

// secretsList is secrets.list of a bundle, as the node reads it.
type secretsList struct {
	files     map[string]bool
	variables map[string]map[string]string
}

func readSecretsList(text string) secretsList {
	list := secretsList{files: map[string]bool{}, variables: map[string]map[string]string{}}
	for _, line := range strings.Split(text, "\n") {
		switch words := strings.Split(line, " "); {
		case words[0] == "file" && len(words) == 5:
			list.files[words[1]] = true
		case words[0] == "variable" && len(words) == 4:
			if list.variables[words[1]] == nil {
				list.variables[words[1]] = map[string]string{}
			}
			list.variables[words[1]][words[2]] = words[3]
		}
	}
	return list
}

// file returns the material that a file of the secrets directory holds.
func (l secretsList) file(name string) string {
	if !l.files[name] {
		return "(secrets.list does not name " + name + ")"
	}
	return name
}

// documentedKeys reads in SECRETS.md which Secrets of the cluster have which
// keys, as Secret/key.
func documentedKeys(files artifacts) map[string]bool {
	found := map[string]bool{}
	_, section, _ := strings.Cut(files["SECRETS.md"], "## On Kubernetes")
	for _, row := range secretRow.FindAllStringSubmatch(section, -1) {
		found[row[1]+"/"+row[2]] = true
	}
	return found
}
