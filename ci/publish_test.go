package ci_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is merged is rendered to a branch of its own, one commit for each that changes
// something; the main branch holds no rendered file.
func TestPublish(t *testing.T) {
	c := newClone(t)
	c.run(c.author, "git", "checkout", "-q", "main")
	c.run(c.author, "git", "rm", "-q", "-r", "out")
	c.write(".gitignore", "out\n")
	c.commit("main", "rendered elsewhere")
	publish := func(want string) {
		t.Helper()
		if out, code := c.try(c.dir, nil, "bash", source(t, "publish.sh")); code != 0 || !strings.Contains(out, want) {
			t.Fatalf("exit code %d, %q is not in\n%s", code, want, out)
		}
	}
	remote := func(command ...string) string {
		t.Helper()
		out, code := c.try(filepath.Join(filepath.Dir(c.dir), "remote.git"), nil, append([]string{"git"}, command...)...)
		if code != 0 {
			t.Fatal(out)
		}
		return out
	}
	publish("on rendered holds what")
	if got := remote("show", "rendered:out/hub/kubernetes/configmap-core-env.yaml"); !strings.Contains(got, "//hub.example.com") {
		t.Errorf("rendered: %s", got)
	}
	if got := strings.Fields(remote("ls-tree", "--name-only", "rendered")); len(got) != 1 || got[0] != "out" {
		t.Errorf("the branch holds %q", got)
	}
	publish("nothing has changed")

	c.edit("//hub.example.com", "//new.example.com")
	c.commit("main", "another address")
	publish("on rendered holds what")
	if got := remote("log", "--format=%s", "rendered"); got != "another address\nrendered elsewhere\na branch for what hagen renders\n" {
		t.Errorf("the history is\n%s", got)
	}
	if got := remote("diff", "--stat", "rendered~1", "rendered"); !strings.Contains(got, "configmap-core-env.yaml") {
		t.Errorf("the commit changes\n%s", got)
	}
	if out, _ := c.try(c.dir, nil, "git", "status", "--short"); out != "" {
		t.Errorf("left behind: %s", out)
	}
	if out, _ := c.try(c.dir, nil, "git", "worktree", "list"); strings.Count(out, "\n") != 1 {
		t.Errorf("left behind: %s", out)
	}

	// specs that do not compile leave the branch as it is
	c.edit("http://new.example.com", "new.example.com")
	c.commit("main", "wrong")
	if out, code := c.try(c.dir, nil, "bash", source(t, "publish.sh")); code == 0 || !strings.Contains(out, "has no scheme") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if got := remote("log", "-1", "--format=%s", "rendered"); got != "another address\n" {
		t.Errorf("the newest is %s", got)
	}
}

// Where rendered files are not committed beside the specs nothing can be stale.
func TestReviewWithoutRenderedFiles(t *testing.T) {
	c := newClone(t)
	h, url := startHost(t)
	c.run(c.author, "git", "rm", "-q", "-r", "out")
	c.edit("//hub.example.com", "//new.example.com")
	c.commit("change", "rendered elsewhere")
	out, code := c.github(url, map[string]string{"output": ""})
	if code != 0 || len(h.ours()) != 1 || strings.Contains(h.ours()[0].Body, "stale") || !strings.Contains(h.ours()[0].Body, "worst: **outage**") {
		t.Errorf("exit code %d, %d comments\n%s", code, len(h.ours()), out)
	}
	if out, code := c.gitlab(url, "HAGEN_OUTPUT="); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code := c.github(url, nil); code != 1 || !strings.Contains(out, "stale") {
		t.Errorf("with a folder that is gone: exit code %d\n%s", code, out)
	}
}
