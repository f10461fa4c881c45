package site

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hagen/internal/registry"
)

// backing is what all instances share and hagen does not make.
type backing struct {
	ID, Title string
	// Product is what it is, Hosts where; Details are said beside it.
	Product, Port  string
	Hosts, Details []string
	TLS            bool
	users          []string
	// several tells that more than one server is named.
	several bool
}

// Texts are what is known of it.
func (m *model) backingText(id string) backingText { return m.language.Backings[id] }

func (m *model) readBackings() {
	for _, b := range []backing{m.database(), m.redis(), m.storage()} {
		if len(b.Hosts) > 0 || len(b.users) > 0 {
			b.Title = m.backingText(b.ID).Title
			m.backings = append(m.backings, b)
		}
	}
}

// containers calls each for the containers of all places.
func (m *model) containers(each func(c registry.Container)) {
	for _, p := range m.places() {
		for _, c := range p.target.Containers {
			each(c)
		}
	}
}

func (m *model) database() backing {
	text := m.backingText("database")
	b := backing{ID: "database"}
	m.containers(func(c registry.Container) {
		for _, names := range text.Hosts {
			host := c.Env[names.Host]
			if host == "" {
				continue
			}
			b.users = with(b.users, c.ID)
			b.Hosts, b.Port, b.Product = with(b.Hosts, host), c.Env[names.Port], names.Name
			b.TLS = b.TLS || !slices.Contains(text.Plain, c.Env[names.TLS])
		}
	})
	return b
}

// redisAddress finds the servers of Redis where SECRETS.md spells their address.
var redisAddress = regexp.MustCompile("`(?:(rediss?)(\\+sentinel)?://[^@`]*@)?([a-zA-Z0-9.-]+:[0-9]+(?:,[a-zA-Z0-9.-]+:[0-9]+)*)[/,][^`]*`")

func (m *model) redis() backing {
	b := backing{ID: "redis", Product: "Redis"}
	text := m.backingText("redis")
	m.containers(func(c registry.Container) {
		for _, material := range slices.Concat(slices.Collect(maps.Values(c.Secrets)), slices.Collect(maps.Values(c.SecretFiles))) {
			if slices.ContainsFunc(text.Materials, func(prefix string) bool { return strings.HasPrefix(material, prefix) }) {
				b.users = with(b.users, c.ID)
			}
		}
	})
	slices.Sort(b.users)
	for _, found := range redisAddress.FindAllStringSubmatch(m.byPath["SECRETS.md"].Text(), -1) {
		if len(b.users) == 0 {
			break
		}
		b.TLS = b.TLS || found[1] == "rediss"
		if found[2] != "" {
			b.Product, b.several = "Redis Sentinel", true
		}
		for address := range strings.SplitSeq(found[3], ",") {
			host, port, _ := strings.Cut(address, ":")
			b.Hosts, b.Port = with(b.Hosts, host), port
		}
	}
	return b
}

// nfsPort is that of NFS 4, which names none.
const nfsPort = "2049"

// storage reads what is mounted, by CephFS or NFS, and else where the registry
// finds its bucket.
func (m *model) storage() backing {
	b := backing{ID: "storage"}
	for _, p := range m.places() {
		if server := p.target.Storage["server"]; server != "" {
			b.Product, b.Port, b.Hosts = "NFS", nfsPort, with(b.Hosts, server)
		}
		if p.target.CephCluster != "" {
			b.Product, b.several = "CephFS", true
		}
		for monitor := range strings.SplitSeq(p.target.Storage["monitors"], ",") {
			if host, port, ok := strings.Cut(monitor, ":"); ok {
				b.Product, b.Port, b.Hosts = "CephFS", port, with(b.Hosts, host)
			}
		}
		for _, c := range p.target.Containers {
			for _, at := range slices.Sorted(maps.Keys(c.Shared)) {
				b.users, b.Details = with(b.users, c.ID), with(b.Details, strings.TrimSuffix(c.Shared[at], ", read-only"))
			}
		}
	}
	slices.Sort(b.Details)
	if b.Product == "" {
		m.bucket(&b)
	}
	b.several = b.several || len(b.Hosts) > 1
	return b
}

var (
	bucketName = regexp.MustCompile(`(?m)^    bucket: "?([^"\n]+)"?$`)
	bucketHost = regexp.MustCompile(`(?m)^    regionendpoint: "?(https?)://([^"/:\n]+)(?::([0-9]+))?/?"?$`)
	bucketArea = regexp.MustCompile(`(?m)^    region: "?([^"\n]+)"?$`)
)

// bucket reads the address of object storage from the configuration of a registry.
func (m *model) bucket(b *backing) {
	m.containers(func(c registry.Container) {
		for _, text := range c.Files {
			name := bucketName.FindStringSubmatch(text)
			if name == nil {
				continue
			}
			b.Product, b.users, b.Details = "S3", with(b.users, c.ID), with(b.Details, name[1])
			if host := bucketHost.FindStringSubmatch(text); host != nil {
				b.TLS = host[1] == "https"
				b.Hosts, b.Port = with(b.Hosts, host[2]), cmp.Or(host[3], map[bool]string{true: "443", false: "80"}[b.TLS])
			} else if area := bucketArea.FindStringSubmatch(text); area != nil {
				b.Hosts, b.Port, b.TLS = with(b.Hosts, "s3."+area[1]+".amazonaws.com"), "443", true
			}
		}
	})
}

func with(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
