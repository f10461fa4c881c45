package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
)

const (
	bundlePath  = "/opt/hagen/pair/docker-compose.yml"
	secretsPath = "/etc/hagen/secrets/pair/"
	variables   = secretsPath + "docker-compose.secrets.yml"
)

// breakage is a difference of the second node, and how it shows.
type breakage struct {
	name  string
	spoil func(*lab.Node) error
	// touched are containers that read what is spoiled.
	touched string
	// id and seen are what hagen probe must find; none for what does not matter.
	id, seen string
	// static: secrets.sh --check of the bundle sees it without a request.
	static bool
}

func shell(line string) func(*lab.Node) error {
	return func(n *lab.Node) error { _, err := n.Run(line); return err }
}

// variable sets one of some services.
func variable(path, name, value string, services ...string) func(*lab.Node) error {
	return func(n *lab.Node) error {
		return edited(n, path, func(all map[string]any) {
			for _, service := range services {
				all[service].(map[string]any)["environment"].(map[string]any)[name] = value
			}
		})
	}
}

// elsewhere lets services keep something in a folder of the node's own.
func elsewhere(target, folder, owner string, services ...string) func(*lab.Node) error {
	return func(n *lab.Node) error {
		if _, err := n.Run("install -d -o " + owner + " -g " + owner + " " + folder); err != nil {
			return err
		}
		return edited(n, bundlePath, func(all map[string]any) {
			for _, service := range services {
				for _, item := range all[service].(map[string]any)["volumes"].([]any) {
					if mount := item.(map[string]any); mount["target"] == target {
						mount["source"] = folder
					}
				}
			}
		})
	}
}

// breakages are the rows of what differs on one node, and of what the files must be.
var breakages = []breakage{
	{"another token key", shell("openssl genrsa -traditional 2048 >" + secretsPath + "private_key.pem 2>/dev/null"), "harbor-core", "token-key", "401", true},
	{"a PKCS#8 key", shell("openssl genrsa 2048 >" + secretsPath + "private_key.pem 2>/dev/null"), "harbor-core", "token-error", "500", true},
	{"a key that only root reads", shell("chown 0:0 " + secretsPath + "private_key.pem"), "harbor-core", "token-error", "500", true},
	{"another secretkey", shell("printf 0123456789abcdef >" + secretsPath + "secretkey"), "harbor-core", "secretkey", "the registry is unhealthy", true},
	{"a secretkey with a line break", shell("echo >>" + secretsPath + "secretkey"), "harbor-core", "secretkey-form", "500", true},
	{"other secrets inside one node", func(n *lab.Node) error {
		if err := variable(variables, "CORE_SECRET", "anothercoresecre", "core", "jobservice", "registryctl")(n); err != nil {
			return err
		}
		return variable(variables, "JOBSERVICE_SECRET", "anotherjobsecret", "core", "jobservice", "registryctl")(n)
	}, "", "", "", true},
	{"core secret of jobservice", variable(variables, "CORE_SECRET", "anothercoresecre", "jobservice"), "", "core-secret", "401", true},
	{"jobservice secret of jobservice", variable(variables, "JOBSERVICE_SECRET", "anotherjobsecret", "jobservice"), "", "unhealthy", "jobservice", true},
	{"another htpasswd", shell("htpasswd -nbB harbor_registry_user other | tr -d '\\n' >" + secretsPath + "passwd"), "registry", "registry-credential", "401", true},
	{"htpasswd as MD5", shell("htpasswd -nbm harbor_registry_user other | tr -d '\\n' >" + secretsPath + "passwd"), "registry", "registry-credential", "401", true},
	{"another http.secret", variable(variables, "REGISTRY_HTTP_SECRET", "another", "registry"), "", "upload-secret", "BLOB_UPLOAD_INVALID", true},
	{"EXT_ENDPOINT without the port", variable(bundlePath, "EXT_ENDPOINT", "http://hub.lab", "core"), "", "address", "hub.lab", false},
	{"EXT_ENDPOINT https", variable(bundlePath, "EXT_ENDPOINT", "https://hub.lab:8070", "core"), "", "realm-scheme", "https://hub.lab:8070", false},
	{"the proxy loses the port", shell("sed -i 's/$http_host/$host/' /opt/hagen/pair/config/proxy/nginx.conf"), "", "realm-port", "http://hub.lab/service/token", false},
	{"another CSRF key", variable(variables, "CSRF_KEY", "0123456789abcdef0123456789abcdef", "core"), "", "csrf-key", "CSRF token invalid", true},
	{"separate sessions", func(n *lab.Node) error {
		_, err := n.Run(`sed -i '/_REDIS_URL_CORE/s|:6379/0|:6379/9|' ` + variables)
		return err
	}, "", "session", "401", true},
	{"separate storage", elsewhere("/storage", "/var/lib/hagen/other", "10000", "registry", "registryctl"), "", "storage", "404", false},
	{"storage of root's", elsewhere("/storage", "/var/lib/hagen/roots", "0", "registry", "registryctl"), "", "write", "500", false},
	{"separate job logs", elsewhere("/var/log/jobs", "/var/lib/hagen/logs", "10000", "jobservice"), "", "job-logs", "404", false},
}

