package site

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/registry"
)

// model is a rendering as pages show it.
type model struct {
	Input
	language *language
	byPath   map[string]artifact.File
	// URL is the address of the registry, scheme and port those of it.
	URL, scheme, port string
	Machines          []*place
	Cluster           *place
	// programs are the components, the one that clients reach first.
	programs []string
	entry    entry
	calls    []call
	backings []backing
	texts    *texts
	finder   *finder
}

// place is a machine or the cluster: where containers run.
type place struct {
	// ID is that of its target, such as compose/node1.
	ID, Title, Address string
	Parts              []part
	target             registry.Target
	// Runbook is its runbook's path among the artifacts.
	Runbook string
	ports   []published
	reaches []reach
	// namespace is that of the cluster's objects.
	namespace string
}

// part is a component in a place.
type part struct {
	ID string
	// Count says how many instances there are, Least how many at least.
	Count string
	Least int
	// File makes it.
	File string
	// sidecar shares the pod or the network of another.
	sidecar bool
	// once runs when it is told to, and ends: nothing is gone when it is not there.
	once bool
}

// published is a port that a machine opens.
type published struct{ Address, Port, Target, Part string }

// reach is an address that a machine must come to.
type reach struct{ What, Host, Port string }

// call is one component speaking to another, or to a backing.
type call struct{ From, To, Port string }

func newModel(in Input, l *language) *model {
	m := newTopology(in, l)
	m.finder = newFinder(in.Values)
	m.texts = m.readTexts()
	return m
}

// newTopology reads what pictures show.
func newTopology(in Input, l *language) *model {
	m := &model{Input: in, language: l, byPath: map[string]artifact.File{}}
	for _, file := range in.Files {
		m.byPath[file.Path] = file
	}
	for _, target := range in.Registry.Targets {
		if m.URL == "" {
			m.URL = target.Endpoint()
		}
		if target.Name == registry.Cluster {
			m.Cluster = m.cluster(target)
			continue
		}
		m.Machines = append(m.Machines, m.machine(target))
	}
	m.readURL()
	m.readAddresses()
	m.readBalancer()
	m.readPrograms()
	m.readBackings()
	m.readCalls()
	return m
}

func (m *model) places() []*place {
	all := slices.Clone(m.Machines)
	if m.Cluster != nil {
		all = append(all, m.Cluster)
	}
	return all
}

func (m *model) readURL() {
	scheme, rest, _ := strings.Cut(m.URL, "://")
	m.scheme, m.port = scheme, map[string]string{"http": "80", "https": "443"}[scheme]
	if _, port, ok := strings.Cut(rest, ":"); ok {
		m.port = port
	}
}

// machine reads a bundle.
func (m *model) machine(target registry.Target) *place {
	name := strings.TrimPrefix(target.Name, "compose/")
	p := &place{ID: target.Name, Title: name, target: target, Runbook: target.Name + "/RUNBOOK.md"}
	services := artifact.Map(m.byPath[target.Name+"/docker-compose.yml"].Table()["services"])
	for _, c := range target.Containers {
		item := part{ID: c.ID, Count: "1", Least: 1, File: c.Artifact, sidecar: c.Network != ""}
		item.once = len(artifact.List(artifact.Map(services[c.ID])["profiles"])) > 0
		p.Parts = append(p.Parts, item.counted(m.language))
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		for _, item := range artifact.List(artifact.Map(services[name])["ports"]) {
			p.ports = append(p.ports, publishedPort(artifact.Text(item), name))
		}
	}
	for line := range strings.Lines(m.byPath[target.Name+"/host/node.list"].Text()) {
		if words := strings.Fields(line); len(words) == 4 && words[0] == "reach" {
			p.reaches = append(p.reaches, reach{words[1], words[2], words[3]})
		}
	}
	return p
}

// publishedPort reads a port as Compose writes it in short.
func publishedPort(text, part string) published {
	at := strings.LastIndex(text, ":")
	p := published{Part: part, Target: text[at+1:]}
	if at < 0 {
		return p
	}
	p.Port = text[:at]
	if at := strings.LastIndex(p.Port, ":"); at >= 0 {
		p.Address, p.Port = p.Port[:at], p.Port[at+1:]
	}
	return p
}

