package site

import (
	"fmt"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/registry"
)

// sample is a rendering of so many machines, and of a cluster if asked for.
func sample(t *testing.T, machines int, cluster bool) *model {
	t.Helper()
	var site registry.Site
	var files []artifact.File
	parts := []string{"proxy", "core", "portal", "registry", "registryctl", "jobservice", "trivy-adapter", "exporter", "log"}
	for i := range machines {
		name := fmt.Sprintf("compose/node%d", i+1)
		target := registry.Target{Name: name, EntryPort: "8443", Answers: map[string]string{}, Storage: map[string]string{"monitors": "10.0.0.1:6789,10.0.0.2:6789"}}
		for _, id := range parts {
			target.Containers = append(target.Containers, container(id, name+"/docker-compose.yml"))
			target.Answers[id+":8080"] = id + ":8080"
		}
		site.Targets = append(site.Targets, target)
		files = append(files, artifact.File{Path: name + "/docker-compose.yml", Data: []byte("services: {proxy: {ports: ['443:8443']}}\n")})
	}
	if machines > 1 {
		files = append(files, artifact.File{Path: haproxyFile, Data: []byte("frontend a\n    bind :443\n")})
	}
	if cluster {
		target := registry.Target{Name: registry.Cluster, Answers: map[string]string{}}
		for _, id := range parts[:8] {
			path := "kubernetes/deployment-" + id + ".yaml"
			target.Containers = append(target.Containers, container(id, path))
			target.Answers[id+":8080"] = id + ":8080"
			files = append(files, artifact.File{Path: path, Data: []byte("kind: Deployment\nmetadata: {name: " + id + ", namespace: harbor}\nspec: {replicas: 2}\n")})
		}
		site.Targets = append(site.Targets, target)
	}
	set, err := artifact.NewSet(files)
	if err != nil {
		t.Fatal(err)
	}
	l, err := english()
	if err != nil {
		t.Fatal(err)
	}
	return newModel(Input{Name: "hub", Folder: "hub", Files: set, Registry: site}, l)
}

func container(id, file string) registry.Container {
	c := registry.Container{ID: id, Artifact: file, Image: "example.com/" + id + ":1", Env: map[string]string{}, Secrets: map[string]string{}}
	for _, other := range map[string][]string{
		"proxy": {"core", "portal", "registry"}, "core": {"registry", "registryctl", "jobservice", "trivy-adapter", "portal"},
		"jobservice": {"core", "registry", "registryctl"}, "trivy-adapter": {"core"}, "exporter": {"core"},
	}[id] {
		c.Env["URL_"+other] = "http://" + other + ":8080"
	}
	switch id {
	case "core", "exporter", "jobservice":
		c.Env["POSTGRESQL_HOST"], c.Env["POSTGRESQL_PORT"] = "a-database-with-a-name-that-is-far-too-long-for-its-box.example.com", "5432"
		c.Env["EXT_ENDPOINT"] = "https://hub.example.com"
	case "registry":
		c.Shared = map[string]string{"/storage": "/apps/harbor/registry"}
	}
	return c
}

func (m *model) pictures() []picture {
	var list []picture
	if len(m.Machines) > 0 {
		list = append(list, m.deployment("vm", "", m.Machines, m.entry, machineGrid))
	}
	if m.Cluster != nil {
		list = append(list, m.deployment("kubernetes", "", []*place{m.Cluster}, m.clusterEntry(), clusterGrid))
	}
	inside, _ := m.inside()
	return append(list, inside)
}

func TestNothingOverlaps(t *testing.T) {
	for machines := 0; machines <= 9; machines++ {
		for _, cluster := range []bool{false, true} {
			if machines == 0 && !cluster {
				continue
			}
			m := sample(t, machines, cluster)
			pictures := m.pictures()
			if want := 1 + min(machines, 1) + map[bool]int{true: 1}[cluster]; len(pictures) != want {
				t.Errorf("%d machines, cluster %v: %d pictures, not %d", machines, cluster, len(pictures), want)
			}
			for _, p := range pictures {
				t.Run(fmt.Sprintf("%d %v %s", machines, cluster, p.ID), func(t *testing.T) { checkPicture(t, p) })
			}
		}
	}
}

