package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// pair is two nodes that serve, and a client of theirs.
type pair struct {
	*cluster
	one, two *lab.Node
	admin    *client
	password string
	// health is where a node is asked whether it serves.
	health string
	// core is the container that signs tokens.
	core    string
	version string
}

// newPair starts both nodes at once, on an empty database.
func newPair(t *testing.T, version string) *pair {
	t.Helper()
	old := site.Old(version)
	c := newCluster(t, site.Pair(version), site.FirstAddress, site.SecondAddress)
	c.listen("10.77.0.11:6789")
	if old {
		c.add(lab.MariaDB("harbor", site.DatabasePassword, "registry", oldTables))
	} else {
		c.add(lab.Postgres(c.Authority, "harbor", site.DatabasePassword, "registry"))
	}
	c.add(lab.Redis("redis", 6379, nil, site.RedisPassword))
	c.balance()
	c.each(c.nodes, func(n *lab.Node) error { return follow(n, c.Site, "Start") })
	p := &pair{health: "/api/v2.0/ping", core: "harbor-core", version: version, cluster: c, one: c.nodes[0], two: c.nodes[1]}
	if old {
		p.health, p.core = "/api/systeminfo", "harbor-ui"
	}
	p.password = strings.TrimSpace(c.Hagen("secrets", "reveal", "harbor_admin_password"))
	p.admin = newClient("hub.lab:8070", p.password, nil)
	p.serving(t, p.one, p.two)
	return p
}

// serving waits until the balancer sends requests to the nodes again.
func (p *pair) serving(t *testing.T, nodes ...*lab.Node) {
	t.Helper()
	for i, n := range nodes {
		mark := fmt.Sprintf("mark-%s-%d-%d", n.Name, i, time.Now().UnixNano())
		transport := &http.Transport{DisableKeepAlives: true}
		client := &http.Client{Transport: transport, Timeout: 5 * time.Second}
		eventually(t, 2*time.Minute, func() error {
			response, err := client.Get("http://hub.lab:8070" + p.health + "?" + mark)
			if err != nil {
				return err
			}
			response.Body.Close()
			_, err = n.Run("grep -rqs " + mark + " /mnt/cephfs/harbor/log/" + n.Name)
			return err
		})
	}
}

// during pulls again and again while something happens, for as long as it takes,
// and allows no pull to fail.
func (p *pair) during(t *testing.T, pulls int, event func() error) {
	t.Helper()
	var slowest time.Duration
	failed, done := 0, 0
	var happened chan error
	for over := false; !over || done < pulls; done++ {
		if done == pulls/6 {
			happened = make(chan error, 1)
			go func() { happened <- event() }()
		}
		start := time.Now()
		if _, err := p.admin.pull("library/kept", "v1"); err != nil {
			failed++
			t.Error(err)
		}
		slowest = max(slowest, time.Since(start))
		select {
		case err := <-happened:
			over = true
			if err != nil {
				t.Error(err)
			}
		default:
		}
	}
	t.Logf("%d of %d pulls failed, slowest %s", failed, done, slowest.Round(100*time.Millisecond))
}

func (p *pair) run(n *lab.Node, line string) func() error {
	return func() error { _, err := n.Run(line); return err }
}

