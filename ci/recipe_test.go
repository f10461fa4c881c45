package ci_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// clone is what a runner has: a shallow clone of the branch of a pull request,
// whose remote is a bare repository.
type clone struct {
	t           *testing.T
	author, dir string
	env         []string
}

const hagen = "hagen/hagen" // below the folder of the runner

// newClone makes a remote with a registry on main, rendered, and a branch.
func newClone(t *testing.T) *clone {
	t.Helper()
	root := t.TempDir()
	c := &clone{t: t, author: filepath.Join(root, "author"), dir: filepath.Join(root, "runner")}
	c.env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"RUNNER_TEMP="+root, "GITHUB_STEP_SUMMARY="+filepath.Join(root, "summary"), "GITHUB_PATH="+filepath.Join(root, "path"))
	c.run(root, "git", "init", "-q", "--bare", "-b", "main", "remote.git")
	c.run(root, "git", "clone", "-q", "remote.git", "author")
	spec, err := os.ReadFile("../cmd/hagen/testdata/both.toml")
	if err != nil {
		t.Fatal(err)
	}
	c.write("hagen.toml", string(spec))
	c.run(root, "bash", source(t, "install.sh"), filepath.Dir(filepath.Join(root, hagen)))
	c.env = append(c.env, "PATH="+filepath.Dir(filepath.Join(root, hagen))+":"+os.Getenv("PATH"))
	c.build()
	c.commit("main", "one")
	c.run(c.author, "git", "checkout", "-q", "-b", "change")
	return c
}

func source(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (c *clone) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.author, name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clone) edit(old, new string) {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.author, "hagen.toml"))
	if err != nil || !strings.Contains(string(data), old) {
		c.t.Fatalf("%v, there is no %q", err, old)
	}
	c.write("hagen.toml", strings.ReplaceAll(string(data), old, new))
}

func (c *clone) build() { c.run(c.author, "hagen", "build", "-q") }

// commit pushes everything, and makes the runner's clone anew.
func (c *clone) commit(branch, message string) {
	c.t.Helper()
	c.run(c.author, "git", "add", "-A")
	c.run(c.author, "git", "commit", "-q", "-m", message)
	c.run(c.author, "git", "push", "-q", "origin", "HEAD:"+branch)
	if err := os.RemoveAll(c.dir); err != nil {
		c.t.Fatal(err)
	}
	c.run(filepath.Dir(c.dir), "git", "clone", "-q", "--depth", "1", "--branch", branch, "file://"+filepath.Dir(c.dir)+"/remote.git", "runner")
}

func (c *clone) run(dir string, command ...string) {
	c.t.Helper()
	if out, code := c.try(dir, nil, command...); code != 0 {
		c.t.Fatalf("%v: exit code %d\n%s", command, code, out)
	}
}

// try runs a command and returns what it said and its exit code.
func (c *clone) try(dir string, env []string, command ...string) (string, int) {
	c.t.Helper()
	path, err := exec.LookPath(command[0])
	if command[0] == "hagen" {
		path, err = filepath.Join(filepath.Dir(c.dir), hagen), nil
	}
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(path, command[1:]...)
	cmd.Dir, cmd.Env = dir, append(append([]string{}, c.env...), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		c.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// action is as much of a composite action as runs here.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Name, Run, Uses, Shell string
			Env                    map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	data, err := os.ReadFile("github/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// github runs the steps of the action one after the other, as a runner does:
// expressions only in the environment.
func (c *clone) github(url string, inputs map[string]string) (string, int) {
	c.t.Helper()
	a := readAction(c.t)
	words := []string{"${{ github.base_ref }}", "main", "${{ github.event.pull_request.number }}", "5", "${{ runner.temp }}", filepath.Dir(c.dir), "${{ inputs.token }}", token}
	for name, input := range a.Inputs {
		value := input.Default
		if given, ok := inputs[name]; ok {
			value = given
		}
		words = append(words, "${{ inputs."+name+" }}", value)
	}
	all := ""
	for _, step := range a.Runs.Steps {
		if step.Uses != "" {
			continue
		}
		if strings.Contains(step.Run, "${{") || step.Shell != "bash" {
			c.t.Errorf("the step %s puts an expression into its script, or has no shell", step.Name)
		}
		env := []string{"GITHUB_API_URL=" + url, "GITHUB_REPOSITORY=a/b", "GITHUB_ACTION_PATH=" + source(c.t, "github")}
		for name, value := range step.Env {
			env = append(env, name+"="+strings.NewReplacer(words...).Replace(value))
		}
		out, code := c.try(c.dir, env, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		if all += out; code != 0 {
			return all, code
		}
	}
	return all, 0
}

// gitlab runs the lines of the job in one shell, as a runner does.
func (c *clone) gitlab(url string, variables ...string) (string, int) {
	c.t.Helper()
	data, err := os.ReadFile("gitlab/hagen-diff.yml")
	if err != nil {
		c.t.Fatal(err)
	}
	var jobs map[string]struct {
		Variables    map[string]string
		BeforeScript []string `yaml:"before_script"`
		Script       []string
	}
	if err := yaml.Unmarshal(data, &jobs); err != nil {
		c.t.Fatal(err)
	}
	job := jobs["hagen-diff"]
	env := []string{
		"CI_API_V4_URL=" + url, "CI_PROJECT_ID=9", "CI_MERGE_REQUEST_IID=5", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "HAGEN_TOKEN=" + token,
		"CI_PROJECT_DIR=" + c.dir, "CI_BUILDS_DIR=" + c.t.TempDir(), "HAGEN_SOURCE=" + c.recipes(),
	}
	for name, value := range job.Variables {
		env = append(env, name+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", c.dir))
	}
	env = append(env, variables...)
	lines := append(append([]string{"set -eo pipefail"}, job.BeforeScript...), job.Script...)
	return c.try(c.dir, env, "bash", "-c", strings.Join(lines, "\n"))
}

// recipes is a repository as that of hagen, whose build is the hagen that is
// there.
func (c *clone) recipes() string {
	c.t.Helper()
	dir := filepath.Join(c.t.TempDir(), "hagen")
	if err := os.CopyFS(filepath.Join(dir, "ci"), os.DirFS(".")); err != nil {
		c.t.Fatal(err)
	}
	makefile := "build:\n\tcp " + filepath.Join(filepath.Dir(c.dir), hagen) + " $(BIN)\n"
	if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(makefile), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.run(dir, "git", "init", "-q", "-b", "main", ".")
	c.run(dir, "git", "add", "-A")
	c.run(dir, "git", "commit", "-q", "-m", "one")
	return "file://" + dir
}
