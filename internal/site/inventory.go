package site

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// image is what must be pulled.
type image struct {
	Name   string
	Used   []string
	Pinned bool
}

func (m *model) images() []image {
	var list []image
	for _, p := range m.places() {
		for _, c := range p.target.Containers {
			i := slices.IndexFunc(list, func(one image) bool { return one.Name == c.Image })
			if i < 0 {
				list = append(list, image{Name: c.Image, Pinned: strings.Contains(c.Image, "@sha256:")})
				i = len(list) - 1
			}
			list[i].Used = with(list[i].Used, c.ID)
		}
	}
	slices.SortFunc(list, func(a, b image) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// imageList is the file that a mirror is filled from.
func (m *model) imageList() []byte {
	var b strings.Builder
	for _, one := range m.images() {
		b.WriteString(one.Name + "\n")
	}
	return []byte(b.String())
}

// certificate is one that the artifacts hold, or that is kept as a secret.
type certificate struct {
	Subject, File string
	From, Until   *time.Time
}

func (m *model) certificates() []certificate {
	var list []certificate
	for _, secret := range m.Secrets {
		if secret.Expires != nil {
			list = append(list, certificate{Subject: secret.Name + ": " + secret.Description, Until: secret.Expires})
		}
	}
	for _, one := range m.texts.list {
		if path.Ext(one.Path) != ".crt" && path.Ext(one.Path) != ".pem" {
			continue
		}
		rest := []byte(one.Body)
		for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				from, until := c.NotBefore.UTC(), c.NotAfter.UTC()
				list = append(list, certificate{Subject: c.Subject.String(), File: one.Path, From: &from, Until: &until})
			}
		}
	}
	return list
}

// opening is a row of what a firewall must let through.
type opening struct{ From, To, Port, Why string }

// openings lists the ports: what is open on machines and cluster, and what they
// must reach.
func (m *model) openings() []opening {
	l := m.language
	var rows []opening
	if m.entry.Title != "" {
		for _, port := range m.entry.Ports {
			rows = append(rows, opening{l.text("ports.onlyclients"), m.entry.Title + " " + m.entry.Address, port, l.text("ports.why.serve")})
		}
	}
	var machines [][]opening
	for _, p := range m.Machines {
		machines = append(machines, m.machineOpenings(p))
	}
	rows = append(rows, merged(machines)...)
	if m.Cluster != nil {
		e := m.clusterEntry()
		for _, port := range e.Ports {
			to := e.Title
			if e.Address == "NodePort" {
				to = l.text("ports.pods")
			}
			rows = append(rows, opening{l.text("ports.onlyclients"), to, port, l.text("ports.why.serve")})
		}
		for _, b := range m.backings {
			for _, host := range b.Hosts {
				rows = append(rows, opening{l.text("ports.pods"), host, b.Port, b.Title})
			}
		}
	}
	return rows
}

// merged joins rows that several machines have alike.
func merged(machines [][]opening) []opening {
	var rows []opening
	for _, list := range machines {
		for _, row := range list {
			i := slices.IndexFunc(rows, func(other opening) bool {
				return other.Port == row.Port && other.Why == row.Why && (other.From == row.From || other.To == row.To)
			})
			if i < 0 {
				rows = append(rows, row)
				continue
			}
			if rows[i].From == row.From && rows[i].To != row.To {
				rows[i].To = joinOnce(rows[i].To, row.To)
			} else if rows[i].To == row.To && rows[i].From != row.From {
				rows[i].From = joinOnce(rows[i].From, row.From)
			}
		}
	}
	return rows
}

func joinOnce(list, more string) string {
	if slices.Contains(strings.Split(list, ", "), more) {
		return list
	}
	return list + ", " + more
}

func (m *model) machineOpenings(p *place) []opening {
	l := m.language
	var rows []opening
	self := strings.TrimSpace(p.Title + " " + p.Address)
	for _, port := range p.ports {
		from, why := l.text("ports.clients"), l.text("ports.why.serve")
		switch {
		case strings.HasPrefix(port.Address, "127."):
			from, why = l.text("ports.only"), l.text("ports.why.other", port.Part)
		case port.Part != "proxy":
			why = l.text("ports.why.other", port.Part)
		case port.Target != p.target.EntryPort && port.Port != "80":
			from, why = l.text("ports.monitoring"), l.text("ports.why.other", port.Part)
		}
		rows = append(rows, opening{from, self, port.Port, why})
	}
	for _, r := range p.reaches {
		title := r.What
		if b := m.backing(map[string]string{"database": "database", "redis": "redis", "monitor": "storage", "nfs": "storage", "storage": "storage"}[r.What]); b != nil {
			title = b.Title
		}
		rows = append(rows, opening{self, r.Host, r.Port, title})
	}
	for _, other := range m.Machines {
		if other != p && other.Address != "" {
			for _, port := range other.ports {
				if port.Target == p.target.EntryPort && port.Part == "proxy" {
					rows = append(rows, opening{self, strings.TrimSpace(other.Title + " " + other.Address), port.Port, l.text("ports.peers", other.Title)})
				}
			}
		}
	}
	return rows
}

