package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hagen/internal/registry"
)

// picture is a drawing: everything in it has its place, in units of a pixel.
type picture struct {
	ID, Title, Says string
	W, H            int
	Zones           []box
	Lines           []line
	Boxes           []box
	Labels          []label
	// Point tells that the picture marks a single point of failure.
	Point bool
}

// box is a rectangle with lines of text; Of is what it stands for.
type box struct {
	X, Y, W, H           int
	Of, Class, Href, Tip string
	Point                bool
	Text                 []label
	// Pad is where a mark in its corner stands.
	PadX, PadY int
	// Key tells it from all others of its picture, Mark that it is not what it is
	// in another picture.
	Key, Mark string
}

// label is text; Y is its base line.
type label struct {
	X, Y              int
	Class, Text, Long string
}

// line is an arrow along points.
type line struct {
	D, Class, From, To string
}

// The measures of text: a little more than it takes in the usual fonts, so that
// nothing overlaps with others.
const (
	wideLetter  = 7.4
	smallLetter = 6.7
	lineHeight  = 17
)

// cut shortens a text to a width.
func cut(text string, width int, letter float64) string {
	most := int(float64(width) / letter)
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:max(1, most-1)]) + "…"
}

// newBox writes lines into a rectangle, the first as its title.
func newBox(x, y, w, h int, of, class string, lines ...string) box {
	b := box{X: x, Y: y, W: w, H: h, Of: of, Key: of, Class: class, PadX: x + w - 2, PadY: y + 2}
	at := y + h/2 - len(lines)*lineHeight/2 + 13
	for i, text := range lines {
		letter, kind := smallLetter, "small"
		if i == 0 {
			letter, kind = wideLetter, "name"
		}
		b.Text = append(b.Text, label{X: x + w/2, Y: at, Class: kind, Text: cut(text, w-12, letter), Long: text})
		at += lineHeight
	}
	b.Tip = strings.Join(lines, ", ")
	return b
}

// ways are the classes of what all of these take part in.
func (m *model) ways(of ...string) string {
	var classes []string
	for i, w := range m.language.Ways {
		if !slices.ContainsFunc(of, func(id string) bool { return !slices.Contains(w.Through, id) }) {
			classes = append(classes, fmt.Sprintf("way%d", i))
		}
	}
	return strings.Join(classes, " ")
}

// The measures of a deployment.
const (
	margin  = 44
	between = 24
	backW   = 208
	chipGap = 8
	headH   = 46
	rowGap  = 56
)

// grid is how chips stand in a place.
type grid struct{ columns, width, height int }

var (
	machineGrid = grid{2, 118, 28}
	clusterGrid = grid{4, 150, 46}
)

func (g grid) size(chips int) (w, h int) {
	rows := (chips + g.columns - 1) / g.columns
	return g.columns*g.width + (g.columns+1)*chipGap + 8, headH + rows*(g.height+chipGap) + chipGap + 8
}

// The pictures of a deployment.
const (
	pictureVM         = "vm"
	pictureKubernetes = "kubernetes"
)

// deployments draws the machines and the cluster, whichever there are.
func (m *model) deployments() []picture {
	var list []picture
	if len(m.Machines) > 0 {
		list = append(list, m.deployment(pictureVM, m.language.text("picture.vm"), m.Machines, m.entry, machineGrid))
	}
	if m.Cluster != nil {
		list = append(list, m.deployment(pictureKubernetes, m.language.text("picture.kubernetes"), []*place{m.Cluster}, m.clusterEntry(), clusterGrid))
	}
	return list
}

// deployment draws places one beside the other, what clients reach above them and
// what they share below.
func (m *model) deployment(id, title string, places []*place, e entry, g grid) picture {
	d := &drawing{model: m, picture: picture{ID: id, Title: title}, grid: g}
	perRow := min(len(places), 3)
	if len(places) == 4 {
		perRow = 2
	}
	w, _ := g.size(1)
	d.W = max(2*margin+perRow*w+(perRow-1)*between, 2*margin+len(m.backings)*backW+(len(m.backings)-1)*between)
	y := d.front(8, e, places)
	bottoms := d.places(y, places, perRow)
	d.below(bottoms, places)
	d.Says = m.describe(places, e)
	return d.picture
}

type drawing struct {
	*model
	picture
	grid grid
	// busY is where the line to the places begins.
	busY int
}

func (d *drawing) add(b box) box {
	d.Point = d.Point || b.Point
	d.Boxes = append(d.Boxes, b)
	return b
}

