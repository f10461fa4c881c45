package secrets

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hagen/internal/sopstest"
)

// awkward holds what a format or a shell could break.
const awkward = `p@ss %:/#?&$"'\ word`

// A site is a spec with its secrets. What the user brings (keys, values) lies
// apart from the folder that hagen writes to, and TMPDIR is the site's own, so
// that everything else on this disk below root is hagen's.
type site struct {
	t          *testing.T
	dir, given string
	tmp, sops  string
	// name is the registry's, environment one of those of the spec, if it has
	// any.
	name, environment string
	head              string
	env               map[string]string
	settings          settings
	owner             holder
	// held is every value that the store has held, by what it was.
	held map[string]string
	said bytes.Buffer
}

// settings are the spec's [secrets].
type settings struct {
	provider, certificate     string
	everything, cluster, node []holder
}

const specFile = "hub.toml"

var (
	secretsTable = regexp.MustCompile(`(?ms)^\[secrets(\.[a-z]+)?\]\n.*?(^\[|\z)`)
	nameLine     = regexp.MustCompile(`(?m)^name = "(.*)"`)
)

// newSite takes a shipped example over, with a new key as its one recipient
// and nothing made yet.
func newSite(t *testing.T, example, environment string) *site {
	t.Helper()
	root := t.TempDir()
	s := &site{
		t: t, dir: filepath.Join(root, "work"), given: filepath.Join(root, "given"), tmp: filepath.Join(root, "tmp"),
		sops: sopstest.Program(t), environment: environment, held: map[string]string{},
	}
	for _, dir := range []string{s.dir, s.given, s.tmp} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	text := readFile(t, filepath.Join("../../examples", example+".toml"))
	s.head = secretsTable.ReplaceAllString(text, "$2")
	s.name = nameLine.FindStringSubmatch(text)[1]
	writeFile(t, filepath.Join(s.dir, "ca.crt"), readFile(t, "../../examples/ca.crt"))
	s.env = map[string]string{
		"HOME": s.given, "TMPDIR": s.tmp, "PATH": os.Getenv("PATH"), "HAGEN_SOPS": s.sops,
		"HAGEN_SECRET_DATABASE_PASSWORD": awkward, "HAGEN_SECRET_REDIS_PASSWORD": awkward,
	}
	s.owner = s.newKey("owner")
	s.env["SOPS_AGE_KEY_FILE"] = s.owner.file
	writeFile(t, filepath.Join(s.given, "ceph.key"), "AQCk2YpmAAAAABAAcxq0ghn3Qe7XQ4k8m9p1uA==\n")
	s.configure(settings{provider: "sops", everything: []holder{s.owner}})
	t.Cleanup(s.searchForLeaks)
	return s
}

// configure writes the spec with other settings.
func (s *site) configure(to settings) {
	s.t.Helper()
	s.settings = to
	table := "\n[secrets]\nprovider = \"" + to.provider + "\"\n"
	if to.certificate != "" {
		table += "certificate = \"" + to.certificate + "\"\n"
	}
	for field, holders := range map[string][]holder{
		"recipients": to.everything, "cluster_recipients": to.cluster, "node_recipients": to.node,
	} {
		if len(holders) > 0 {
			table += field + " = [" + strings.Join(publicKeys(holders), ", ") + "]\n"
		}
	}
	writeFile(s.t, filepath.Join(s.dir, specFile), s.head+table)
}

func publicKeys(holders []holder) []string {
	var keys []string
	for _, h := range holders {
		keys = append(keys, `"`+h.public+`"`)
	}
	return keys
}

// folder is where the encrypted files lie, rendered where the output is.
func (s *site) folder() string { return filepath.Join(s.dir, "secrets", s.name, s.environment) }

func (s *site) rendered() string { return filepath.Join(s.dir, "out", s.name, s.environment) }

// variables returns the environment of a command.
func (s *site) variables() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		list = append(list, name+"="+s.env[name])
	}
	return list
}

// files maps every file below a folder to its content.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(relative)] = readFile(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// changed lists the names whose values differ, sorted.
func changed(before, after map[string]string) []string {
	differ := map[string]bool{}
	for name, value := range before {
		if other, ok := after[name]; !ok || other != value {
			differ[name] = true
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			differ[name] = true
		}
	}
	return slices.Sorted(maps.Keys(differ))
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