// TestPair brings two nodes up, breaks them one way after the other while clients
// pull, and updates them.
func TestPair(t *testing.T) {
	p := newPair(t, "2.15.1")
	if _, err := p.admin.push("library/kept", "v1"); err != nil {
		t.Fatal(err)
	}
	t.Run("probe finds nothing", func(t *testing.T) { p.clean(t) })
	t.Run("everybody pulls what is public", func(t *testing.T) {
		if _, err := newClient("hub.lab:8070", "", nil).pull("library/kept", "v1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("uploads change the node", func(t *testing.T) { p.hops(t) })
	t.Run("a check without a Host", func(t *testing.T) { p.hostless(t) })
	t.Run("again changes nothing", func(t *testing.T) { p.again(t) })
	t.Run("failover", func(t *testing.T) { p.failover(t) })
	t.Run("mount", func(t *testing.T) { p.unmounted(t) })
	t.Run("preflight", func(t *testing.T) { p.preflight(t) })
	t.Run("log container", func(t *testing.T) { p.withoutLog(t) })
	t.Run("logs are apart", func(t *testing.T) { p.logsApart(t) })
	t.Run("update", func(t *testing.T) { p.update(t) })
}

// hostless: a balancer whose check is the plain one of HAProxy takes every node
// for down, for core answers 400.
func (p *pair) hostless(t *testing.T) {
	text := p.Read("out/pair/balancer/haproxy.cfg")
	plain := regexp.MustCompile(`(?m)^ +http-check .*\n`).ReplaceAllString(text, "")
	plain = strings.NewReplacer("bind :8070", "bind :8090", "bind [::]:8070", "bind [::]:8090").Replace(plain)
	p.Write("plain.cfg", plain)
	balancer, err := lab.HAProxy(filepath.Join(p.Dir, "plain.cfg"))
	p.add(balancer, err)
	defer balancer.Stop()
	eventually(t, time.Minute, func() error {
		response, err := http.Get("http://hub.lab:8090" + p.health)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable {
			return fmt.Errorf("the balancer answers %s", response.Status)
		}
		return nil
	})
}

// again: what brought the node up may be done a second time.
func (p *pair) again(t *testing.T) {
	before, err := p.one.Run("docker ps --quiet --no-trunc | sort")
	if err != nil {
		t.Fatal(err)
	}
	if err := follow(p.one, p.Site, "Start"); err != nil {
		t.Fatal(err)
	}
	if after, _ := p.one.Run("docker ps --quiet --no-trunc | sort"); after != before {
		t.Errorf("other containers run now:\n%s\nbefore:\n%s", after, before)
	}
}

// failover takes the second node away in every way, while clients pull. After the
// last one, the machine comes back by what is enabled on it.
func (p *pair) failover(t *testing.T) {
	nothing := func() error { return nil }
	for _, c := range []struct {
		name        string
		event, mend func() error
	}{
		{"compose stop", p.run(p.two, "sh /opt/hagen/pair/host/compose.sh stop"), p.run(p.two, "sh /opt/hagen/pair/host/up.sh")},
		{"network of a node down", p.two.Unplug, p.two.Plug},
		{p.core + " killed", p.run(p.two, "kill -9 $(docker inspect --format '{{.State.Pid}}' "+p.core+")"), nothing},
		{"engine restarted", p.run(p.two, "systemctl restart docker.service"), nothing},
		{"power cut", func() error { p.two.PowerOff(); return p.two.Boot() }, nothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.during(t, 60, c.event)
			if err := c.mend(); err != nil {
				t.Fatal(err)
			}
			eventually(t, 3*time.Minute, p.run(p.two, "systemctl is-active harbor.service"))
			p.serving(t, p.two)
		})
	}
}

// report is what hagen probe writes.
type report struct {
	Harbor   string
	Left     []string
	Findings []struct{ ID, Where, Seen, Cause string }
}

// probe runs hagen probe through the balancer and both nodes.
func (p *pair) probe(t *testing.T) report {
	t.Helper()
	cmd := exec.Command(site.Program(t), "probe", "http://hub.lab:8070", "--node", site.FirstAddress+":8070", "--node", net.JoinHostPort(site.SecondAddress, "8070"), "--json")
	cmd.Env = append(os.Environ(), "HAGEN_PROBE_PASSWORD="+p.password)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("%v: %s", err, site.Said(err))
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if (err == nil) != (len(r.Findings) == 0) {
		t.Errorf("%d findings, and %v", len(r.Findings), err)
	}
	return r
}

func (p *pair) clean(t *testing.T) {
	t.Helper()
	r := p.probe(t)
	for _, f := range r.Findings {
		t.Errorf("%s, %s: %s", f.ID, f.Where, f.Seen)
	}
	if len(r.Left) > 0 {
		t.Errorf("left: %q", r.Left)
	}
}
