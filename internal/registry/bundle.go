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

// mount is what a unit or a line of fstab says of the shared file system.
type mount struct{ what, where, kind, options string }

// readMount reads how the node mounts the shared file system: its paths and what
// is said of it. A node that has none mounts nothing.
func (b *bundleReader) readMount() {
	if !strings.Contains(b.text(b.folder+"/host/node.list"), "\nmount ") {
		return
	}
	m, ok := b.unit()
	if !ok {
		m = fstabMount(b.text(b.folder + "/host/fstab"))
	}
	colon := strings.LastIndex(m.what, ":/")
	if colon < 0 {
		b.target.Storage["mount"] = "(the node does not mount it)"
		return
	}
	b.mountPoint, b.root = m.where, m.what[colon+1:]
	if strings.HasPrefix(m.kind, "nfs") {
		b.target.Storage["server"] = strings.Trim(m.what[:colon], "[]")
		return
	}
	b.target.Storage["monitors"] = m.what[:colon]
	for option := range strings.SplitSeq(m.options, ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "name":
			b.target.Storage["user"] = value
		case "mds_namespace":
			b.target.Storage["file system"] = value
		}
	}
}

// unit reads the mount unit. A bundle has none where its name, which follows from
// the path, would hold a backslash: there fstab serves alone.
func (b *bundleReader) unit() (mount, bool) {
	unit, found := map[string]string{}, false
	for name, file := range b.files {
		if strings.HasPrefix(name, b.folder+"/host/") && strings.HasSuffix(name, ".mount") {
			found = true
			for line := range strings.SplitSeq(file.Text(), "\n") {
				if key, value, ok := strings.Cut(line, "="); ok {
					unit[key] = strings.ReplaceAll(value, "%%", "%")
				}
			}
		}
	}
	return mount{unit["What"], unit["Where"], unit["Type"], unit["Options"]}, found
}

// escaped are the characters that a field of fstab has by their numbers.
var escaped = strings.NewReplacer(`\011`, "\t", `\012`, "\n", `\040`, " ", `\043`, "#", `\134`, `\`)

// fstabMount reads the line of fstab that mounts a file system of another machine.
func fstabMount(fstab string) mount {
	const fields = 4
	for line := range strings.SplitSeq(fstab, "\n") {
		words := strings.Fields(line)
		if len(words) < fields || strings.HasPrefix(words[0], "#") || !strings.Contains(words[0], ":/") {
			continue
		}
		for i, word := range words {
			words[i] = escaped.Replace(word)
		}
		return mount{words[0], words[1], words[2], words[3]}
	}
	return mount{}
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
		c.Own[target] = own
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
