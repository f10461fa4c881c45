package breakage

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hagen/test/e2e-vm/site"
)

// TestStatic makes every breakage where a user would make it: hagen validate, or
// hagen secrets check, names it before anything runs.
func TestStatic(t *testing.T) {
	rows, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	sites := map[string]*site.Site{}
	for _, release := range releases {
		s := site.New(t, filepath.Join(t.TempDir(), release), site.Pair(release))
		sites[release] = s
		if found := validate(t, s, site.File); len(found) > 0 {
			t.Fatalf("%s: the pair as it is breaks %q", release, found)
		}
		if said, code := check(t, s); code != 0 {
			t.Fatalf("%s: the secrets as they are: %s", release, said)
		}
	}
	for _, r := range rows {
		t.Run(r.Harbor+" "+r.Name, func(t *testing.T) {
			t.Parallel()
			r.static(t, sites[r.Release()].Copy(t, filepath.Join(t.TempDir(), "site")))
		})
	}
}

func (r Row) static(t *testing.T, s *site.Site) {
	files, err := r.Overlay(s)
	switch {
	case err != nil:
		t.Fatal(err)
	case files == nil && r.Check == "" || files != nil && r.Check != "":
		t.Fatal("rules are for overlays, check is for secrets")
	case files == nil:
		r.breakSecrets(t, s)
		if said, code := check(t, s); code != 1 || !strings.Contains(said, r.Check) {
			t.Errorf("hagen secrets check exits with %d and says\n%s", code, said)
		}
		return
	}
	for name, text := range files {
		s.Write("overlays/broken/"+name, text)
	}
	s.Write("broken.toml", "overlays = [\"overlays/broken\"]\n"+s.Read(site.File))
	found := validate(t, s, "broken.toml")
	for _, rule := range r.Rules {
		if !slices.Contains(found, rule) {
			t.Errorf("hagen validate finds %q, not %s", found, rule)
		}
	}
}

// breakSecrets sets what is damaged in the store, by SOPS. What only differs comes
// with the bundle of another store, as if each node had been made by its own.
func (r Row) breakSecrets(t *testing.T, s *site.Site) {
	var differing []string
	for _, e := range r.Source {
		if !e.Secret.Damaged {
			differing = append(differing, e.Secret.Name)
			continue
		}
		value, err := exec.Command("sh", "-c", e.Secret.Command).Output()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(string(value))
		if err != nil {
			t.Fatal(err)
		}
		s.Command(filepath.Join(filepath.Dir(site.Program(t)), "sops"), "set", "secrets/pair/secrets.yaml", `["secrets"]["`+e.Secret.Name+`"]`, string(text))
	}
	if differing == nil {
		return
	}
	other := s.Copy(t, filepath.Join(t.TempDir(), "other"))
	other.Hagen(append([]string{"secrets", "rotate", "--yes"}, differing...)...)
	other.Hagen("build")
	if err := errors.Join(os.RemoveAll(s.Bundle("node2")), os.CopyFS(s.Bundle("node2"), os.DirFS(other.Bundle("node2")))); err != nil {
		t.Fatal(err)
	}
}

// validate returns the rules that a spec breaks as errors.
func validate(t *testing.T, s *site.Site, spec string) []string {
	t.Helper()
	out, code := run(t, s, "validate", "--format", "json", spec)
	var report struct {
		Findings []struct{ Severity, Rule, Message string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var rules []string
	for _, d := range report.Findings {
		if d.Severity == "error" {
			rules = append(rules, d.Rule)
		}
	}
	if (code == 0) != (len(rules) == 0) {
		t.Errorf("hagen validate exits with %d and finds %q", code, rules)
	}
	return rules
}

func check(t *testing.T, s *site.Site) (said string, code int) {
	t.Helper()
	return run(t, s, "secrets", "check")
}

// run runs hagen, which may refuse, and returns what it says on both streams.
func run(t *testing.T, s *site.Site, args ...string) (said string, code int) {
	t.Helper()
	cmd := s.Prepare(site.Program(t), args...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("hagen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
