package e2e

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// updateCommand is what the guide tells to run on each node.
const updateCommand = "cd /root/new && sh host/update.sh"

// update: from one version to the next, a node at a time, under load.
func (p *pair) update(t *testing.T) {
	p.bring("2.15.2")
	t.Run("not while another is down", func(t *testing.T) { p.notWhileAnotherIsDown(t) })
	t.Run("not the bundle of another", func(t *testing.T) { p.notTheBundleOfAnother(t) })
	t.Run("one lets the other wait", func(t *testing.T) { p.oneAtATime(t) })
	t.Run("back and forth", func(t *testing.T) { p.backAndForth(t) })
}

// bring copies the bundles and images of another release to the nodes.
func (p *pair) bring(release string) {
	p.Write(site.File, strings.Replace(p.Read(site.File), p.version, release, 1))
	p.version = release
	p.Hagen("build")
	archive := p.images()
	p.each(p.nodes, func(n *lab.Node) error {
		return errors.Join(n.Load(archive), copyBundle(n, p.Bundle(n.Name), "/root/new"))
	})
}

// notWhileAnotherIsDown refuses to take the last node that serves.
func (p *pair) notWhileAnotherIsDown(t *testing.T) {
	if _, err := p.two.Run("sh /opt/hagen/pair/host/compose.sh stop proxy"); err != nil {
		t.Fatal(err)
	}
	out, err := p.one.Run(updateCommand)
	if err == nil || !strings.Contains(out, "node2 (10.77.0.32:8070) does not answer") {
		t.Errorf("got %s", out)
	}
	if _, err := p.two.Run("sh /opt/hagen/pair/host/watch.sh"); err != nil {
		t.Fatal(err)
	}
	p.serving(t, p.two)
}

// notTheBundleOfAnother refuses a folder that was made for another node.
func (p *pair) notTheBundleOfAnother(t *testing.T) {
	if err := copyBundle(p.one, p.Bundle("node2"), "/root/wrong"); err != nil {
		t.Fatal(err)
	}
	if out, err := p.one.Run("cd /root/wrong && sh host/update.sh"); err == nil || !strings.Contains(out, "take the folder compose/node1") {
		t.Errorf("got %s", out)
	}
}

// oneAtATime starts both updates at once under load: one is let through.
func (p *pair) oneAtATime(t *testing.T) {
	var wait sync.WaitGroup
	said := make([]string, 2)
	failed := make([]error, 2)
	p.during(t, 60, func() error {
		for i, n := range p.nodes {
			wait.Go(func() { said[i], failed[i] = n.Run(updateCommand) })
		}
		wait.Wait()
		return nil
	})
	if (failed[0] == nil) == (failed[1] == nil) {
		t.Fatalf("not exactly one was let through:\n%s\n%s", said[0], said[1])
	}
	late := 0
	if failed[1] != nil {
		late = 1
	}
	if !strings.Contains(said[late], "is being updated") && !strings.Contains(said[late], "does not answer") {
		t.Errorf("it says %s", said[late])
	}
	p.serving(t, p.nodes[1-late])
	p.during(t, 60, p.run(p.nodes[late], updateCommand))
	p.serving(t, p.nodes...)
	if report := p.probe(t); !strings.HasPrefix(report.Harbor, "v"+p.version) {
		t.Errorf("Harbor is %s", report.Harbor)
	}
}

// backAndForth takes one node back to the version before, and forth again.
func (p *pair) backAndForth(t *testing.T) {
	if _, err := p.one.Run("sh /opt/hagen/pair.old/host/update.sh"); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range p.probe(t).Findings {
		found = append(found, f.ID)
	}
	if len(found) != 1 || found[0] != "version" {
		t.Errorf("with two versions hagen probe finds %q", found)
	}
	if _, err := p.one.Run(updateCommand); err != nil {
		t.Fatal(err)
	}
	if out, err := p.one.Run("systemctl reload harbor.service && journalctl --unit harbor.service --output cat --no-pager --lines 3"); err != nil || !strings.Contains(out, "serving") {
		t.Errorf("%v: %s", err, out)
	}
	p.clean(t)
}