// front draws the clients and the entry and returns where the places begin.
func (d *drawing) front(y int, e entry, places []*place) int {
	l, middle := d.language, d.W/2
	clients := newBox(middle-100, y, 200, 46, "clients", "outside "+d.ways("clients"), l.text("clients"), l.text("clients.says"))
	d.add(clients)
	y += 46
	security := l.text("plain")
	class := "plain"
	if d.scheme == "https" {
		security, class = l.text("tls"), "tls"
	}
	d.Labels = append(d.Labels, label{X: middle + 10, Y: y + 28, Class: "port", Text: d.port + " · " + security})
	if e.Title == "" && len(places) > 1 {
		e.Title = l.text("entry.dns")
	}
	if e.Title == "" {
		d.busY = y
		return y + rowGap
	}
	lines := []string{e.Title}
	if e.Address != "" {
		lines = append(lines, e.Address)
	}
	b := newBox(middle-130, y+46, 260, 24+len(lines)*lineHeight, "entry", "entry "+d.ways("entry"), lines...)
	b.Href, b.Point, b.Key = fileLink(e.File), e.Single, "compose/entry"
	if len(places) == 1 && places[0].namespace != "" {
		b.Key = places[0].ID + "/entry"
	}
	d.add(b)
	d.Lines = append(d.Lines, line{D: fmt.Sprintf("M%d %dV%d", middle, y, b.Y), Class: class + " " + d.ways("clients", "entry"), From: "clients", To: "entry"})
	d.busY = b.Y + b.H
	words := []string{}
	if p := d.arrival(places); p != "" {
		words = append(words, p)
	}
	if e.TLS != "" {
		words = append(words, l.text("tls."+e.TLS))
	}
	if len(words) > 0 {
		d.Labels = append(d.Labels, label{X: middle + 10, Y: d.busY + 22, Class: "port", Text: strings.Join(words, " · ")})
	}
	return d.busY + rowGap
}

// arrival is the port at which the places are reached.
func (d *drawing) arrival(places []*place) string {
	for _, p := range places {
		for _, port := range p.ports {
			if port.Port == d.port {
				return port.Port
			}
		}
		if p.ID == "kubernetes" {
			return p.target.EntryPort
		}
	}
	if len(places) > 0 && len(places[0].ports) > 0 {
		for _, port := range places[0].ports {
			if port.Target == places[0].target.EntryPort {
				return port.Port
			}
		}
	}
	return ""
}

// places draws the rows of places and the lines to them, and returns the middle
// of the bottom of each.
func (d *drawing) places(y int, places []*place, perRow int) [][2]int {
	w, _ := d.grid.size(1)
	var bottoms [][2]int
	for start := 0; start < len(places); start += perRow {
		row := places[start:min(start+perRow, len(places))]
		x := (d.W - len(row)*w - (len(row)-1)*between) / 2
		height := 0
		for _, p := range row {
			_, h := d.grid.size(len(p.Parts))
			height = max(height, h)
		}
		for _, p := range row {
			d.place(p, x, y, w, height)
			d.toPlace(p, x+w/2, y, start > 0)
			bottoms = append(bottoms, [2]int{x + w/2, y + height})
			x += w + between
		}
		y += height + rowGap
	}
	return bottoms
}

// toPlace leads a line from the entry to a place; further rows are reached along
// the left side.
func (d *drawing) toPlace(p *place, x, y int, aside bool) {
	route := fmt.Sprintf("M%d %dV%dH%dV%d", d.W/2, d.busY, d.busY+32, x, y)
	if aside {
		route = fmt.Sprintf("M%d %dV%dH%dV%dH%dV%d", d.W/2, d.busY, d.busY+32, margin/2, y-18, x, y)
	}
	class := "plain "
	if d.scheme == "https" {
		class = "tls "
	}
	d.Lines = append(d.Lines, line{D: route, Class: class + d.ways("entry", "proxy"), From: "entry", To: p.ID})
}

func (d *drawing) place(p *place, x, y, w, h int) {
	l := d.language
	b := newBox(x, y, w, h, p.ID, "place")
	b.Tip = p.Title
	b.Href = fileLink(cmp.Or(p.mainFile(), p.Runbook))
	sub := p.Address
	if p.namespace != "" {
		sub = "namespace " + p.namespace
	}
	b.Text = []label{
		{X: x + w/2, Y: y + 20, Class: "name", Text: cut(p.Title, w-20, wideLetter), Long: p.Title},
		{X: x + w/2, Y: y + 37, Class: "small", Text: cut(sub, w-20, smallLetter), Long: sub},
	}
	d.add(b)
	network := newBox(x+5, y+headH-4, w-10, h-headH-1, "", "trust")
	network.Tip = l.text("network.vm", l.text("network.vm.short"))
	if p.namespace != "" {
		network.Tip = l.text("network.cluster", p.namespace)
	}
	d.Zones = append(d.Zones, network)
	for i, item := range p.Parts {
		d.chip(p, item, x+chipGap+4+i%d.grid.columns*(d.grid.width+chipGap), y+headH+4+i/d.grid.columns*(d.grid.height+chipGap))
	}
}

// mainFile is the one that makes most of a place.
func (p *place) mainFile() string {
	if p.namespace == "" && len(p.Parts) > 0 {
		return p.Parts[0].File
	}
	return "kubernetes/kustomization.yaml"
}

