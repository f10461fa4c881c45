package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outcome is what a command printed and returned.
type outcome struct {
	code     int
	out, err string
}

// command prepares hagen as make build made it.
func (s *site) command(args ...string) *exec.Cmd {
	s.t.Helper()
	program, err := filepath.Abs("../../bin/hagen")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = s.dir, s.variables()
	return cmd
}

// run runs a command, keeps what it says, and remembers what the store holds
// after those that change it.
func (s *site) run(args ...string) outcome {
	s.t.Helper()
	o := execute(s.t, s.command(args...))
	if !strings.Contains(strings.Join(args, " "), "secrets reveal ") {
		s.said.WriteString(o.out + o.err)
	}
	if len(args) > 1 && (args[1] == "init" || args[1] == "rotate") {
		s.remember()
	}
	return o
}

func execute(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), out.String(), problems.String()}
}

// must is run for what must succeed.
func (s *site) must(args ...string) string {
	s.t.Helper()
	o := s.run(args...)
	if o.code != 0 {
		s.t.Fatalf("hagen %s: exit code %d\n%s%s", strings.Join(args, " "), o.code, o.out, o.err)
	}
	return o.out
}

// secrets completes a command about secrets with the spec and, in a spec with
// environments, the one that the test is about.
func (s *site) secrets(words ...string) []string {
	args := append([]string{"secrets"}, words...)
	args = append(args, "--spec", specFile)
	if s.environment != "" {
		args = append(args, "--environment", s.environment)
	}
	return args
}

// init gives what hagen cannot make, each in another way.
func (s *site) init(words ...string) []string {
	given := append([]string{"init", "--private-ca", "--from-file", "ceph_key=" + filepath.Join(s.given, "ceph.key")}, words...)
	return s.secrets(given...)
}

func (s *site) rotate(names ...string) []string {
	return s.secrets(append([]string{"rotate", "--yes"}, names...)...)
}

func (s *site) build(words ...string) []string {
	args := append([]string{"build", specFile}, words...)
	if s.environment != "" {
		args = append(args, "--environment", s.environment)
	}
	return args
}

// made is newSite with all secrets made and the output built.
func made(t *testing.T, example, environment string) *site {
	t.Helper()
	s := newSite(t, example, environment)
	s.must(s.init()...)
	s.must(s.build()...)
	return s
}

// listed is a secret as list --json tells it.
type listed struct {
	Name, Kind, Fingerprint string
	Cluster                 []string
	Node                    bool
}

func (s *site) list() map[string]listed {
	s.t.Helper()
	var listing struct{ Sites []struct{ Secrets []listed } }
	if err := json.Unmarshal([]byte(s.must(s.secrets("list", "--json")...)), &listing); err != nil {
		s.t.Fatal(err)
	}
	all := map[string]listed{}
	for _, secret := range listing.Sites[0].Secrets {
		all[secret.Name] = secret
	}
	if len(all) < 10 {
		s.t.Fatalf("%d secrets: the test shows little", len(all))
	}
	return all
}

// prints maps each secret to its fingerprint.
func (s *site) prints() map[string]string {
	s.t.Helper()
	prints := map[string]string{}
	for name, secret := range s.list() {
		prints[name] = secret.Fingerprint
	}
	return prints
}

// refuses wants a command to fail with a message.
func (s *site) refuses(args []string, code int, message string) {
	s.t.Helper()
	o := s.run(args...)
	if o.code != code || !strings.Contains(o.err, message) {
		s.t.Errorf("hagen %s: exit code %d, wanted %d and %q\n%s%s", strings.Join(args, " "), o.code, code, message, o.out, o.err)
	}
}
