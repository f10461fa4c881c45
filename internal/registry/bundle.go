package registry

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// bundleReader reads one bundle as Compose and the node would.
type bundleReader struct {
	*reader
	node, folder string
	target       Target
	// mountPoint is where the node has the shared file system, root the directory
	// of it that is mounted there.
	mountPoint, root string
	// secrets is where the node keeps what secretFiles and variables list.
	secrets     string
	services    map[string]any
	variables   map[string]map[string]string
	secretFiles map[string]bool
}

func (r *reader) bundle(node string) Target {
	b := &bundleReader{reader: r, node: node, folder: "compose/" + node}
	b.target = Target{Name: b.folder, Storage: map[string]string{}, Answers: map[string]string{}, Prints: map[string]Print{}}
	b.readSecrets()
	b.readMount()
	b.services = artifact.Map(interpolated(r.files[b.folder+"/docker-compose.yml"].Table()["services"]))
	for _, name := range sortedKeys(b.services) {
		b.target.Containers = append(b.target.Containers, b.container(name, artifact.Map(b.services[name])))
	}
	b.readEntry()
	for _, address := range b.target.addresses() {
		b.target.Answers[address] = b.answer(address)
	}
	return b.target
}

// readMount reads the mount unit: its paths and what it says of the shared file
// system. A node that has none has no unit.
func (b *bundleReader) readMount() {
	if !strings.Contains(b.text(b.folder+"/host/node.list"), "\nmount ") {
		return
	}
	unit := map[string]string{}
	for name, file := range b.files {
		if strings.HasPrefix(name, b.folder+"/host/") && strings.HasSuffix(name, ".mount") {
			for line := range strings.SplitSeq(file.Text(), "\n") {
				if key, value, ok := strings.Cut(line, "="); ok {
					unit[key] = strings.ReplaceAll(value, "%%", "%")
				}
			}
		}
	}
	colon := strings.LastIndex(unit["What"], ":/")
	if colon < 0 {
		b.target.Storage["mount"] = "(the node does not mount it)"
		return
	}
	b.mountPoint, b.root = unit["Where"], unit["What"][colon+1:]
	if strings.HasPrefix(unit["Type"], "nfs") {
		b.target.Storage["server"] = strings.Trim(unit["What"][:colon], "[]")
		return
	}
	b.target.Storage["monitors"] = unit["What"][:colon]
	for option := range strings.SplitSeq(unit["Options"], ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "name":
			b.target.Storage["user"] = value
		case "mds_namespace":
			b.target.Storage["file system"] = value
		}
	}
}

func (b *bundleReader) container(name string, service map[string]any) Container {
	c := newContainer(name)
	c.Artifact, c.Path = b.folder+"/docker-compose.yml", []any{"services", name}
	c.Image, c.User = scalar(service["image"]), scalar(service["user"])
	c.Command = fmt.Sprintf("%q %q", texts(service["entrypoint"]), texts(service["command"]))
	c.Network = strings.TrimPrefix(scalar(service["network_mode"]), "service:")
	for key, value := range artifact.Map(service["environment"]) {
		c.Env[key] = scalar(value)
	}
	for key, material := range b.variables[name] {
		c.Secrets[key] = material
	}
	for _, item := range artifact.List(service["volumes"]) {
		b.readVolume(&c, artifact.Map(item))
	}
	for _, name := range []string{b.folder + "/host/secrets.list", b.folder + "/host/secrets.age"} {
		if _, ok := b.files[name]; ok && len(c.Secrets)+len(c.SecretFiles) > 0 {
			c.Reads = append(c.Reads, name)
		}
	}
	return c
}

func (b *bundleReader) readVolume(c *Container, volume map[string]any) {
	source, target := scalar(volume["source"]), path.Clean(scalar(volume["target"]))
	below, shared := strings.CutPrefix(source, b.mountPoint+"/")
	shared = shared && b.mountPoint != ""
	kept, secret := strings.CutPrefix(source, b.secrets+"/")
	switch {
	case scalar(volume["type"]) != "bind":
		c.Odd["mount "+target] = "(of another type)"
	case strings.HasPrefix(source, "./"):
		name := path.Join(b.folder, source)
		if _, ok := b.files[name]; !ok {
			c.Odd["file "+target] = "(the bundle has no file " + source + ")"
			return
		}
		c.Files[target] = b.text(name)
		c.Reads = append(c.Reads, name)
	case secret:
		c.SecretFiles[target] = b.secretFile(kept)
	case shared:
		c.Shared[target] = access(path.Join(b.root, below), volume["read_only"] == true)
	case strings.HasPrefix(source, "/"):
		c.Own[target] = "of the node or the pod"
	default:
		c.Odd["mount "+target] = "(from " + source + ")"
	}
}

func access(directory string, readOnly bool) string {
	if readOnly {
		return directory + ", read-only"
	}
	return directory
}

// readEntry finds the container port that a client reaches at the registry's
// address.
func (b *bundleReader) readEntry() {
	ports := map[string]string{}
	for _, name := range sortedKeys(b.services) {
		if slices.ContainsFunc(b.target.Containers, func(c Container) bool { return c.ID == name && c.servesHTTP() }) {
			for _, port := range texts(artifact.Map(b.services[name])["ports"]) {
				published, target, _ := strings.Cut(port, ":")
				ports[published] = target
			}
		}
	}
	b.target.enter(ports)
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
