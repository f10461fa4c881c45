package replication

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// spec describes one of several sites; CHANGES are lines of [replication].
const spec = `name = "site"
topology = "replicated"
registry.version = "VERSION"
registry.url = "http://one.example.com"
storage.driver = "local"
database.host = "db.example.com"
redis.addresses = ["redis.example.com:6379"]
secrets.provider = "existing"

[[vm.nodes]]
name = "node"
address = "10.0.0.1"

[replication]
CHANGES
SITES`

// site is what one registry is told to copy.
type site struct {
	t      *testing.T
	bundle string
	// passwords by site
	passwords   map[string]string
	admin, wait string
}

// build renders a spec whose other sites have the names and addresses.
func build(t *testing.T, version, changes string, sites ...string) *site {
	t.Helper()
	text := "[[replication.sites]]\nname = \"one\"\nurl = \"http://one.example.com\"\n"
	for i := 0; i < len(sites); i += 2 {
		text += "[[replication.sites]]\nname = \"" + sites[i] + "\"\nurl = \"" + sites[i+1] + "\"\nusername = \"copies\"\n"
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "site.toml")
	whole := strings.NewReplacer("VERSION", version, "CHANGES", changes, "SITES", text).Replace(spec)
	if err := os.WriteFile(name, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	hagen, err := filepath.Abs("../../bin/hagen")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(hagen, "build", "-q", "-o", filepath.Join(dir, "out"), name)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return &site{t: t, bundle: filepath.Join(dir, "out/site/compose/node/config/replication"), passwords: map[string]string{}, admin: adminPassword, wait: "0"}
}

// environment is that of the service in the bundle.
func (s *site) environment(url string) []string {
	data, err := os.ReadFile(filepath.Join(s.bundle, "../../docker-compose.yml"))
	if err != nil {
		s.t.Fatal(err)
	}
	_, service, _ := strings.Cut(string(data), "\n  replication:\n")
	env := map[string]string{}
	for line := range strings.Lines(service) {
		if !strings.HasPrefix(line, "    ") {
			break
		}
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.HasPrefix(key, "REPLICATION_") {
			env[key] = strings.Trim(value, `"`)
		}
	}
	env["REPLICATION_URL"] = url
	env["REPLICATION_BODIES"] = s.bundle
	env["REPLICATION_WAIT"] = s.wait
	env["HARBOR_ADMIN_PASSWORD"] = s.admin
	for name, password := range s.passwords {
		env["PASSWORD_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = password
	}
	list := []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + s.t.TempDir()}
	for _, key := range slices.Sorted(maps.Keys(env)) {
		list = append(list, key+"="+env[key])
	}
	return list
}

// shells are those that may be /bin/sh, and toybox, whose tools the images of
// Harbor 2.x have.
var shells = [][]string{{"dash"}, {"bash", "--posix"}, {"busybox", "sh"}}

// run runs the script as the container does.
func (s *site) run(url string, shell []string) (string, error) {
	s.t.Helper()
	cmd := exec.Command(shell[0], append(slices.Clone(shell[1:]), filepath.Join(s.bundle, "replication.sh"))...)
	cmd.Env = s.environment(url)
	if shell[0] == "toybox" {
		cmd = exec.Command("/bin/dash", filepath.Join(s.bundle, "replication.sh"))
		cmd.Env = append(s.environment(url), "PATH="+toybox(s.t))
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	for _, password := range append([]string{s.admin}, slices.Collect(maps.Values(s.passwords))...) {
		if strings.Contains(out.String(), password) {
			s.t.Errorf("it says a password: %s", out.String())
		}
	}
	return out.String(), err
}

// does demands that the script succeeds and says the words.
func (s *site) does(url string, words ...string) {
	s.t.Helper()
	s.said(url, true, words)
}

// fails demands that it does not, and says why.
func (s *site) fails(url string, words ...string) {
	s.t.Helper()
	s.said(url, false, words)
}

func (s *site) said(url string, good bool, words []string) {
	s.t.Helper()
	out, err := s.run(url, shells[0])
	if (err == nil) != good {
		s.t.Fatalf("%v: %s", err, out)
	}
	for _, word := range words {
		if !strings.Contains(out, word) {
			s.t.Errorf("%q is not said: %s", word, out)
		}
	}
}

// toybox makes a PATH of nothing but its tools and curl.
func toybox(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for tool, program := range map[string]string{
		"sed": "toybox", "grep": "toybox", "cat": "toybox", "head": "toybox",
		"mktemp": "toybox", "rm": "toybox", "sleep": "toybox", "curl": "curl",
	} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
