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
	material = regexp.MustCompile(`\$\((?:cat|jq -sRr @uri) '?([a-z_.]+)'?\)`)
	composed = regexp.MustCompile(`(?m)^.* > redis_url_core$`)
)

// TestComposedSecrets: the commands of SECRETS.md put any password into the
// address of Redis.
func TestComposedSecrets(t *testing.T) {
	need(t, "bash")
	need(t, "jq")
	commands := composed.FindString(build(t, []string{"x"})["SECRETS.md"])
	if !material.MatchString(commands) {
		t.Fatalf("SECRETS.md has no command like %v", composed)
	}
	all, dir := without(texts(), "\n"), t.TempDir()
	for i, text := range all {
		for _, name := range given {
			write(t, dir, fmt.Sprint(i, "/", name), text)
		}
	}
	command := exec.CommandContext(t.Context(), "bash", "-ec", "for folder in *; do (cd $folder\n"+commands+"\n); done")
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
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
