package sinks

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	compose "github.com/compose-spec/compose-go/v2/types"
)

// stage writes the bundle and, as secrets.sh does, the variables of its secrets,
// and returns both folders.
func stage(t *testing.T, files site) (bundle, secrets string) {
	t.Helper()
	bundle, secrets = t.TempDir(), t.TempDir()
	for name, text := range files {
		if below, ok := strings.CutPrefix(name, "compose/a/"); ok {
			write(t, bundle, below, text)
		}
	}
	write(t, secrets, variablesFile, "services: {core: {environment: {SECRET: x}}}\n")
	return bundle, secrets
}

// TestCompose: the texts arrive by the loader of Docker Compose, which reads
// "$" in its own way.
func TestCompose(t *testing.T) {
	all := texts()
	bundle, secrets := stage(t, build(t, all))
	project := load(t, bundle, secrets)
	core, odd := project.Services["core"], project.Services["proxy-odd"]
	for i, text := range all {
		want(t, "variable", text, valueOf(core.Environment[variable(i)]))
		want(t, "argument", text, odd.Command[i])
		want(t, "entrypoint", text, odd.Entrypoint[i])
		want(t, "label", text, odd.Labels[fmt.Sprintf("l%d", i)])
	}
	if core.Environment["SECRET"] == nil {
		t.Error("the variables of the secrets are lost")
	}
}

// variablesFile is what secrets.sh writes for Compose.
const variablesFile = "docker-compose.secrets.yml"

func load(t *testing.T, dir, secrets string) *compose.Project {
	t.Helper()
	project, err := loader.LoadWithContext(t.Context(), compose.ConfigDetails{
		WorkingDir: dir,
		ConfigFiles: []compose.ConfigFile{
			{Filename: filepath.Join(dir, "docker-compose.yml")}, {Filename: filepath.Join(secrets, variablesFile)},
		},
		Environment: map[string]string{"HAGEN_SECRETS": secrets, "HOME": "/wrong", "a": "wrong"},
	}, func(o *loader.Options) { o.SetProjectName("sinks", true) })
	if err != nil {
		t.Fatalf("%.2000s", err)
	}
	return project
}

func valueOf(text *string) string {
	if text == nil {
		return "(nothing)"
	}
	return *text
}

// printed is what docker-compose 1.29 prints of a project, with "$" doubled.
type printed struct {
	Services map[string]struct {
		Command, Entrypoint []string
		Environment         map[string]*string
		Labels              map[string]string
	}
}

// TestOldCompose: the same by docker-compose 1.29, whose reader is another one.
func TestOldCompose(t *testing.T) {
	need(t, "docker-compose")
	// its output folds a next-line character
	all := without(texts(), "\u0085")
	bundle, secrets := stage(t, build(t, all))
	project := oldConfig(t, bundle, secrets)
	core, odd := project.Services["core"], project.Services["proxy-odd"]
	for i, text := range all {
		want(t, "variable", text, single(valueOf(core.Environment[variable(i)])))
		want(t, "argument", text, single(odd.Command[i]))
		want(t, "entrypoint", text, single(odd.Entrypoint[i]))
		want(t, "label", text, single(odd.Labels[fmt.Sprintf("l%d", i)]))
	}
}

func single(text string) string { return strings.ReplaceAll(text, "$$", "$") }

func oldConfig(t *testing.T, dir, secrets string) printed {
	t.Helper()
	// it prints YAML as its own library does; the same library reads it
	// without -f it reads .env, which names both files
	script := `cd "$1" && docker-compose config | /usr/bin/python3 -c 'import json, sys, yaml
json.dump(yaml.safe_load(sys.stdin.buffer), sys.stdout)'`
	command := exec.CommandContext(t.Context(), "bash", "-o", "pipefail", "-c", script, "bash", dir)
	command.Env = append(os.Environ(), "HAGEN_SECRETS="+secrets, "PYTHONIOENCODING=utf-8", "LC_ALL=C.UTF-8")
	var errors strings.Builder
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("docker-compose config: %v\n%.2000s", err, errors.String())
	}
	var parsed printed
	if err := json.Unmarshal(out, &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed
}
