package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// layered is a graph being laid out by layers, as Sugiyama, Tagawa and Toda do:
// break cycles, give each node a layer, let long edges pass through the layers
// between, order each layer by the middle of its neighbours, and place.
type layered struct {
	nodes  []string
	edges  [][2]int
	layer  []int
	layers [][]int
	// real is the number of nodes that are none of long edges; chains holds the
	// nodes that each edge goes through.
	real   int
	chains [][]int
}

// layers lays a graph out. Nodes come in the order in which they should stand;
// those in last share the last layer.
func layers(nodes []string, edges [][2]string, last []string) *layered {
	g := &layered{nodes: slices.Clone(nodes), real: len(nodes)}
	for _, e := range edges {
		from, to := slices.Index(nodes, e[0]), slices.Index(nodes, e[1])
		g.edges = append(g.edges, [2]int{from, to})
	}
	g.rank(last)
	g.split()
	g.order()
	return g
}

// rank gives each node the length of the longest way to it. An edge against the
// order of a depth-first walk closes a cycle and counts the other way round.
func (g *layered) rank(last []string) {
	forward := g.acyclic()
	g.layer = make([]int, len(g.nodes))
	for range g.nodes {
		for _, e := range forward {
			g.layer[e[1]] = max(g.layer[e[1]], g.layer[e[0]]+1)
		}
	}
	deepest := 0
	for i, name := range g.nodes {
		if !slices.Contains(last, name) {
			deepest = max(deepest, g.layer[i])
		}
	}
	for i, name := range g.nodes {
		if slices.Contains(last, name) {
			g.layer[i] = deepest + 1
		}
	}
}

func (g *layered) acyclic() [][2]int {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(g.nodes))
	var forward [][2]int
	var walk func(node int)
	walk = func(node int) {
		state[node] = open
		for _, e := range g.edges {
			if e[0] != node {
				continue
			}
			if state[e[1]] == open {
				forward = append(forward, [2]int{e[1], e[0]})
				continue
			}
			forward = append(forward, e)
			if state[e[1]] == fresh {
				walk(e[1])
			}
		}
		state[node] = done
	}
	for i := range g.nodes {
		if state[i] == fresh {
			walk(i)
		}
	}
	return forward
}

// split puts a node into each layer that an edge passes.
func (g *layered) split() {
	for _, e := range g.edges {
		from, to := e[0], e[1]
		step := 1
		if g.layer[from] > g.layer[to] {
			step = -1
		}
		chain := []int{from}
		for at := g.layer[from] + step; at != g.layer[to] && g.layer[from] != g.layer[to]; at += step {
			g.nodes, g.layer = append(g.nodes, ""), append(g.layer, at)
			chain = append(chain, len(g.nodes)-1)
		}
		g.chains = append(g.chains, append(chain, to))
	}
	for i, at := range g.layer {
		for len(g.layers) <= at {
			g.layers = append(g.layers, nil)
		}
		g.layers[at] = append(g.layers[at], i)
	}
}

