package unwrap

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// bundleFiles unwraps the bundle of one node.
func bundleFiles(object artifact.Object, index index) ([]artifact.File, error) {
	b := &bundle{
		object: object, folder: "compose/" + object.Name(), index: index,
		secrets: newSecretNeeds(), fingerprints: object.Fingerprints(),
	}
	spec := artifact.Map(object["spec"])
	b.placedFiles(spec["secretFiles"])
	project := map[string]any{"services": b.services(spec["services"])}
	for _, section := range []string{"networks", "volumes"} {
		if named := byName(spec[section]); len(named) > 0 {
			project[section] = named
		}
	}
	data, err := artifact.EncodeYAML(project)
	b.problems.Add(err)
	more, err := listed(b.folder, spec["files"], object)
	b.problems.Add(err)
	b.files = append(b.files, more...)
	b.secretsList()
	b.files = append(b.files, artifact.File{
		Path: b.folder + "/docker-compose.yml", Data: append([]byte(header), data...),
		Component: object.Annotation(artifact.AnnotationComponent),
		Value:     project, From: append([]string{object.Key()}, b.variables()...),
	})
	return b.files, b.problems.ErrorOrNil()
}

type bundle struct {
	object   artifact.Object
	folder   string
	index    index
	files    []artifact.File
	written  map[string]string
	problems diag.List

	secrets      *secretNeeds
	fingerprints map[string]string
}

func (b *bundle) fail(service, format string, args ...any) {
	b.problems.Add(diag.Diagnostic{
		Message: fmt.Sprintf("bundle %s, service %s: %s", b.object.Name(), service, fmt.Sprintf(format, args...)),
		Reason:  "the bundle could not be started with what it refers to",
		Fix:     "look for an overlay or an extension that renames or removes it",
	})
}

func (b *bundle) services(list any) map[string]any {
	out := map[string]any{}
	for _, item := range artifact.List(list) {
		service := artifact.Map(item)
		name := artifact.Text(service["name"])
		if name == "" || service == nil {
			b.fail("?", "a service has no name")
			continue
		}
		out[name] = b.service(name, service)
	}
	return out
}

// service copies what Compose understands by itself and resolves the rest.
func (b *bundle) service(name string, service map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range service {
		switch key {
		case "name", "envFrom", "environment":
		case "volumes":
			out[key] = b.volumes(name, value)
		case "ports":
			out[key] = ports(value)
		case "env_file":
			out[key] = value
		default:
			out[key] = escaped(value)
		}
	}
	if environment := b.environment(name, service); len(environment) > 0 {
		out["environment"] = escaped(environment)
	}
	b.labelSecrets(name, out)
	return out
}

// environment merges the variables of ConfigMaps and the list of the service,
// in this order, as a container of Kubernetes does. Those that are secrets are
// left out: the node adds them.
func (b *bundle) environment(name string, service map[string]any) map[string]any {
	out := map[string]any{}
	for _, item := range artifact.List(service["envFrom"]) {
		reference := artifact.Text(artifact.Map(artifact.Map(item)["configMapRef"])["name"])
		data := b.index.configMap(reference)
		if data == nil {
			b.fail(name, "there is no ConfigMap %s", reference)
		}
		for key, value := range data {
			out[key] = value
		}
	}
	for _, item := range artifact.List(service["environment"]) {
		entry := artifact.Map(item)
		key := artifact.Text(entry["name"])
		from := artifact.Map(entry["valueFrom"])
		if secret := artifact.Map(from["secretKeyRef"]); secret != nil {
			delete(out, key)
			b.variable(name, key, secret)
			continue
		}
		reference := artifact.Map(from["configMapKeyRef"])
		if reference == nil {
			out[key] = entry["value"]
			continue
		}
		value, ok := b.index.configMap(artifact.Text(reference["name"]))[artifact.Text(reference["key"])]
		if !ok {
			b.fail(name, "variable %s: ConfigMap %v has no key %v", key, reference["name"], reference["key"])
		}
		out[key] = value
	}
	return out
}

// volumes writes the files of ConfigMaps where the bundle mounts them from.
func (b *bundle) volumes(name string, list any) []any {
	out := []any{}
	for _, item := range artifact.List(list) {
		volume := artifact.Map(item)
		if volume == nil {
			out = append(out, item)
			continue
		}
		plain := clone(volume)
		delete(plain, "configMap")
		delete(plain, "secret")
		if secret := artifact.Map(volume["secret"]); secret != nil {
			b.secretFile(name, secret)
		}
		if reference := artifact.Map(volume["configMap"]); reference != nil {
			b.configFile(name, artifact.Text(volume["source"]), reference)
		}
		out = append(out, plain)
	}
	return out
}

func (b *bundle) configFile(service, source string, reference map[string]any) {
	data := b.index.configMap(artifact.Text(reference["name"]))
	value, ok := data[artifact.Text(reference["key"])].(string)
	if !ok {
		b.fail(service, "file %s: ConfigMap %v has no key %v", source, reference["name"], reference["key"])
		return
	}
	if b.written == nil {
		b.written = map[string]string{}
	}
	if before, done := b.written[source]; done {
		if before != value {
			b.fail(service, "file %s is asked for with two contents", source)
		}
		return
	}
	b.written[source] = value
	b.files = append(b.files, artifact.File{
		Path: path.Join(b.folder, source), Data: []byte(value), Component: service,
		From: []string{b.index.key(artifact.Text(reference["name"])), b.object.Key()},
	})
}

// variables are the keys of the ConfigMaps whose variables the services take.
func (b *bundle) variables() []string {
	var keys []string
	for _, service := range artifact.List(artifact.Map(b.object["spec"])["services"]) {
		for _, item := range artifact.List(artifact.Map(service)["envFrom"]) {
			name := artifact.Text(artifact.Map(artifact.Map(item)["configMapRef"])["name"])
			keys = append(keys, b.index.key(name))
		}
	}
	return keys
}

// ports writes the short form, which all releases of Compose read alike.
func ports(list any) []any {
	out := []any{}
	for _, item := range artifact.List(list) {
		port := artifact.Map(item)
		if port == nil {
			out = append(out, escaped(item))
			continue
		}
		text := number(port["published"]) + ":" + number(port["target"])
		if ip := artifact.Text(port["host_ip"]); ip != "" {
			text = ip + ":" + text
		}
		if protocol := artifact.Text(port["protocol"]); protocol != "" && protocol != "tcp" {
			text += "/" + protocol
		}
		out = append(out, text)
	}
	return out
}

func number(v any) string {
	switch n := v.(type) {
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(n, 10)
	case int:
		return strconv.Itoa(n)
	}
	return fmt.Sprint(v)
}

// escaped doubles every "$", which Compose would read as a variable.
func escaped(v any) any {
	switch value := v.(type) {
	case string:
		return strings.ReplaceAll(value, "$", "$$")
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = escaped(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(value))
		for key, item := range value {
			out[key] = escaped(item)
		}
		return out
	}
	return v
}

// byName turns a list of named entries into Compose's map.
func byName(list any) map[string]any {
	out := map[string]any{}
	for _, item := range artifact.List(list) {
		entry := clone(artifact.Map(item))
		name := artifact.Text(entry["name"])
		delete(entry, "name")
		out[name] = escaped(entry)
	}
	return out
}
