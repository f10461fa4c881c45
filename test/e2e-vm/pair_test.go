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

	"sigs.k8s.io/yaml"

	"hagen/test/e2e-vm/lab"
)

const (
	firstAddress  = "10.77.0.31"
	secondAddress = "10.77.0.32"
)

// pairSpec is a registry on two nodes without TLS, of a version.
func pairSpec(version string) string {
	return `name = "pair"

[registry]
version = "` + version + `"
url = "http://hub.lab:8070"

[storage.cephfs]
monitors = ["10.77.0.11:6789"]
path = "/apps/harbor"
user = "harbor"

[database]
host = "postgres.lab"

[redis]
addresses = ["redis.lab:6379"]

[trivy]
enabled = false

[vm]
subnet = "172.28.1.0/24"

[[vm.nodes]]
name = "node1"
address = "` + firstAddress + `"

[[vm.nodes]]
name = "node2"
address = "` + secondAddress + `"

[secrets]
provider = "sops"
`
}

// pair is two nodes that serve, and a client of theirs.
type pair struct {
	*cluster
	one, two *lab.Node
	admin    *client
	password string
	// health is where a node is asked whether it serves.
	health string
}

// newPair starts both nodes at once, on an empty database.
func newPair(t *testing.T, version string) *pair {
	t.Helper()
	old := strings.HasPrefix(version, "1.")
	spec := pairSpec(version)
	if old {
		spec = oldSpec(version)
	}
	c := newCluster(t, spec, firstAddress, secondAddress)
	c.listen("10.77.0.11:6789")
	if old {
		c.add(lab.MariaDB("harbor", databasePassword, "registry", oldTables))
	} else {
		c.add(lab.Postgres(c.authority, "harbor", databasePassword, "registry"))
	}
	c.add(lab.Redis("redis", 6379, nil, redisPassword))
	c.balance()
	c.each(func(n *lab.Node) error { return follow(n, c.site, "Start") })
	p := &pair{health: "/api/v2.0/ping", cluster: c, one: c.nodes[0], two: c.nodes[1]}
	if old {
		p.health = "/api/systeminfo"
	}
	p.password = strings.TrimSpace(c.hagen("secrets", "reveal", "harbor_admin_password"))
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

// during pulls again and again while something happens, and returns what failed.
func (p *pair) during(t *testing.T, pulls int, event func() error) {
	t.Helper()
	var slowest time.Duration
	var failed []error
	happened := make(chan error, 1)
	for i := range pulls {
		if i == pulls/6 {
			go func() { happened <- event() }()
		}
		start := time.Now()
		if _, err := p.admin.pull("library/kept", "v1"); err != nil {
			failed = append(failed, err)
		}
		slowest = max(slowest, time.Since(start))
	}
	if err := <-happened; err != nil {
		t.Error(err)
	}
	for _, err := range failed {
		t.Error(err)
	}
	t.Logf("%d of %d pulls failed, slowest %s", len(failed), pulls, slowest.Round(100*time.Millisecond))
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
	text := p.read("out/pair/balancer/haproxy.cfg")
	plain := regexp.MustCompile(`(?m)^ +http-check .*\n`).ReplaceAllString(text, "")
	plain = strings.NewReplacer("bind :8070", "bind :8090", "bind [::]:8070", "bind [::]:8090").Replace(plain)
	p.write("plain.cfg", plain)
	balancer, err := lab.HAProxy(filepath.Join(p.dir, "plain.cfg"))
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
	if err := follow(p.one, p.site, "Start"); err != nil {
		t.Fatal(err)
	}
	if after, _ := p.one.Run("docker ps --quiet --no-trunc | sort"); after != before {
		t.Errorf("other containers run now:\n%s\nbefore:\n%s", after, before)
	}
}

func (p *pair) failover(t *testing.T) {
	const back = "systemctl start hagen-secrets.service mnt-cephfs-harbor.mount harbor.service"
	for _, c := range []struct {
		name        string
		event, mend func() error
	}{
		{"compose stop", p.run(p.two, "sh /opt/hagen/pair/host/compose.sh stop"), p.run(p.two, "systemctl start harbor.service")},
		{"network of a node down", p.two.Unplug, p.two.Plug},
		{"core killed", p.run(p.two, "kill -9 $(docker inspect --format '{{.State.Pid}}' harbor-core)"), func() error { return nil }},
		{"engine restarted", func() error { return errors.Join(p.two.StopEngine(), p.two.StartEngine()) }, p.run(p.two, "sh /opt/hagen/pair/host/watch.sh")},
		{"power cut", func() error { p.two.PowerOff(); return p.two.Boot() }, p.run(p.two, back)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.during(t, 60, c.event)
			if err := c.mend(); err != nil {
				t.Fatal(err)
			}
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
	cmd := exec.Command(program(t), "probe", "http://hub.lab:8070", "--node", firstAddress+":8070", "--node", net.JoinHostPort(secondAddress, "8070"), "--json")
	cmd.Env = append(os.Environ(), "HAGEN_PROBE_PASSWORD="+p.password)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("%v: %s", err, stderrOf(err))
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

// edited changes a YAML file of a node.
func edited(n *lab.Node, path string, change func(services map[string]any)) error {
	text, err := n.Run("cat " + path)
	if err != nil {
		return err
	}
	var document map[string]any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return err
	}
	change(document["services"].(map[string]any))
	data, err := yaml.Marshal(document)
	if err != nil {
		return err
	}
	return n.Write(path, string(data), 0o600)
}