var errNotSeen = errors.New("not seen")

// TestBreakages makes each mistake on the second node: the stand-ins show the
// symptom that real ones were seen to show, and hagen probe names its cause.
func TestBreakages(t *testing.T) {
	newPair(t, "2.15.2").broken(t, breakages)
}

// broken makes each mistake, one after the other.
func (p *pair) broken(t *testing.T, rows []breakage) {
	t.Helper()
	const keep = "cp -a /opt/hagen/pair /root/good && cp -a " + secretsPath + " /root/good.secrets"
	if _, err := p.two.Run(keep); err != nil {
		t.Fatal(err)
	}
	before := ""
	for _, b := range rows {
		t.Run(b.name, func(t *testing.T) {
			p.restore(t)
			if err := b.spoil(p.two); err != nil {
				t.Fatal(err)
			}
			out, err := p.two.Run("sh /root/good/host/secrets.sh --check")
			if (err != nil) != b.static {
				t.Errorf("secrets.sh --check: %v, %s", err, out)
			}
			p.apply(t, before+" "+b.touched)
			before = b.touched
			p.expect(t, b)
		})
	}
	p.restore(t)
	p.apply(t, before)
	p.clean(t)
}

// restore puts the files back, in place: containers hold them.
func (p *pair) restore(t *testing.T) {
	t.Helper()
	if out, err := p.two.Run("cp -a /root/good/. /opt/hagen/pair/ && cp -a /root/good.secrets/. " + secretsPath); err != nil {
		t.Fatal(err, out)
	}
}

// apply starts anew what reads what has changed; nginx looks names up once.
func (p *pair) apply(t *testing.T, touched string) {
	t.Helper()
	if out, err := p.two.Run("sh /opt/hagen/pair/host/compose.sh up -d && docker restart -t 5 " + strings.TrimSpace(touched) + " nginx"); err != nil {
		t.Fatal(err, out)
	}
	eventually(t, time.Minute, func() error {
		_, err := p.two.Run("curl --fail --silent --output /dev/null http://127.0.0.1:8070" + p.health)
		return err
	})
}

// expect asks until the symptom shows, for a container may still be starting.
func (p *pair) expect(t *testing.T, b breakage) {
	t.Helper()
	if b.id == "" {
		eventually(t, time.Minute, func() error {
			_, err := p.two.Run("curl --fail --silent --output /dev/null http://127.0.0.1:8070" + p.health)
			return err
		})
		p.clean(t)
		return
	}
	var last report
	err := lab.Until(20*time.Second, func() error {
		last = p.probe(t)
		for _, f := range last.Findings {
			if f.ID == b.id && strings.Contains(f.Seen, b.seen) && strings.Contains(f.Where, secondAddress) && f.Cause != "" {
				return nil
			}
		}
		return errNotSeen
	})
	if err != nil {
		t.Errorf("not seen: %s with %q; found:", b.id, b.seen)
		for _, f := range last.Findings {
			t.Logf("%s, %s: %s", f.ID, f.Where, f.Seen)
		}
	}
}