func (d *drawing) chip(p *place, item part, x, y int) {
	lines := []string{item.ID}
	if p.namespace != "" {
		lines = append(lines, d.count(item))
	}
	b := newBox(x, y, d.grid.width, d.grid.height, item.ID, "part "+d.ways(item.ID), lines...)
	b.Href, b.Tip, b.Key = fileLink(item.File), item.ID+": "+d.language.Components[item.ID].Does, p.ID+"/"+item.ID
	b.Point = p.namespace != "" && item.Least == 1 && !item.sidecar && d.matters(item.ID)
	d.add(b)
}

// matters tells whether a request of a client goes through a component.
func (m *model) matters(id string) bool {
	return len(m.language.Ways) > 1 && (slices.Contains(m.language.Ways[0].Through, id) || slices.Contains(m.language.Ways[1].Through, id))
}

func (m *model) count(item part) string {
	if item.once {
		return item.Count
	}
	if item.Count == "1" {
		return m.language.text("pod")
	}
	return m.language.text("pods", item.Count)
}

// below draws what all places share, and the lines to it along the right side.
func (d *drawing) below(bottoms [][2]int, places []*place) {
	last := 0
	for _, at := range bottoms {
		last = max(last, at[1])
	}
	height := 0
	backings := slices.Clone(d.backings)
	for i := range backings {
		backings[i].Details = slices.DeleteFunc(slices.Clone(backings[i].Details), func(directory string) bool {
			return backings[i].Product != "S3" && !slices.ContainsFunc(places, func(p *place) bool { return p.shares(directory) })
		})
		height = max(height, 24+len(backingLines(backings[i]))*lineHeight)
	}
	for i, from := range bottoms {
		route := fmt.Sprintf("M%d %dV%dH%d", from[0], from[1], last+36, d.W/2)
		if from[1] < last {
			route = fmt.Sprintf("M%d %dV%dH%dV%dH%d", from[0], from[1], from[1]+18, d.W-margin/2, last+36, d.W/2)
		}
		d.Lines = append(d.Lines, line{D: route, Class: "join " + d.ways("proxy"), From: places[i].ID, To: "places"})
	}
	y := last + 84
	x := (d.W - len(d.backings)*backW - (len(d.backings)-1)*between) / 2
	for _, b := range backings {
		shown := newBox(x, y, backW, height, b.ID, "backing "+d.ways(b.ID), backingLines(b)...)
		shown.Point, shown.Tip = !b.several, b.Title+": "+d.backingText(b.ID).Does
		d.add(shown)
		d.toBacking(b, last, x+backW/2, y)
		x += backW + between
	}
	d.H = y + height + 8
}

// toBacking leads a line from where those of all places meet.
func (d *drawing) toBacking(b backing, last, x, y int) {
	class, words := "own", b.Port
	if b.ID != "storage" {
		class = "plain"
		words += " · " + d.language.text("plain")
	}
	if b.TLS {
		class, words = "tls", b.Port+" · "+d.language.text("tls")
	}
	d.Lines = append(d.Lines, line{D: fmt.Sprintf("M%d %dH%dV%d", d.W/2, last+36, x, y), Class: class + " " + d.ways(b.ID), From: "places", To: b.ID})
	d.Labels = append(d.Labels, label{X: x + 10, Y: y - 20, Class: "port", Text: words})
}

// shares tells whether containers of a place have a directory of the storage.
func (p *place) shares(directory string) bool {
	return slices.ContainsFunc(p.target.Containers, func(c registry.Container) bool {
		for _, shared := range c.Shared {
			if strings.TrimSuffix(shared, ", read-only") == directory {
				return true
			}
		}
		return false
	})
}

// backingLines is the text of a backing: what it is and where.
func backingLines(b backing) []string {
	lines := []string{b.Title}
	if b.Product != b.Title {
		lines = append(lines, b.Product)
	}
	hosts := b.Hosts
	if len(hosts) > 3 {
		hosts = append(slices.Clone(hosts[:2]), fmt.Sprintf("+ %d", len(hosts)-2))
	}
	lines = append(lines, hosts...)
	details := b.Details
	if len(details) > 4 {
		details = append(slices.Clone(details[:3]), fmt.Sprintf("+ %d", len(details)-3))
	}
	return append(lines, details...)
}

// describe says a deployment in words, for who does not see it.
func (m *model) describe(places []*place, e entry) string {
	var words []string
	words = append(words, m.language.text("clients")+" → "+cmp.Or(e.Title, m.URL))
	for _, p := range places {
		var parts []string
		for _, item := range p.Parts {
			if p.namespace != "" {
				parts = append(parts, item.ID+" ("+m.count(item)+")")
			} else {
				parts = append(parts, item.ID)
			}
		}
		words = append(words, "→ "+p.Title+": "+strings.Join(parts, ", "))
	}
	for _, b := range m.backings {
		words = append(words, "→ "+b.Title+": "+strings.Join(b.Hosts, ", "))
	}
	return strings.Join(words, "; ")
}
