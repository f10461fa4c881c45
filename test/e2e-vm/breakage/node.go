package breakage

import (
	"fmt"
	"os"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"hagen/test/e2e-vm/lab"
)

// Where a node of the pair has its bundle and its secrets.
const (
	Bundle    = "/opt/hagen/pair"
	Secrets   = "/etc/hagen/secrets/pair"
	variables = Secrets + "/docker-compose.secrets.yml"
)

// Break makes the row on a node; what has to start anew is the caller's.
func (r Row) Break(n *lab.Node) error {
	for _, e := range r.Edits {
		if err := e.onNode(n); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	return nil
}

func (e Edit) onNode(n *lab.Node) error {
	run := func(format string, args ...any) error {
		_, err := n.Run(fmt.Sprintf(format, args...))
		return err
	}
	switch {
	case e.Variable != nil:
		return e.Variable.onNode(n)
	case e.Mount != nil:
		if e.Mount.Owner != nil {
			if err := run("install -d -o %d -g %[1]d %s", *e.Mount.Owner, e.Mount.Source); err != nil {
				return err
			}
		}
		return edited(n, composeFile, func(services map[string]any) error { return e.Mount.in(services) })
	case e.Text != nil:
		return e.Text.onNode(n)
	case e.Key != nil:
		return edited(n, composeFile, func(services map[string]any) error {
			for _, name := range e.Key.Of {
				services[name].(map[string]any)[e.Key.Name] = e.Key.Value
			}
			return nil
		})
	case e.Secret != nil:
		return run("(%s) >%s/%s 2>/dev/null", e.Secret.Command, Secrets, e.Secret.Name)
	case e.Owner != nil:
		return run("chown %d:%[1]d %s/%s", e.Owner.Owner, Secrets, e.Owner.Secret)
	}
	return run("%s", e.Shell)
}

const composeFile = Bundle + "/docker-compose.yml"

// edited changes the services of a Compose file of a node.
func edited(n *lab.Node, file string, change func(services map[string]any) error) error {
	text, err := n.Run("cat " + file)
	if err != nil {
		return err
	}
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	if err := change(document["services"].(map[string]any)); err != nil {
		return err
	}
	data, err := yaml.Marshal(document)
	if err != nil {
		return err
	}
	return n.Write(file, string(data), 0o600)
}

// onNode changes the variable in the file that sets it.
func (v Variable) onNode(n *lab.Node) error {
	for _, file := range []string{composeFile, variables} {
		found := 0
		err := edited(n, file, func(services map[string]any) error {
			for _, name := range v.Of {
				service, _ := services[name].(map[string]any)
				environment, _ := service["environment"].(map[string]any)
				if _, set := environment[v.Name]; !set {
					continue
				}
				found++
				if v.Value == nil {
					delete(environment, v.Name)
				} else {
					environment[v.Name] = *v.Value
				}
			}
			return nil
		})
		if err != nil || found == len(v.Of) {
			return err
		}
	}
	return fmt.Errorf("no file sets %s of %s", v.Name, strings.Join(v.Of, ", "))
}

// in changes the mount of every service.
func (m Mount) in(services map[string]any) error {
	found := 0
	for _, name := range m.Of {
		for _, item := range services[name].(map[string]any)["volumes"].([]any) {
			if volume := item.(map[string]any); volume["target"] == m.Target {
				volume["source"] = m.Source
				found++
			}
		}
	}
	if found != len(m.Of) {
		return fmt.Errorf("%d of %d services mount %s", found, len(m.Of), m.Target)
	}
	return nil
}

func (t Text) onNode(n *lab.Node) error {
	file, mode := path.Join(Bundle, t.File), os.FileMode(0o644)
	if t.File == "secrets" {
		file, mode = variables, 0o600
	}
	text, err := n.Run("cat " + file)
	if err != nil {
		return err
	}
	changed, err := t.replaced(text)
	if err != nil {
		return err
	}
	return n.Write(file, changed, mode)
}

func (t Text) replaced(text string) (string, error) {
	if !strings.Contains(text, t.Old) {
		return "", fmt.Errorf("%s does not hold %q", t.File, t.Old)
	}
	return strings.ReplaceAll(text, t.Old, t.New), nil
}
