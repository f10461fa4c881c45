package flux

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// awkward holds what a format could break.
const awkward = `p@ss %:/#?&$"'\ word`

// A registry is a spec with its secrets, in a folder of its own.
type registry struct {
	t                    *testing.T
	name, dir, spec, key string
	env                  []string
}

var table = regexp.MustCompile(`(?ms)^\[(?:secrets|gitops)(?:\.[a-z]+)?\]\n.*?(^\[|\z)`)

// without drops the tables of an example that the test writes itself; each
// may end where the next one begins.
func without(text string) string {
	for table.MatchString(text) {
		text = table.ReplaceAllString(text, "$1")
	}
	return text
}

// newRegistry takes a shipped example over, with the provider sops and a new
// key as its one recipient.
func newRegistry(t *testing.T, example string) *registry {
	t.Helper()
	r := &registry{t: t, dir: t.TempDir(), spec: "hub.toml"}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(examples, example+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := os.ReadFile(filepath.Join(examples, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	r.name = string(regexp.MustCompile(`(?m)^name = "(.*)"`).FindSubmatch(text)[1])
	home := filepath.Join(r.dir, "home")
	r.env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME=", "SOPS_AGE_KEY_FILE=")
	r.set("CEPH_KEY", "AQCk2YpmAAAAABAAcxq0ghn3Qe7XQ4k8m9p1uA==")
	r.set("DATABASE_PASSWORD", awkward)
	r.set("REDIS_PASSWORD", awkward)
	r.write("ca.crt", string(certificate))
	recipient := strings.TrimSpace(r.hagen("secrets", "key"))
	r.key = filepath.Join(home, ".config", "sops", "age", "keys.txt")
	r.write(r.spec, without(string(text))+"\n[secrets]\nprovider = \"sops\"\nrecipients = [\""+recipient+"\"]\n")
	return r
}

// set gives a secret by its variable.
func (r *registry) set(name, value string) {
	r.env = append(r.env, "HAGEN_SECRET_"+name+"="+value)
}

// secrets adds a list to the spec's [secrets], which stands last.
func (r *registry) secrets(field, value string) {
	r.t.Helper()
	r.append(field + " = [\"" + value + "\"]\n")
}

// append adds text to the spec.
func (r *registry) append(text string) {
	r.t.Helper()
	before, err := os.ReadFile(filepath.Join(r.dir, r.spec))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(r.spec, string(before)+text)
}

func (r *registry) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// newKey makes another pair of keys and returns its file.
func (r *registry) newKey(name string) string {
	r.t.Helper()
	file := filepath.Join(r.dir, name+".agekey")
	r.hagen("secrets", "key", "--file", file)
	return file
}

func (r *registry) public(file string) string {
	return strings.TrimSpace(r.hagen("secrets", "key", "--file", file))
}

// hagen runs the program and returns what it printed.
func (r *registry) hagen(args ...string) string {
	r.t.Helper()
	out, err := r.run(args...)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// try is hagen for what may fail.
func (r *registry) try(args ...string) error {
	_, err := r.run(args...)
	return err
}

// run runs the program that make build made.
func (r *registry) run(args ...string) (string, error) {
	program, err := filepath.Abs("../../bin/hagen")
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = r.dir, r.env
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("hagen %s: %w\n%s", strings.Join(args, " "), err, problems.String())
	}
	return out.String(), nil
}

func (r *registry) reveal(name string) string {
	return r.hagen("secrets", "reveal", "--spec", r.spec, name)
}

// wanted maps each key of the cluster's Secrets, as "name/key", to the secret
// that it holds.
func (r *registry) wanted() map[string]string {
	r.t.Helper()
	var listing struct {
		Sites []struct {
			Secrets []struct {
				Name    string
				Cluster []string
			}
		}
	}
	if err := json.Unmarshal([]byte(r.hagen("secrets", "list", "--json", "--spec", r.spec)), &listing); err != nil {
		r.t.Fatal(err)
	}
	keys := map[string]string{}
	for _, secret := range listing.Sites[0].Secrets {
		for _, key := range secret.Cluster {
			keys[key] = secret.Name
		}
	}
	return keys
}
