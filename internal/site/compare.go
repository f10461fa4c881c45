package site

import (
	"html/template"
	"reflect"

	"hagen/internal/artifact"
	"hagen/internal/registry"
	"hagen/schema"
)

// Pair is one view of a registry before and after a change; one of them is empty
// if it is not there on that side.
type Pair struct{ Before, After template.HTML }

// The marks of a box whose content is not that of the other side.
const (
	markChanged = "changed"
	markAdded   = "added"
	markRemoved = "removed"
)

// CompareStyle is what the pictures of Compare need beside the style of pages.
const CompareStyle = `svg .changed>rect{stroke:var(--warn);stroke-width:2.6px}` +
	`svg .added>rect{stroke:var(--good);stroke-width:2.6px}svg .removed>rect{stroke:var(--bad);stroke-width:2.6px;stroke-dasharray:6 3}` +
	`svg .sign{fill:var(--ink)}`

// Compare draws two renderings of one registry and marks what differs. The id
// makes their elements distinct from those of others on the page. A rendering
// without files is one that is not there.
func Compare(id string, before, after artifact.Set) ([]Pair, error) {
	l, err := english()
	if err != nil {
		return nil, err
	}
	parity, err := registry.LoadParity(schema.FS)
	if err != nil {
		return nil, err
	}
	read := func(files artifact.Set) *model {
		return newTopology(Input{Files: files, Registry: registry.Read(files, parity.Names)}, l)
	}
	old, new := read(before), read(after)
	oldPictures, newPictures := old.deployments(), new.deployments()
	if len(before) > 0 && len(after) > 0 {
		oldFacts, newFacts := old.facts(), new.facts()
		markBoxes(l, oldPictures, oldFacts, newFacts, markRemoved)
		markBoxes(l, newPictures, newFacts, oldFacts, markAdded)
	}
	var pairs []Pair
	for _, kind := range []string{pictureVM, pictureKubernetes} {
		pair := Pair{one(oldPictures, kind, id+"-before-", l.text("compare.before")), one(newPictures, kind, id+"-after-", l.text("compare.after"))}
		if pair != (Pair{}) {
			pairs = append(pairs, pair)
		}
	}
	return pairs, nil
}

// one writes the picture of a kind, if there is one, without links: its files are
// not on the page.
func one(pictures []picture, kind, prefix, note string) template.HTML {
	for _, p := range pictures {
		if p.ID != kind {
			continue
		}
		p.ID = prefix + kind
		for i := range p.Boxes {
			p.Boxes[i].Href = ""
		}
		p.Title = p.Title + ", " + note
		return p.svg("")
	}
	return ""
}

func markBoxes(l *language, pictures []picture, facts, others map[string]any, missing string) {
	words := map[string]string{
		markChanged: l.text("compare.changed"), markAdded: l.text("compare.added"), markRemoved: l.text("compare.removed"),
	}
	for _, p := range pictures {
		for i := range p.Boxes {
			b := &p.Boxes[i]
			fact, known := facts[b.Key]
			if !known {
				continue
			}
			other, there := others[b.Key]
			switch {
			case !there:
				b.Mark = missing
			case !reflect.DeepEqual(fact, other):
				b.Mark = markChanged
			default:
				continue
			}
			b.Tip += " (" + words[b.Mark] + ")"
		}
	}
}

// facts are what boxes stand for, by their keys: where two differ, something has
// changed.
func (m *model) facts() map[string]any {
	facts := map[string]any{"clients": m.URL}
	for _, p := range m.places() {
		facts[p.ID] = p.Address + " " + p.namespace
		for _, item := range p.Parts {
			facts[p.ID+"/"+item.ID] = []any{item.Count, p.contents(item.ID)}
		}
		if p.namespace != "" {
			facts[p.ID+"/entry"] = m.clusterEntry()
		} else {
			facts["compose/entry"] = m.entry
		}
	}
	for _, b := range m.backings {
		facts[b.ID] = []any{b.Title, b.Product, b.Port, b.Hosts, b.Details, b.TLS}
	}
	return facts
}

// contents are the containers of a component, without where they stand.
func (p *place) contents(id string) []registry.Container {
	var list []registry.Container
	for _, c := range p.target.Containers {
		if c.ID == id {
			c.Artifact, c.Path, c.Reads = "", nil, nil
			list = append(list, c)
		}
	}
	return list
}