// failure is one thing that may go wrong, and what follows.
type failure struct {
	What, Then string
	// Point tells that the registry is down by it; Mark is what it is in short.
	Point bool
	Mark  string
}

// The marks of failures; texts name them.
const (
	survives = "fails.survives"
	partly   = "fails.partly"
	shared   = "fails.shared"
	single   = "fails.point"
)

func newFailure(what, then, mark string) failure {
	return failure{What: what, Then: then, Mark: mark, Point: mark == single}
}

func (m *model) failures() []failure {
	rows := m.machineFailures()
	rows = append(rows, m.clusterFailures()...)
	for _, b := range m.backings {
		text := m.backingText(b.ID)
		var words []string
		switch {
		case b.Product == "Redis Sentinel":
			words = append(words, m.language.failure("sentinel"))
		case b.ID == "storage" && b.several:
			words = append(words, m.language.failure("monitors", len(b.Hosts)))
		case b.Product == "CephFS":
			words = append(words, m.language.failure("monitor"))
		}
		words = append(words, text.Lost, text.Mend)
		mark := single
		if b.several {
			mark = shared
		}
		rows = append(rows, newFailure(m.language.text("fails.gone", b.Title), strings.Join(words, " "), mark))
	}
	return rows
}

func (m *model) machineFailures() []failure {
	l := m.language
	var rows []failure
	for _, p := range m.Machines {
		if len(m.Machines) == 1 {
			then := l.failure("node.one")
			if m.backing("storage") == nil {
				then = l.failure("node.local")
			}
			rows = append(rows, newFailure(l.text("fails.node", p.Title), then, single))
			continue
		}
		var others []string
		for _, other := range m.Machines {
			if other != p {
				others = append(others, other.Title)
			}
		}
		then := l.failure("node.several", and(others), p.Title)
		if m.entry.Title != "" {
			then += " " + l.failure("node.balancer")
		} else {
			then += " " + l.failure("node.dns")
		}
		rows = append(rows, newFailure(l.text("fails.node", p.Title), then, survives))
	}
	if m.entry.Title != "" {
		row := newFailure(l.text("fails.balancer"), l.failure("balancer.one"), single)
		if !m.entry.Single {
			row = newFailure(row.What, l.failure("balancer.pair", m.entry.Address), survives)
		}
		rows = append(rows, row)
	}
	return rows
}

func (m *model) clusterFailures() []failure {
	if m.Cluster == nil {
		return nil
	}
	l := m.language
	var several []string
	var rows []failure
	for _, item := range m.Cluster.Parts {
		switch {
		case item.sidecar || item.once:
		case item.Least > 1:
			several = append(several, item.ID)
		default:
			lost := cmp.Or(l.Components[item.ID].Lost, item.ID)
			mark := partly
			if m.matters(item.ID) {
				mark = single
			}
			rows = append(rows, newFailure(l.text("fails.pod", item.ID), l.failure("pods.one", lost), mark))
		}
	}
	rows = append(rows, newFailure(l.text("fails.clusternode"), l.failure("cluster.node"), survives))
	if len(several) > 0 {
		rows = append([]failure{newFailure(l.text("fails.pods"), l.failure("pods.all", strings.Join(several, ", ")), survives)}, rows...)
	}
	return rows
}

func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// whereRow is a program and how many instances of it run in each place.
type whereRow struct {
	ID, Does string
	Cells    []whereCell
}

type whereCell struct{ Count, Link string }

func (m *model) where() []whereRow {
	var rows []whereRow
	for _, id := range m.programs {
		row := whereRow{ID: id, Does: m.language.Components[id].Does}
		for _, p := range m.places() {
			cell := whereCell{}
			if item := p.part(id); item != nil {
				cell = whereCell{item.Count, fileLink(m.texts.shown[item.File].Path)}
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// pods counts those of the cluster, at least; sidecars are in the pods of others.
func (m *model) pods() (workloads int, count string) {
	least, more := 0, false
	for _, item := range m.Cluster.Parts {
		if !item.sidecar && !item.once {
			workloads++
			least += item.Least
			more = more || item.Count != fmt.Sprint(item.Least)
		}
	}
	if more {
		return workloads, fmt.Sprintf("%d+", least)
	}
	return workloads, fmt.Sprint(least)
}