// order sorts each layer by the middle of the neighbours above and below, some
// times over.
func (g *layered) order() {
	near := make([][]int, len(g.nodes))
	for _, chain := range g.chains {
		for i := 1; i < len(chain); i++ {
			near[chain[i]] = append(near[chain[i]], chain[i-1])
			near[chain[i-1]] = append(near[chain[i-1]], chain[i])
		}
	}
	place := make([]float64, len(g.nodes))
	note := func(layer []int) {
		for i, node := range layer {
			place[node] = (float64(i) + 0.5) / float64(len(layer))
		}
	}
	for _, layer := range g.layers {
		note(layer)
	}
	for round := range 8 {
		for i := range g.layers {
			at := i
			if round%2 == 1 {
				at = len(g.layers) - 1 - i
			}
			middle := map[int]float64{}
			for _, node := range g.layers[at] {
				middle[node] = place[node]
				if len(near[node]) > 0 {
					sum := 0.0
					for _, other := range near[node] {
						sum += place[other]
					}
					middle[node] = sum / float64(len(near[node]))
				}
			}
			slices.SortStableFunc(g.layers[at], func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
			note(g.layers[at])
		}
	}
}

// The measures of the picture of components.
const (
	partW  = 148
	partH  = 46
	lane   = 18
	partSp = 22
	layerH = 62
)

// inside draws who speaks to whom.
func (m *model) inside() (picture, []string) {
	nodes, edges, last, beside := m.graph()
	d := picture{ID: "inside", Title: m.language.text("picture.inside")}
	if len(edges) == 0 {
		return d, beside
	}
	g := layers(nodes, edges, last)
	boxes := g.boxes()
	for _, b := range boxes {
		d.W = max(d.W, b.X+b.W+8)
		d.H = max(d.H, b.Y+b.H+8)
	}
	var words []string
	for i, e := range edges {
		d.Lines = append(d.Lines, m.insideLine(g, boxes, i, e))
		words = append(words, e[0]+" → "+e[1])
	}
	for i := range g.real {
		d.Boxes = append(d.Boxes, m.insideBox(boxes[i], g.nodes[i]))
	}
	d.Says = strings.Join(words, "; ")
	return d, beside
}

// graph lists what the picture of components shows, and which stand beside it
// because nobody calls them and they call nobody.
func (m *model) graph() (nodes []string, edges [][2]string, last, beside []string) {
	seen := map[[2]string]bool{}
	linked := map[string]bool{}
	for _, c := range m.calls {
		pair := [2]string{c.From, c.To}
		if !seen[pair] {
			seen[pair] = true
			edges = append(edges, pair)
			linked[c.From], linked[c.To] = true, true
		}
	}
	for _, name := range m.programs {
		if linked[name] {
			nodes = append(nodes, name)
		} else {
			beside = append(beside, name)
		}
	}
	for _, b := range m.backings {
		if linked[b.ID] {
			nodes, last = append(nodes, b.ID), append(last, b.ID)
		}
	}
	if slices.Contains(nodes, "proxy") {
		nodes = append([]string{"clients"}, nodes...)
		edges = append([][2]string{{"clients", "proxy"}}, edges...)
	}
	return nodes, edges, last, beside
}

// boxes places the nodes: layers one below the other, each in the middle.
func (g *layered) boxes() []box {
	width := func(node int) int {
		if node < g.real {
			return partW
		}
		return lane
	}
	widest := 0
	widths := make([]int, len(g.layers))
	for i, layer := range g.layers {
		for _, node := range layer {
			widths[i] += width(node) + partSp
		}
		widths[i] -= partSp
		widest = max(widest, widths[i])
	}
	boxes := make([]box, len(g.nodes))
	for i, layer := range g.layers {
		x := 8 + (widest-widths[i])/2
		for _, node := range layer {
			boxes[node] = box{X: x, Y: 8 + i*(partH+layerH), W: width(node), H: partH}
			x += width(node) + partSp
		}
	}
	return boxes
}

func (m *model) insideBox(at box, name string) box {
	lines, class := []string{name}, "part"
	tip := m.language.Components[name].Does
	href := ""
	switch {
	case name == "clients":
		lines, class = []string{m.language.text("clients"), m.language.text("clients.says")}, "outside"
	case m.backing(name) != nil:
		b := m.backing(name)
		lines, class, tip = []string{b.Title, strings.TrimSpace(b.Product + " " + b.Port)}, "backing", m.backingText(name).Does
	default:
		if ports := m.portsOf(name); ports != "" {
			lines = append(lines, ports)
		}
		href = fileLink(m.fileOf(name))
	}
	b := newBox(at.X, at.Y, at.W, at.H, name, class+" "+m.ways(name), lines...)
	b.Href, b.Tip = href, name+": "+tip
	return b
}

func (m *model) fileOf(name string) string {
	for _, p := range m.places() {
		if item := p.part(name); item != nil {
			return item.File
		}
	}
	return ""
}

func (m *model) backing(id string) *backing {
	for i := range m.backings {
		if m.backings[i].ID == id {
			return &m.backings[i]
		}
	}
	return nil
}

// portsOf lists the ports at which others ask a component.
func (m *model) portsOf(name string) string {
	var ports []string
	for _, c := range m.calls {
		if c.To == name {
			ports = with(ports, c.Port)
		}
	}
	if name == "proxy" {
		for _, p := range m.places() {
			ports = with(ports, p.target.EntryPort)
		}
	}
	if len(ports) == 0 {
		return ""
	}
	return "port " + strings.Join(ports, ", ")
}

// insideLine leads an edge through its layers, down or up.
func (m *model) insideLine(g *layered, boxes []box, edge int, ends [2]string) line {
	chain := g.chains[edge]
	class := "plain"
	if b := m.backing(ends[1]); b != nil && b.TLS {
		class = "tls"
	} else if b != nil && b.ID == "storage" {
		class = "own"
	}
	if ends[0] == "clients" && m.scheme == "https" {
		class = "tls"
	}
	l := line{Class: class + " " + m.ways(ends[0], ends[1]), From: ends[0], To: ends[1]}
	if g.layer[chain[0]] == g.layer[chain[len(chain)-1]] {
		a, b := boxes[chain[0]], boxes[chain[1]]
		l.D = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X+a.W/2, a.Y+a.H, a.X+a.W/2, a.Y+a.H+40, b.X+b.W/2, b.Y+b.H+40, b.X+b.W/2, b.Y+b.H)
		return l
	}
	down := g.layer[chain[0]] < g.layer[chain[len(chain)-1]]
	var d strings.Builder
	for i := 1; i < len(chain); i++ {
		a, b := boxes[chain[i-1]], boxes[chain[i]]
		x1, x2 := g.port(boxes, edge, i-1, true), g.port(boxes, edge, i, false)
		y1, y2 := a.Y+a.H, b.Y
		if !down {
			y1, y2 = a.Y, b.Y+b.H
		}
		if i == 1 {
			fmt.Fprintf(&d, "M%d %d", x1, y1)
		}
		half := (y1 + y2) / 2
		fmt.Fprintf(&d, "C%d %d %d %d %d %d", x1, half, x2, half, x2, y2)
		if i < len(chain)-1 {
			end := b.Y + b.H
			if !down {
				end = b.Y
			}
			fmt.Fprintf(&d, "V%d", end)
		}
	}
	l.D = d.String()
	return l
}

// port spreads the lines of a box along its side, in the order of where they go.
func (g *layered) port(boxes []box, edge, at int, leaves bool) int {
	node := g.chains[edge][at]
	b := boxes[node]
	if node >= g.real {
		return b.X + b.W/2
	}
	// the lines on the same side of the box, by the place of their next node
	type end struct{ edge, x int }
	var ends []end
	other := func(e int, out bool) (int, bool) {
		chain := g.chains[e]
		if out && chain[0] == node {
			return chain[1], true
		}
		if !out && chain[len(chain)-1] == node {
			return chain[len(chain)-2], true
		}
		return 0, false
	}
	mine, _ := other(edge, leaves)
	below := g.layer[mine] > g.layer[node]
	for e := range g.chains {
		for _, out := range []bool{true, false} {
			if next, ok := other(e, out); ok && (g.layer[next] > g.layer[node]) == below {
				id := e * 2
				if out {
					id++
				}
				ends = append(ends, end{id, boxes[next].X + boxes[next].W/2})
			}
		}
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.edge, b.edge)) })
	id := edge * 2
	if leaves {
		id++
	}
	i := slices.IndexFunc(ends, func(e end) bool { return e.edge == id })
	return b.X + (i+1)*b.W/(len(ends)+1)
}
