package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"

	"hagen/test/e2e-vm/lab"
)

// Passwords with what a shell, a URL, YAML and Compose could break.
const (
	databasePassword = `p@ss %:/#?&$"'\ word`
	redisPassword    = `r@dis%:/#?&$"'\word`
)

// site is a spec, its secrets and what hagen makes of them.
type site struct {
	t         *testing.T
	name, dir string
	authority *lab.Authority
	key       string // of age, the operator's and the nodes'
}

// program is hagen as it is built.
func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("HAGEN_BIN")
	if path == "" {
		path = "../../bin/hagen"
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("there is no hagen: make build (%v)", err)
	}
	return path
}

// secretsTable is the part of a spec that the lab writes itself.
var secretsTable = regexp.MustCompile(`(?ms)^\[secrets\]\n.*?(^\[|\z)`)

var nameLine = regexp.MustCompile(`(?m)^name = "(.*)"`)

// newSite takes a spec over, with a key and an authority of the lab, and makes
// its secrets by hagen.
func newSite(t *testing.T, spec string) *site {
	t.Helper()
	authority, err := lab.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, name: nameLine.FindStringSubmatch(spec)[1], authority: authority}
	s.dir = filepath.Join(lab.Dir(), "sites", s.name)
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.write("ca.crt", string(authority.PEM))
	s.command("age-keygen", "-o", "age.key")
	s.key = s.read("age.key")
	public := strings.TrimSpace(s.command("age-keygen", "-y", "age.key"))
	table := fmt.Sprintf("\n[secrets]\nprovider = \"sops\"\nrecipients = [%q]\nnode_recipients = [%[1]q]\n", public)
	s.write("hagen.toml", secretsTable.ReplaceAllString(spec, "$1")+table)
	args := []string{"secrets", "init"}
	if strings.Contains(spec, `url = "https://`) {
		args = append(args, "--private-ca")
	}
	s.hagen(args...)
	s.hagen("build")
	return s
}

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func (s *site) hagen(args ...string) string {
	s.t.Helper()
	return s.command(program(s.t), args...)
}

// command runs a program in the site's folder, with what only an operator knows.
func (s *site) command(name string, args ...string) string {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "SOPS_AGE_KEY_FILE=age.key", "HAGEN_SECRET_CEPH_KEY=AQCk2YpmAAAAABAAcxq0ghn3Qe7XQ4k8m9p1uA==",
		"HAGEN_SECRET_DATABASE_PASSWORD="+databasePassword, "HAGEN_SECRET_REDIS_PASSWORD="+redisPassword)
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, stderrOf(err))
	}
	return string(out)
}

func stderrOf(err error) string {
	if exit, ok := err.(*exec.ExitError); ok {
		return string(exit.Stderr)
	}
	return ""
}

// bundle is the folder of a node.
func (s *site) bundle(node string) string {
	return filepath.Join(s.dir, "out", s.name, "compose", node)
}

// roles are what stands in for a service, by its name in the bundles.
var roles = map[string]lab.Image{
	"core":          {Command: []string{"/standin", "core"}, User: "10000"},
	"jobservice":    {Command: []string{"/standin", "jobservice"}, User: "10000"},
	"registryctl":   {Command: []string{"/standin", "registryctl"}, User: "10000"},
	"trivy-adapter": {Command: []string{"/standin", "answering"}, User: "10000"},
	"exporter":      {Command: []string{"/standin", "answering"}, User: "10000"},
	"registry":      {Command: []string{"registry", "serve", "/etc/registry/config.yml"}, User: "10000"},
	"portal":        {Command: []string{"nginx", "-g", "daemon off;"}, User: "10000"},
	"proxy":         {Command: []string{"nginx", "-g", "daemon off;"}, User: "10000"},
	"log":           {Command: []string{"rsyslogd", "-n", "-i", "NONE", "-f", "/etc/rsyslog-2.conf"}},
}

var oldRoles = map[string]lab.Image{
	"ui":          {Command: []string{"/standin", "ui"}},
	"adminserver": {Command: []string{"/standin", "adminserver"}},
	"jobservice":  {Command: []string{"/standin", "jobservice1"}},
	"registry":    {Command: []string{"registry", "serve", "/etc/registry/config.yml"}},
	"proxy":       {Command: []string{"nginx", "-g", "daemon off;"}},
	"log":         {Command: []string{"rsyslogd", "-n", "-i", "NONE", "-f", "/etc/rsyslog-1.conf"}},
}

// project is what the tests read of a docker-compose.yml.
type project struct {
	Services map[string]struct {
		Image string `json:"image"`
	} `json:"services"`
}

// images writes the archive of those that the bundles name.
func (s *site) images() string {
	s.t.Helper()
	found := map[string]lab.Image{}
	files, _ := filepath.Glob(s.bundle("*") + "/docker-compose.yml")
	for _, name := range files {
		var p project
		data, err := os.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(data, &p)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		_, old := p.Services["adminserver"]
		for service, entry := range p.Services {
			image, known := roles[service]
			if old {
				image, known = oldRoles[service]
			}
			if !known {
				s.t.Fatalf("nothing stands in for %s", service)
			}
			image.Name = entry.Image
			image.Env = []string{"STANDIN_VERSION=" + entry.Image[strings.LastIndex(entry.Image, ":")+1:]}
			found[entry.Image] = image
		}
	}
	var list []lab.Image
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	archive := filepath.Join(s.dir, "images.tar")
	if err := lab.WriteImages(archive, standin(s.t), list); err != nil {
		s.t.Fatal(err)
	}
	return archive
}

var builtStandin = sync.OnceValues(func() (string, error) {
	path := filepath.Join(lab.Dir(), "standin")
	cmd := exec.Command("go", "build", "-o", path, "./standin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build ./standin: %w\n%s", err, out)
	}
	return path, err
})

// standin builds the program of the stand-ins, once.
func standin(t *testing.T) string {
	t.Helper()
	path, err := builtStandin()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
