package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
)

// virtualAddress is that of the example, in the lab.
const virtualAddress = "10.77.0.20"

// bootBalancers starts machines for HAProxy and keepalived; the guide brings both.
func (c *cluster) bootBalancers(addresses ...string) {
	c.T.Helper()
	for i, address := range addresses {
		c.balancers = append(c.balancers, &lab.Node{Name: fmt.Sprintf("balancer%d", i+1), Address: address, Plain: true})
	}
	c.each(c.balancers, func(n *lab.Node) error {
		return errors.Join(n.Boot(), n.Write("/usr/local/lab/apt-get", "#!/bin/sh\nexit 0\n", 0o755))
	})
}

// holder is the balancer that has the address; there must be one.
func (c *cluster) holder() (*lab.Node, error) {
	var found []*lab.Node
	for _, n := range c.balancers {
		out, err := n.Run("ip -4 -oneline address show dev eth0")
		if err != nil {
			return nil, err
		}
		if strings.Contains(out, " "+virtualAddress+"/") {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d balancers have the address", len(found))
	}
	return found[0], nil
}

// moves ends HAProxy of the balancer with the address, and cuts the next one off:
// each time the other takes the address, and clients that try again are served.
func (c *cluster) moves(t *testing.T, client *client) {
	run := func(line string) func(*lab.Node) error {
		return func(n *lab.Node) error { _, err := n.Run(line); return err }
	}
	for _, e := range []struct {
		name       string
		fail, mend func(*lab.Node) error
	}{
		{"HAProxy ends", run("systemctl stop haproxy.service"), run("systemctl start haproxy.service")},
		{"network of a balancer down", (*lab.Node).Unplug, (*lab.Node).Plug},
		{"power cut", func(n *lab.Node) error { n.PowerOff(); return nil }, (*lab.Node).Boot},
	} {
		t.Run(e.name, func(t *testing.T) {
			var before *lab.Node
			eventually(t, 30*time.Second, func() (err error) { before, err = c.holder(); return err })
			if err := e.fail(before); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			away := time.Duration(0)
			for range 20 {
				eventually(t, 30*time.Second, func() error { _, err := client.pull("library/first", "v1"); return err })
				if away == 0 {
					away = time.Since(start)
				}
			}
			t.Logf("served again after %s", away.Round(100*time.Millisecond))
			if err := e.mend(before); err != nil {
				t.Fatal(err)
			}
			// back, it does not ask for the address, and nobody notices
			for range 20 {
				if _, err := client.pull("library/first", "v1"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
