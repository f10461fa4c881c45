package material

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hagen/internal/diag"
	"hagen/internal/secret"
)

// Source is a file of an existing installation.
type Source struct {
	Path string
	Data []byte
}

// Import finds the values of a registry's secrets in the files of an existing
// installation. One material with two values is an error that names both
// files: nobody but the user knows which node is right.
func Import(need secret.Need, sources []Source) (Values, error) {
	f := finder{need: need, values: Values{}, from: map[string]string{}}
	for _, source := range sources {
		f.read(source)
	}
	return f.values, f.problems.ErrorOrNil()
}

// Imports tells whether a file of this name may hold a secret.
func Imports(need secret.Need, name string) bool {
	base := path.Base(name)
	return isEnvironment(base) || base == configuration || fileMaterial(need, base) != "" || len(settings(need, base)) > 0
}

const configuration = "harbor.cfg"

func isEnvironment(base string) bool { return base == "env" || strings.HasSuffix(base, ".env") }

type finder struct {
	need     secret.Need
	values   Values
	from     map[string]string
	problems diag.List
}

func (f *finder) read(source Source) {
	base := path.Base(source.Path)
	switch {
	case isEnvironment(base):
		f.environment(source)
	case base == configuration:
		f.ini(source)
	case fileMaterial(f.need, base) != "":
		f.found(fileMaterial(f.need, base), string(source.Data), source.Path)
	default:
		f.yaml(source, settings(f.need, base))
	}
}

// found takes a value. Materials that are made of others are made again.
func (f *finder) found(name, value, from string) {
	m, ok := f.need.Material(name)
	if !ok || m.Kind == secret.Composed {
		return
	}
	if m.Kind != secret.RSA && m.Kind != secret.Certificate && m.Kind != secret.Htpasswd && !strings.HasPrefix(m.Format, "pem-") {
		value = OneLine(value)
	}
	// What an installer ships is as good as nothing: another value is made.
	if value == "" || m.Kind == secret.Random && slices.Contains(f.need.Public, value) {
		return
	}
	if before, ok := f.values[name]; ok && before != value {
		f.problems.Add(diag.Diagnostic{
			Message: fmt.Sprintf("%s has one value in %s and another in %s", name, f.from[name], from),
			Reason:  "instances with different values refuse each other, now and then",
			Fix:     "find out which is right and import the files of that node alone",
		})
		return
	}
	f.values[name], f.from[name] = value, from
}

// OneLine drops the line break that editors and echo put at the end.
func OneLine(value string) string {
	return strings.TrimSuffix(strings.TrimSuffix(value, "\n"), "\r")
}

// fileMaterial returns the material that an installation keeps in a file of
// this name.
func fileMaterial(need secret.Need, base string) string {
	if name, ok := need.Import.Files[base]; ok {
		return name
	}
	for _, m := range need.Materials {
		if m.Name == base && (m.Kind != secret.Random && m.Kind != secret.Given || usedAsFile(m)) {
			return m.Name
		}
	}
	return ""
}

func usedAsFile(m secret.Material) bool {
	return slices.ContainsFunc(m.Uses, func(use secret.Use) bool { return strings.HasPrefix(use.As, "file ") })
}

// environment reads NAME=value lines, as Docker's env files have them. What a
// variable holds is known from the components that use it.
func (f *finder) environment(source Source) {
	for name, value := range assignments(source.Data, "=") {
		for _, m := range f.need.Materials {
			if slices.ContainsFunc(m.Uses, func(use secret.Use) bool { return use.As == "variable "+name }) {
				f.found(m.Name, unquoted(value), source.Path)
				break
			}
		}
	}
}

func (f *finder) ini(source Source) {
	for name, value := range assignments(source.Data, "=") {
		if material, ok := f.need.Import.INI[name]; ok {
			f.found(material, value, source.Path)
		}
	}
}

// assignments reads the lines of a file that assign something.
func assignments(data []byte, sign string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		if name, value, ok := strings.Cut(line, sign); ok {
			found[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return found
}

func unquoted(value string) string {
	if n := len(value); n >= 2 && (value[0] == '\'' || value[0] == '"') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}

// settings lists what a YAML file of this name holds: the path of a setting
// and its material. The library writes "harbor.yml:database.password".
func settings(need secret.Need, base string) map[string]string {
	found := map[string]string{}
	for key, material := range need.Import.YAML {
		if file, setting, ok := strings.Cut(key, ":"); ok && file == base {
			found[setting] = material
		}
	}
	return found
}

func (f *finder) yaml(source Source, settings map[string]string) {
	var document yaml.Node
	if err := yaml.Unmarshal(source.Data, &document); err != nil {
		f.problems.Add(diag.Diagnostic{
			Place: diag.Place{File: source.Path}, Message: "it is not YAML", Fix: "name the file that the installer read",
		})
		return
	}
	for _, setting := range slices.Sorted(maps.Keys(settings)) {
		if value, ok := lookup(&document, strings.Split(setting, ".")); ok {
			f.found(settings[setting], value, source.Path)
		}
	}
}

// lookup returns a scalar as it is written, as Harbor reads it into a text: a
// password 1e5 is no number.
func lookup(node *yaml.Node, steps []string) (string, bool) {
	switch {
	case node.Kind == yaml.DocumentNode:
		return lookup(node.Content[0], steps)
	case node.Kind == yaml.AliasNode:
		return lookup(node.Alias, steps)
	case len(steps) == 0:
		return node.Value, node.Kind == yaml.ScalarNode && node.Tag != "!!null"
	case node.Kind != yaml.MappingNode:
		return "", false
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == steps[0] {
			return lookup(node.Content[i+1], steps[1:])
		}
	}
	return "", false
}
