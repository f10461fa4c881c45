package accept

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"
)

// awkward is the value of every secret while a bundle is resolved.
const awkward = `p@%:/#?&"'\$x$$${y} z`

// checkCompose has docker-compose 1.29 and Compose v5 resolve the file, with the
// variables of the secrets where .env says that they are, and wants both to
// understand the same, also of what starts by its name alone.
func checkCompose(file File) error {
	secrets, err := os.MkdirTemp("", "hagen-secrets-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(secrets)
	if err := writeVariables(file, secrets); err != nil {
		return err
	}
	old, err := resolveOld(file, secrets)
	if err != nil {
		return err
	}
	current, err := resolveCurrent(file, secrets)
	if err != nil {
		return err
	}
	if differences := compare("", old, current); len(differences) > 0 {
		return fmt.Errorf("docker-compose 1.29 and Compose v5 differ:\n%s", strings.Join(differences, "\n"))
	}
	return nil
}

// writeVariables makes the Compose file that a node makes of secrets.list.
func writeVariables(file File, secrets string) error {
	list, err := os.ReadFile(filepath.Join(file.Dir(), "host", "secrets.list"))
	if err != nil {
		return err
	}
	lines, err := secretLines(string(list))
	if err != nil {
		return err
	}
	services := map[string]any{}
	for _, words := range lines {
		if words[0] != "variable" {
			continue
		}
		if services[words[1]] == nil {
			services[words[1]] = map[string]any{"environment": map[string]any{}}
		}
		variables := object(object(services[words[1]])["environment"])
		variables[words[2]] = strings.ReplaceAll(awkward, "$", "$$")
	}
	text, err := yaml.Marshal(map[string]any{"services": services})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(secrets, "docker-compose.secrets.yml"), text, 0o600)
}

func resolveOld(file File, secrets string) (map[string]any, error) {
	version, _, err := command("", nil, "docker-compose", "version", "--short")
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(version, "1.29.") {
		return nil, fmt.Errorf("docker-compose is %s, want Debian's 1.29: run test/install.sh", strings.TrimSpace(version))
	}
	stdout, stderr, err := command(file.Dir(), environment(secrets), "docker-compose", "--profile", "once", "config")
	return resolved(stdout, stderr, err)
}

func resolveCurrent(file File, secrets string) (map[string]any, error) {
	program, err := currentCompose()
	if err != nil {
		return nil, err
	}
	stdout, stderr, err := command(file.Dir(), environment(secrets), program, "--profile", "once", "config", "--format", "json")
	return resolved(stdout, stderr, err)
}

func environment(secrets string) []string {
	return []string{"HAGEN_SECRETS=" + secrets, "COMPOSE_PROJECT_NAME=hagen"}
}

// resolved reads what config printed; a warning counts as a refusal.
func resolved(stdout, stderr string, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	if stderr = strings.TrimSpace(stderr); stderr != "" {
		return nil, fmt.Errorf("config warns: %s", stderr)
	}
	project := map[string]any{}
	if err := yaml.Unmarshal([]byte(stdout), &project); err != nil {
		return nil, err
	}
	return canonical(project), nil
}

// currentCompose builds Compose v5 from its module, once; later runs find it in Go's
// build cache.
var currentCompose = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("go", "tool", "-n", "cmd")
	cmd.Dir = filepath.Join("..", "compose")
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("build Compose v5 in test/compose: %w\n%s", err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
})

// canonical brings a resolved project into the form that both programs share: what
// one of them adds or spells out is taken away, what the project says stays.
func canonical(project map[string]any) map[string]any {
	delete(project, "name")
	delete(project, "version")
	for _, network := range object(project["networks"]) {
		delete(object(network), "name")
	}
	for _, value := range object(project["services"]) {
		service := object(value)
		service["ports"] = ports(service["ports"])
		service["depends_on"] = dependencies(service)
		service["networks"] = mentioned(service["networks"])
		// their order says nothing, and 1.29 sorts them when it merges two files
		slices.SortFunc(list(service["volumes"]), func(a, b any) int {
			return strings.Compare(fmt.Sprint(object(a)["target"]), fmt.Sprint(object(b)["target"]))
		})
		for _, volume := range list(service["volumes"]) {
			if mount := object(volume); mount["read_only"] == false {
				delete(mount, "read_only")
			}
		}
		durations(service)
	}
	prune(project)
	return project
}

// mentioned keeps the names of networks that are joined without options.
func mentioned(networks any) map[string]any {
	kept := map[string]any{}
	for name, options := range object(networks) {
		kept[name] = options
		if len(object(options)) == 0 {
			kept[name] = "joined"
		}
	}
	return kept
}

// durations gives every length of time the one form: 120s is 2m0s.
func durations(service map[string]any) {
	for _, place := range []struct {
		in  map[string]any
		key string
	}{
		{service, "stop_grace_period"},
		{object(service["healthcheck"]), "interval"},
		{object(service["healthcheck"]), "timeout"},
		{object(service["healthcheck"]), "start_period"},
	} {
		text, _ := place.in[place.key].(string)
		if length, err := time.ParseDuration(text); err == nil {
			place.in[place.key] = length.String()
		}
	}
}

// port is the short form of 1.29, whose address may be an IPv6 one in brackets.
var port = regexp.MustCompile(`^(?:\[?([^\]]*)\]?:)?(\d+):(\d+)(?:/(\w+))?$`)

// ports gives every port the one form "address published target protocol".
func ports(value any) []any {
	var texts []any
	for _, entry := range list(value) {
		if text, ok := entry.(string); ok {
			if parts := port.FindStringSubmatch(text); parts != nil {
				text = fmt.Sprintf("%s %s %s %s", parts[1], parts[2], parts[3], or(parts[4], "tcp"))
			}
			texts = append(texts, text)
			continue
		}
		long := object(entry)
		text := fmt.Sprintf("%v %v %v %v", or(long["host_ip"], ""), long["published"], long["target"], or(long["protocol"], "tcp"))
		texts = append(texts, text)
	}
	slices.SortFunc(texts, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return texts
}

// dependencies keeps name and condition, without those that Compose v5 derives from
// sharing another service's network.
func dependencies(service map[string]any) map[string]any {
	kept := map[string]any{}
	for name, value := range object(service["depends_on"]) {
		if service["network_mode"] != "service:"+name {
			kept[name] = object(value)["condition"]
		}
	}
	return kept
}

// compare lists where two resolved projects differ, by path.
func compare(path string, old, current any) []string {
	if left, right := object(old), object(current); left != nil && right != nil {
		var differences []string
		for _, key := range sortedKeys(left, right) {
			differences = append(differences, compare(path+"."+key, left[key], right[key])...)
		}
		return differences
	}
	if reflect.DeepEqual(old, current) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %v and %v", strings.TrimPrefix(path, "."), old, current)}
}
