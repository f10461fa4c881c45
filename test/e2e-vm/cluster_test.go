package e2e

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// cluster is an installation: its nodes, and what stands around them.
type cluster struct {
	*site.Site
	nodes     []*lab.Node
	balancers []*lab.Node
	services  []*lab.Service
	listeners []io.Closer
	balancer  *lab.Service
}

// newCluster boots a node for each address and starts what a spec names.
func newCluster(t *testing.T, spec string, addresses ...string) *cluster {
	t.Helper()
	c := &cluster{Site: site.New(t, filepath.Join(lab.Dir(), "sites"), spec)}
	t.Cleanup(c.end)
	archive := c.images()
	for i, address := range addresses {
		c.nodes = append(c.nodes, &lab.Node{Name: fmt.Sprintf("node%d", i+1), Address: address})
	}
	c.each(c.nodes, func(n *lab.Node) error {
		if err := n.Boot(); err != nil {
			return err
		}
		if err := furnish(n, c.Site); err != nil {
			return err
		}
		if err := copyBundle(n, c.Bundle(n.Name), "/root/hub"); err != nil {
			return err
		}
		return n.Load(archive)
	})
	return c
}

// each does something on some nodes at once.
func (c *cluster) each(nodes []*lab.Node, do func(*lab.Node) error) {
	c.T.Helper()
	errs := make([]error, len(nodes))
	var wait sync.WaitGroup
	for i, n := range nodes {
		wait.Go(func() { errs[i] = do(n) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			c.T.Error(err)
		}
	}
	if c.T.Failed() {
		c.T.FailNow()
	}
}

func (c *cluster) add(service *lab.Service, err error) {
	c.T.Helper()
	if service != nil {
		c.services = append(c.services, service)
	}
	if err != nil {
		c.T.Fatal(err)
	}
}

// balance starts HAProxy with the configuration that hagen wrote.
func (c *cluster) balance() {
	c.T.Helper()
	service, err := lab.HAProxy(filepath.Join(c.Dir, "out", c.Name, "balancer", "haproxy.cfg"))
	c.add(service, err)
	c.balancer = service
}

func (c *cluster) end() {
	if c.T.Failed() {
		c.tell()
	}
	for _, n := range slices.Concat(c.nodes, c.balancers) {
		n.PowerOff()
	}
	for _, service := range c.services {
		service.Stop()
	}
	for _, listener := range c.listeners {
		listener.Close()
	}
	// a node takes a moment to let go of its disk
	if err := lab.Until(10*time.Second, lab.Clear); err != nil {
		c.T.Error(err)
	}
}

// listen answers in place of a monitor of Ceph.
func (c *cluster) listen(addresses ...string) {
	c.T.Helper()
	for _, address := range addresses {
		listener, err := lab.Listen(address)
		if err != nil {
			c.T.Fatal(err)
		}
		c.listeners = append(c.listeners, listener)
	}
}

// tell prints what containers say when a test has failed.
func (c *cluster) tell() {
	for _, n := range c.nodes {
		out, _ := n.Run("systemctl --no-pager --failed; journalctl --no-pager --lines 40 --unit 'h*' --unit mnt-cephfs-harbor.mount; docker ps -a; tail -n 4 /mnt/cephfs/harbor/log/" + n.Name + "/*.log")
		c.T.Logf("%s:\n%s", n.Name, out)
	}
	for _, n := range c.balancers {
		out, _ := n.Run("ip address show dev eth0; journalctl --no-pager --lines 40")
		c.T.Logf("%s:\n%s", n.Name, out)
	}
	for _, service := range c.services {
		if text := service.Log(); strings.Contains(strings.ToLower(text), "error") {
			c.T.Log(text[max(0, len(text)-2000):])
		}
	}
}

// eventually fails the test if something does not come true in time.
func eventually(t *testing.T, limit time.Duration, try func() error) {
	t.Helper()
	if err := lab.Until(limit, try); err != nil {
		t.Fatal(err)
	}
}