// readAddresses finds the address of a machine where the others name it.
func (m *model) readAddresses() {
	addresses := map[string]string{}
	for _, p := range m.Machines {
		for line := range strings.Lines(m.byPath[p.ID+"/host/node.list"].Text()) {
			if words := strings.Fields(line); len(words) == 4 && words[0] == "peer" {
				addresses[words[1]] = words[2]
			}
		}
	}
	for _, p := range m.Machines {
		p.Address = addresses[p.Title]
	}
}

// cluster reads the workloads.
func (m *model) cluster(target registry.Target) *place {
	p := &place{ID: registry.Cluster, Title: m.language.text("cluster"), target: target, Runbook: "RUNBOOK-kubernetes.md"}
	scaled := map[string]artifact.Object{}
	for _, file := range m.objects() {
		if o := artifact.Object(file.Table()); o.Kind() == "HorizontalPodAutoscaler" {
			scaled[artifact.Text(artifact.Map(artifact.Map(o["spec"])["scaleTargetRef"])["name"])] = o
		}
	}
	for _, c := range target.Containers {
		o := artifact.Object(m.byPath[c.Artifact].Table())
		p.namespace = cmp.Or(p.namespace, o.Namespace())
		item := part{ID: c.ID, File: c.Artifact, sidecar: c.Network != ""}
		item.Count, item.Least = replicas(o, scaled[o.Name()])
		item.once = o.Kind() == "Job"
		p.Parts = append(p.Parts, item.counted(m.language))
	}
	return p
}

// counted says of what runs once that it does, in place of a number.
func (p part) counted(l *language) part {
	if p.once {
		p.Count, p.Least = l.text("once"), 0
	}
	return p
}

// Running counts the programs that stay.
func (p *place) Running() int {
	n := 0
	for _, item := range p.Parts {
		if !item.once {
			n++
		}
	}
	return n
}

// objects are the files of the cluster's folder.
func (m *model) objects() []artifact.File {
	var found []artifact.File
	for _, file := range m.Files {
		if strings.HasPrefix(file.Path, registry.Cluster+"/") && path.Base(file.Path) != "kustomization.yaml" {
			found = append(found, file)
		}
	}
	return found
}

// replicas says how many pods a workload has; one for each node has no number.
func replicas(workload, scaler artifact.Object) (string, int) {
	spec := artifact.Map(workload["spec"])
	if scaler != nil {
		bounds := artifact.Map(scaler["spec"])
		least := cmp.Or(number(bounds["minReplicas"]), 1)
		return fmt.Sprintf("%d–%d", least, number(bounds["maxReplicas"])), least
	}
	if workload.Kind() == "DaemonSet" {
		return "*", 1
	}
	n := 1
	if spec["replicas"] != nil {
		n = number(spec["replicas"])
	}
	return fmt.Sprint(n), n
}

func number(v any) int {
	switch n := v.(type) {
	case int64:
		return int(n)
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

// readPrograms lists the components, those first that are asked first.
func (m *model) readPrograms() {
	seen := map[string]bool{}
	for _, p := range m.places() {
		for _, item := range p.Parts {
			if !seen[item.ID] {
				seen[item.ID] = true
				m.programs = append(m.programs, item.ID)
			}
		}
	}
	slices.SortFunc(m.programs, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.rank(a), m.rank(b)), cmp.Compare(a, b))
	})
}

// rank puts the entry and what the ways go through before the rest.
func (m *model) rank(program string) int {
	for i, w := range m.language.Ways {
		if at := slices.Index(w.Through, program); at >= 0 {
			return i*100 + at
		}
	}
	return 10_000
}

// part returns that of a place, or nil.
func (p *place) part(id string) *part {
	for i := range p.Parts {
		if p.Parts[i].ID == id {
			return &p.Parts[i]
		}
	}
	return nil
}

// readCalls lists who speaks to whom: what the containers' addresses say, and who
// has the address of a backing.
func (m *model) readCalls() {
	seen := map[call]bool{}
	add := func(c call) {
		if c.From != c.To && !seen[c] {
			seen[c] = true
			m.calls = append(m.calls, c)
		}
	}
	for _, p := range m.places() {
		for _, c := range p.target.Containers {
			for _, address := range c.Addresses() {
				name, port, ok := strings.Cut(p.target.Answers[address], ":")
				if ok && p.part(name) != nil {
					add(call{c.ID, name, port})
				}
			}
		}
	}
	for _, b := range m.backings {
		for _, user := range b.users {
			add(call{user, b.ID, b.Port})
		}
	}
	slices.SortFunc(m.calls, func(a, b call) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Port, b.Port))
	})
}
