package sinks

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// given are the materials that people bring: the text under test.
var given = []string{"database_password", "harbor_admin_password", "redis_password"}

var (
	material    = regexp.MustCompile(`\$\(cat '?([a-z_.]+)'?\)`)
	composed    = regexp.MustCompile(`(?m)^.* > redis_url_core$`)
	environment = regexp.MustCompile(`(?sm)^variable\(\) \{$.*?^\} > core\.env$`)
)

// prepare makes a folder with all materials for each text and runs the commands
// of SECRETS.md that match in it. A folder where they fail holds the file failed.
func prepare(t *testing.T, all []string, wanted *regexp.Regexp) string {
	t.Helper()
	need(t, "bash")
	commands := wanted.FindString(build(t, []string{"x"})["SECRETS.md"])
	if commands == "" {
		t.Fatalf("SECRETS.md has no commands like %v", wanted)
	}
	dir := t.TempDir()
	for i, text := range all {
		folder := fmt.Sprint(i)
		for _, match := range material.FindAllStringSubmatch(commands, -1) {
			write(t, dir, folder+"/"+match[1], "x")
		}
		for _, name := range given {
			write(t, dir, folder+"/"+name, text)
		}
	}
	command := exec.CommandContext(t.Context(), "bash", "-c", "for folder in *; do (cd $folder\n"+commands+"\n) || touch $folder/failed; done")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	return dir
}

// TestComposedSecrets: the commands of SECRETS.md put any password into the
// address of Redis.
func TestComposedSecrets(t *testing.T) {
	need(t, "jq")
	all := without(texts(), "\n")
	dir := prepare(t, all, composed)
	for i, text := range all {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i), "redis_url_core"))
		if err != nil {
			t.Fatal(err)
		}
		address, err := url.Parse(string(data))
		if err != nil {
			t.Errorf("%.300q makes an address that is none: %v", text, err)
			continue
		}
		password, _ := address.User.Password()
		want(t, "password", text, password)
		if address.Host != "redis.example.com:6379" || address.Path != "/0" {
			t.Errorf("%.300q makes the address %.300q", text, data)
		}
	}
}

// notVariable tells what the readers of environment files cannot hold, or do
// not agree on. The shell itself takes line breaks off the end.
func notVariable(text string) bool {
	text = strings.TrimRight(text, "\n")
	return text == "" || holdsAny(text, "'", "\\", "${", "\n", "\r")
}

// TestEnvironmentFiles: a password arrives by the environment files that the
// commands of SECRETS.md make, in all releases of Compose.
func TestEnvironmentFiles(t *testing.T) {
	// docker-compose 1.29 folds a next-line character when it prints
	all := without(texts(), "\u0085")
	dir := prepare(t, all, environment)
	var project strings.Builder
	project.WriteString("services:\n")
	var kept []int
	for i, text := range all {
		_, err := os.Stat(filepath.Join(dir, fmt.Sprint(i), "failed"))
		if refused := err == nil; refused != notVariable(text) {
			t.Errorf("%.300q: refused %v", text, refused)
		} else if !refused {
			fmt.Fprintf(&project, "  s%d: {image: x, env_file: [%d/core.env]}\n", i, i)
			kept = append(kept, i)
		}
	}
	write(t, dir, "docker-compose.yml", project.String())
	readers := map[string]func() func(service, name string) string{
		"Compose":             func() func(service, name string) string { return newReader(t, dir) },
		"docker-compose 1.29": func() func(service, name string) string { return oldReader(t, dir) },
	}
	for name, reader := range readers {
		t.Run(name, func(t *testing.T) {
			read := reader()
			for _, i := range kept {
				want(t, "variable", strings.TrimRight(all[i], "\n"), read(fmt.Sprintf("s%d", i), "POSTGRESQL_PASSWORD"))
			}
		})
	}
}

func newReader(t *testing.T, dir string) func(service, name string) string {
	t.Helper()
	project := load(t, dir, map[string]string{"HOME": "/wrong"})
	return func(service, name string) string { return valueOf(project.Services[service].Environment[name]) }
}

func oldReader(t *testing.T, dir string) func(service, name string) string {
	t.Helper()
	need(t, "docker-compose")
	project := oldConfig(t, dir, "")
	return func(service, name string) string { return single(valueOf(project.Services[service].Environment[name])) }
}

// TestRedisForms: addresses without a password stand in the environment; what
// names a user, a master and several sentinels is read from them as written.
func TestRedisForms(t *testing.T) {
	single := "[redis]\naddresses = [\"redis.example.com:6379\"]\n"
	for _, c := range []struct{ redis, want string }{
		{"[redis]\naddresses = [\"redis.example.com:6379\"]\npassword = false\n", "redis redis.example.com:6379 /0"},
		{"[redis]\naddresses = [\"[fd00::1]:6379\"]\ntls = true\npassword = false\n", "rediss [fd00::1]:6379 /0"},
		{
			"[redis]\nmode = \"sentinel\"\naddresses = [\"a.example.com:1\", \"b.example.com:2\"]\nmaster_set = \"har.bor-1\"\npassword = false\n",
			"redis+sentinel a.example.com:1,b.example.com:2 /har.bor-1/0",
		},
	} {
		files := buildText(t, strings.Replace(specText, single, c.redis, 1))
		var core configMap
		files.unmarshal(t, "kubernetes/configmap-core-env.yaml", &core)
		address, err := url.Parse(core.Data["_REDIS_URL_CORE"])
		if err != nil {
			t.Error(err)
			continue
		}
		want(t, "address", c.want, address.Scheme+" "+address.Host+" "+address.Path)
		want(t, "idle time", "30", address.Query().Get("idle_timeout_seconds"))
	}
}
