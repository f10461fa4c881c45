package compile_test

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
)

// bundleReader reads the registry that the bundle of one node describes, as
// Compose and the node would: from docker-compose.yml, what it mounts, the
// mount unit and secrets.list.
type bundleReader struct {
	files  artifacts
	folder string
	// secrets is where the node keeps them, listed what lies there: the material
	// of each file and, by service, those of its variables.
	secrets string
	listed  secretsList
	// mountPoint is where the node has CephFS, root the directory of CephFS that
	// is mounted there.
	mountPoint, root string
	services         map[string]any
	facts            facts
}

func bundleFacts(t *testing.T, files artifacts, node string) facts {
	t.Helper()
	b := &bundleReader{files: files, folder: "compose/" + node, facts: facts{}}
	b.listed = readSecretsList(files[b.folder+"/host/secrets.list"])
	b.readSecrets()
	b.readMount()
	project := decodeYAML(t, node, files[b.folder+"/docker-compose.yml"])
	b.services = artifact.Map(interpolated(project["services"]))
	for _, name := range keys(b.services) {
		b.readService(name, artifact.Map(b.services[name]))
	}
	b.readEntry()
	for _, address := range b.facts.addresses() {
		b.facts["address "+address] = b.answer(address)
	}
	return b.facts
}

var variable = regexp.MustCompile(`\$\$|\$\{[A-Z_]+:-([^}]*)\}|\$`)

// interpolated reads "$$" and "${NAME:-default}" as Compose does on a node
// whose environment sets nothing.
func interpolated(value any) any {
	switch v := value.(type) {
	case string:
		return variable.ReplaceAllStringFunc(v, func(match string) string {
			switch {
			case match == "$$":
				return "$"
			case match == "$":
				return "(not valid: $)"
			}
			return variable.FindStringSubmatch(match)[1]
		})
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = interpolated(item)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			out[key] = interpolated(item)
		}
		return out
	}
	return value
}

var mountLine = regexp.MustCompile(`(?m)^(What|Where|Options)=(.*)$`)

// readMount reads the mount unit: its paths and what it says of CephFS.
func (b *bundleReader) readMount() {
	unit := map[string]string{}
	for name, text := range b.files {
		if strings.HasPrefix(name, b.folder+"/host/") && strings.HasSuffix(name, ".mount") {
			for _, match := range mountLine.FindAllStringSubmatch(text, -1) {
				unit[match[1]] = strings.ReplaceAll(match[2], "%%", "%")
			}
		}
	}
	colon := strings.LastIndex(unit["What"], ":/")
	if colon < 0 {
		b.facts["ceph mount"] = "(the node does not mount it)"
		return
	}
	b.mountPoint, b.root = unit["Where"], unit["What"][colon+1:]
	b.facts["ceph monitors"] = unit["What"][:colon]
	for _, option := range strings.Split(unit["Options"], ",") {
		key, value, _ := strings.Cut(option, "=")
		if fact, ok := map[string]string{"name": "user", "mds_namespace": "file system"}[key]; ok {
			b.facts["ceph "+fact] = value
		}
	}
}

func (b *bundleReader) readService(name string, service map[string]any) {
	b.facts[name+" image"] = scalar(service["image"])
	b.facts[name+" command"] = fmt.Sprintf("%q %q", texts(service["entrypoint"]), texts(service["command"]))
	if network, ok := service["network_mode"]; ok {
		b.facts[name+" network"] = strings.TrimPrefix(scalar(network), "service:")
	}
	for key, value := range artifact.Map(service["environment"]) {
		b.facts[name+" env "+key] = scalar(value)
	}
	for variable, material := range b.listed.variables[name] {
		b.facts[name+" secret "+variable] = material
	}
	for _, item := range artifact.List(service["volumes"]) {
		b.readVolume(name, artifact.Map(item))
	}
}

func texts(list any) []string {
	out := []string{}
	for _, item := range artifact.List(list) {
		out = append(out, scalar(item))
	}
	return out
}

// readSecrets reads in .env where Compose finds the variables of the secrets.
func (b *bundleReader) readSecrets() {
	file, _ := strings.CutPrefix(strings.TrimSpace(b.files[b.folder+"/.env"]), "COMPOSE_FILE=docker-compose.yml:")
	b.secrets = path.Dir(scalar(interpolated(file)))
	if path.Base(file) != "docker-compose.secrets.yml" {
		b.facts["secrets"] = "(Compose does not read them)"
	}
}

func (b *bundleReader) readVolume(service string, volume map[string]any) {
	source, target := scalar(volume["source"]), path.Clean(scalar(volume["target"]))
	below, shared := strings.CutPrefix(source, b.mountPoint+"/")
	kept, secret := strings.CutPrefix(source, b.secrets+"/")
	switch {
	case scalar(volume["type"]) != "bind":
		b.facts[service+" mount "+target] = "(of another type)"
	case strings.HasPrefix(source, "./"):
		b.facts[service+" file "+target] = b.content(source)
	case secret:
		b.facts[service+" secret file "+target] = b.listed.file(kept)
	case shared:
		b.facts[service+" shared "+target] = access(path.Join(b.root, below), volume["read_only"] == true)
	case strings.HasPrefix(source, "/"):
		b.facts[service+" own "+target] = "of the node or the pod"
	default:
		b.facts[service+" mount "+target] = "(from " + source + ")"
	}
}

func access(directory string, readOnly bool) string {
	if readOnly {
		return directory + ", read-only"
	}
	return directory
}

func (b *bundleReader) content(source string) string {
	text, ok := b.files[path.Join(b.folder, source)]
	if !ok {
		return "(the bundle has no file " + source + ")"
	}
	return text
}

// readEntry finds the container port that a client reaches at the registry's
// address: by the port of the URL, or by the only other one that is published
// if a balancer stands in front.
func (b *bundleReader) readEntry() {
	address, err := url.Parse(b.facts.endpoint())
	if err != nil {
		return
	}
	ports := map[string]string{}
	for _, port := range texts(artifact.Map(b.services["proxy"])["ports"]) {
		published, target, _ := strings.Cut(port, ":")
		ports[published] = target
	}
	b.facts["entry host"] = address.Hostname()
	b.facts["entry port"] = reached(address, ports)
}

// reached picks the target of the URL's port from published -> target.
func reached(address *url.URL, ports map[string]string) string {
	port := address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[address.Scheme]
	}
	if target, ok := ports[port]; ok {
		return target
	}
	targets := slices.Sorted(maps.Values(ports))
	// the port of the metrics is not for the balancer
	targets = slices.DeleteFunc(targets, func(target string) bool { return target == "9090" })
	if len(targets) == 1 {
		return targets[0]
	}
	return fmt.Sprintf("(port %s is not published: %v)", port, ports)
}

// answer says which component listens at an address: in the network of a
// bundle a service at its own port.
func (b *bundleReader) answer(address string) string {
	name, _, _ := strings.Cut(address, ":")
	if _, ok := b.services[name]; !ok {
		return nobody
	}
	return address
}
