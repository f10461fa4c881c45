// Package ci_test runs the steps of the recipes against a local bare repository
// and a server that answers as GitHub and GitLab do.
package ci_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runs are both recipes behind one face.
func runs(t *testing.T, each func(t *testing.T, c *clone, h *host, run func(failOn string) (string, int))) {
	t.Run("github", func(t *testing.T) {
		c := newClone(t)
		h, url := startHost(t)
		each(t, c, h, func(failOn string) (string, int) { return c.github(url, map[string]string{"fail-on": failOn}) })
	})
	t.Run("gitlab", func(t *testing.T) {
		c := newClone(t)
		h, url := startHost(t)
		each(t, c, h, func(failOn string) (string, int) { return c.gitlab(url, "HAGEN_FAIL_ON="+failOn) })
	})
}

// TestOneCommentIsKeptUpToDate follows a pull request: a comment, the same one
// updated, and a gate.
func TestOneCommentIsKeptUpToDate(t *testing.T) {
	runs(t, func(t *testing.T, c *clone, h *host, run func(string) (string, int)) {
		c.edit("//hub.example.com", "//new.example.com")
		c.commit("change", "another address, not built")
		out, code := run("")
		if code != 1 || !strings.Contains(out, "stale") || len(h.ours()) != 1 {
			t.Fatalf("exit code %d, %d comments\n%s", code, len(h.ours()), out)
		}
		body := h.ours()[0].Body
		for _, want := range []string{"<!-- hagen-diff -->\n### hagen diff: hub, worst: **outage**", "new.example.com", "**out is stale**: run `hagen build`", "**Plan for** `hub`"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not in\n%s", want, body)
			}
		}

		c.build()
		c.commit("change", "built")
		if out, code := run(""); code != 0 || len(h.ours()) != 1 || strings.Contains(h.ours()[0].Body, "stale") {
			t.Fatalf("exit code %d, %d comments\n%s", code, len(h.ours()), out)
		}
		if out, code := run("outage"); code != 1 || !strings.Contains(out, "as bad as") {
			t.Errorf("with the limit outage: exit code %d\n%s", code, out)
		}
		if out, code := run("data"); code != 0 {
			t.Errorf("with the limit data: exit code %d\n%s", code, out)
		}

		c.edit("//new.example.com", "//hub.example.com")
		c.build()
		c.commit("change", "back again")
		if out, code := run("live"); code != 0 || len(h.ours()) != 1 || !strings.Contains(h.ours()[0].Body, "no difference") {
			t.Errorf("exit code %d, %+v\n%s", code, h.ours(), out)
		}
		if len(h.refused) > 0 {
			t.Errorf("the server refused %v", h.refused)
		}
	})
}

// TestABranchIsComparedWithWhereItBegan wants nothing of what happened on main
// since.
func TestABranchIsComparedWithWhereItBegan(t *testing.T) {
	runs(t, func(t *testing.T, c *clone, h *host, run func(string) (string, int)) {
		c.run(c.author, "git", "checkout", "-q", "main")
		c.edit("db.example.com", "db2.example.com")
		c.build()
		c.commit("main", "meanwhile")
		c.run(c.author, "git", "checkout", "-q", "change")
		c.edit("redis.example.com", "cache.example.com")
		c.build()
		c.commit("change", "two")
		if out, code := run(""); code != 0 || len(h.ours()) != 1 {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		if body := h.ours()[0].Body; strings.Contains(body, "db2") || !strings.Contains(body, "cache.example.com") {
			t.Error(body)
		}
	})
}

// TestAWrongSpecIsToldAndFails posts that nothing compiles, and fails.
func TestAWrongSpecIsToldAndFails(t *testing.T) {
	runs(t, func(t *testing.T, c *clone, h *host, run func(string) (string, int)) {
		c.edit("version = \"2.15.2\"", "versoin = \"2.15.2\"")
		c.commit("change", "wrong")
		out, code := run("")
		if code != 2 || !strings.Contains(out, "registry.versoin: unknown key") {
			t.Fatalf("exit code %d\n%s", code, out)
		}
		if len(h.ours()) != 1 || !strings.Contains(h.ours()[0].Body, "the specs do not compile") {
			t.Errorf("%+v", h.ours())
		}
	})
}

// TestHostileNamesStayNames gives inputs that a careless script would run.
func TestHostileNamesStayNames(t *testing.T) {
	c := newClone(t)
	h, url := startHost(t)
	c.edit("//hub.example.com", "//new.example.com")
	c.commit("change", "one")
	_, code := c.github(url, map[string]string{"specs": "$(touch owned) `touch owned` --output=x", "output": "; touch owned"})
	if found, _ := filepath.Glob(filepath.Join(c.dir, "owned")); code == 0 || len(found) > 0 {
		t.Errorf("exit code %d, %v", code, found)
	}
	if len(h.ours()) != 1 {
		t.Errorf("%d comments", len(h.ours()))
	}
}

func TestScriptsAreClean(t *testing.T) {
	scripts, err := filepath.Glob("*.sh")
	more, moreErr := filepath.Glob("*/*.sh")
	if scripts = append(scripts, more...); err != nil || moreErr != nil || len(scripts) < 5 {
		t.Fatalf("%v, %v, %v", scripts, err, moreErr)
	}
	if out, err := exec.Command("shellcheck", scripts...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
