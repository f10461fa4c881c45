package e2e

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
)

// cluster is an installation: its nodes, and what stands around them.
type cluster struct {
	*site
	nodes     []*lab.Node
	services  []*lab.Service
	listeners []io.Closer
	balancer  *lab.Service
}

// newCluster boots a node for each address and starts what a spec names.
func newCluster(t *testing.T, spec string, addresses ...string) *cluster {
	t.Helper()
	c := &cluster{site: newSite(t, spec)}
	t.Cleanup(c.end)
	archive := c.images()
	for i, address := range addresses {
		c.nodes = append(c.nodes, &lab.Node{Name: fmt.Sprintf("node%d", i+1), Address: address})
	}
	c.each(func(n *lab.Node) error {
		if err := n.Boot(); err != nil {
			return err
		}
		if err := furnish(n, c.site); err != nil {
			return err
		}
		if err := copyBundle(n, c.bundle(n.Name), "/root/hub"); err != nil {
			return err
		}
		return n.Load(archive)
	})
	return c
}

// each does something on all nodes at once.
func (c *cluster) each(do func(*lab.Node) error) {
	c.t.Helper()
	errs := make([]error, len(c.nodes))
	var wait sync.WaitGroup
	for i, n := range c.nodes {
		wait.Go(func() { errs[i] = do(n) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			c.t.Error(err)
		}
	}
	if c.t.Failed() {
		c.t.FailNow()
	}
}

func (c *cluster) add(service *lab.Service, err error) {
	c.t.Helper()
	if service != nil {
		c.services = append(c.services, service)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// balance starts HAProxy with the configuration that hagen wrote.
func (c *cluster) balance() {
	c.t.Helper()
	service, err := lab.HAProxy(filepath.Join(c.dir, "out", c.name, "balancer", "haproxy.cfg"))
	c.add(service, err)
	c.balancer = service
}

func (c *cluster) end() {
	if c.t.Failed() {
		c.tell()
	}
	for _, n := range c.nodes {
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
		c.t.Error(err)
	}
}

// listen answers in place of a monitor of Ceph.
func (c *cluster) listen(addresses ...string) {
	c.t.Helper()
	for _, address := range addresses {
		listener, err := lab.Listen(address)
		if err != nil {
			c.t.Fatal(err)
		}
		c.listeners = append(c.listeners, listener)
	}
}

// tell prints what containers say when a test has failed.
func (c *cluster) tell() {
	for _, n := range c.nodes {
		out, _ := n.Run("docker ps -a; tail -n 12 /mnt/cephfs/harbor/log/" + n.Name + "/*.log")
		c.t.Logf("%s:\n%s", n.Name, out)
	}
	for _, service := range c.services {
		if text := service.Log(); strings.Contains(strings.ToLower(text), "error") {
			c.t.Log(text[max(0, len(text)-2000):])
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