func checkPicture(t *testing.T, p picture) {
	if len(p.Boxes) < 4 || len(p.Lines) < 3 {
		t.Errorf("%d boxes and %d lines", len(p.Boxes), len(p.Lines))
	}
	for i, a := range p.Boxes {
		if a.X < 0 || a.Y < 0 || a.X+a.W > p.W || a.Y+a.H > p.H {
			t.Errorf("%s leaves the picture", a.Tip)
		}
		for _, b := range p.Boxes[i+1:] {
			if touch(a, b) && !inside(a, b) && !inside(b, a) {
				t.Errorf("%s and %s overlap", a.Tip, b.Tip)
			}
		}
		for _, text := range a.Text {
			if width := len([]rune(text.Text)) * 7; text.X-width/2 < a.X-2 || text.X+width/2 > a.X+a.W+2 || text.Y > a.Y+a.H || text.Y-12 < a.Y {
				t.Errorf("%q leaves its box", text.Text)
			}
		}
	}
	for i, l := range p.Labels {
		at := box{X: l.X, Y: l.Y - 12, W: len([]rune(l.Text)) * 7, H: 15, Tip: l.Text}
		for _, b := range p.Boxes {
			if touch(at, b) {
				t.Errorf("the label %q lies on %s", l.Text, b.Tip)
			}
		}
		for _, other := range p.Labels[i+1:] {
			if touch(at, box{X: other.X, Y: other.Y - 12, W: len([]rune(other.Text)) * 7, H: 15}) {
				t.Errorf("the labels %q and %q overlap", l.Text, other.Text)
			}
		}
	}
}

func touch(a, b box) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func inside(inner, outer box) bool {
	return strings.HasPrefix(outer.Class, "place") && inner.X >= outer.X && inner.Y >= outer.Y && inner.X+inner.W <= outer.X+outer.W && inner.Y+inner.H <= outer.Y+outer.H
}

// An edge goes from its first box to its last one and touches no other between.
func TestLinesPassNoBox(t *testing.T) {
	m := sample(t, 2, false)
	nodes, edges, last, _ := m.graph()
	g := layers(nodes, edges, last)
	boxes := g.boxes()
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			if touch(a, b) {
				t.Errorf("%+v and %+v overlap", a, b)
			}
		}
	}
	for i, chain := range g.chains {
		for step := 1; step < len(chain); step++ {
			if d := g.layer[chain[step]] - g.layer[chain[step-1]]; d != 1 && d != -1 && len(chain) > 2 {
				t.Errorf("the edge %v leaps over a layer", edges[i])
			}
		}
	}
}

func TestFailuresTellTheMachines(t *testing.T) {
	for machines, want := range map[int]string{1: "The registry is down", 2: "node1 go on", 3: "node1 and node3 go on"} {
		m := sample(t, machines, false)
		found := ""
		for _, f := range m.failures() {
			if strings.HasPrefix(f.What, fmt.Sprintf("node%d", min(machines, 2))) {
				found = f.Then
			}
		}
		if !strings.Contains(found, want) {
			t.Errorf("%d machines: %q does not say %q", machines, found, want)
		}
	}
}

// What differs between two renderings is marked in both pictures, and nothing else.
func TestCompare(t *testing.T) {
	old, new := sample(t, 2, true), sample(t, 3, true)
	core := &new.Cluster.target.Containers[1]
	core.Image = "example.com/core:2"
	oldPictures, newPictures := old.deployments(), new.deployments()
	markBoxes(old.language, oldPictures, old.facts(), new.facts(), markRemoved)
	markBoxes(new.language, newPictures, new.facts(), old.facts(), markAdded)
	marks := func(pictures []picture) map[string]string {
		found := map[string]string{}
		for _, p := range pictures {
			for _, b := range p.Boxes {
				if b.Mark != "" {
					found[p.ID+" "+b.Key] = b.Mark
				}
			}
		}
		return found
	}
	if got, want := fmt.Sprint(marks(oldPictures)), "map[kubernetes "+registry.Cluster+"/core:changed]"; got != want {
		t.Errorf("before: %s, wanted %s", got, want)
	}
	after := marks(newPictures)
	if after["kubernetes "+registry.Cluster+"/core"] != markChanged || after["vm compose/node3"] != markAdded || after["vm compose/node3/core"] != markAdded {
		t.Errorf("after: %v", after)
	}
	for key := range after {
		if !strings.HasPrefix(key, "vm compose/node3") && !strings.HasSuffix(key, "/core") {
			t.Errorf("%s is marked", key)
		}
	}
}

// Pictures of two sides have no id and no link in common.
func TestCompareAlone(t *testing.T) {
	set, err := artifact.NewSet([]artifact.File{{Path: "compose/node1/docker-compose.yml", Data: []byte("services: {core: {image: a}}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		before, after artifact.Set
		count         int
	}{"both": {set, set, 2}, "new": {nil, set, 1}, "gone": {set, nil, 1}, "none": {nil, nil, 0}} {
		pairs, err := Compare("r", c.before, c.after)
		if err != nil {
			t.Fatal(err)
		}
		html := ""
		for _, pair := range pairs {
			html += string(pair.Before + pair.After)
		}
		if got := strings.Count(html, "<svg"); got != c.count {
			t.Errorf("%s: %d pictures, wanted %d", name, got, c.count)
		}
		if strings.Contains(html, "<a ") || strings.Contains(html, `class="sign"`) {
			t.Errorf("%s: a link or a mark: %s", name, html)
		}
		ids := map[string]bool{}
		for _, part := range strings.Split(html, ` id="`)[1:] {
			id, _, _ := strings.Cut(part, `"`)
			if ids[id] {
				t.Errorf("%s: the id %s twice", name, id)
			}
			ids[id] = true
		}
	}
}
