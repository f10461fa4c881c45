package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hagen/test/e2e-vm/lab"
)

// oldTables are those of Harbor 1.x that its stand-in asks for.
const oldTables = `
CREATE TABLE user (username varchar(32) PRIMARY KEY, password varchar(64) NOT NULL);
INSERT INTO user VALUES ('admin', '');
CREATE TABLE project (project_id int AUTO_INCREMENT PRIMARY KEY, name varchar(64) UNIQUE, public tinyint NOT NULL);
INSERT INTO project (name, public) VALUES ('library', 1);
CREATE TABLE repository (name varchar(191) PRIMARY KEY);
`

// oldSpec is the registry of the pair in a release of the first generation.
func oldSpec(version string) string {
	return strings.Replace(pairSpec(version), "[trivy]\nenabled = false\n\n", "", 1)
}

// oldBreakages are the rows of Harbor 1.2.
var oldBreakages = []breakage{
	{"another token key", shell("openssl genrsa -traditional 2048 >" + secretsPath + "private_key.pem 2>/dev/null"), "harbor-ui", "token-key", "401", true},
	{"ui_url without the port", shell("sed -i 's|http://hub.lab:8070/service|http://hub.lab/service|' /opt/hagen/pair/config/registry/config.yml"), "registry", "realm-port", "http://hub.lab/service/token", false},
	{"sessions of one node", func(n *lab.Node) error {
		return edited(n, variables, func(all map[string]any) {
			delete(all["ui"].(map[string]any)["environment"].(map[string]any), "_REDIS_URL")
		})
	}, "", "session", "401", true},
	{"another http.secret", variable(variables, "REGISTRY_HTTP_SECRET", "another", "registry"), "", "upload-secret", "blob upload invalid", true},
}

// TestOld: the first generation, with adminserver, ui and MySQL.
func TestOld(t *testing.T) {
	p := newPair(t, "1.2.2")
	t.Run("50 of 50", func(t *testing.T) { many(t, p.admin) })
	t.Run("probe finds nothing", func(t *testing.T) { p.clean(t) })
	t.Run("logs are apart, by date", func(t *testing.T) {
		for _, n := range p.nodes {
			if out, err := n.Run("ls /mnt/cephfs/harbor/log/" + n.Name + "/*/ui.log"); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		}
	})
	t.Run("notifications are closed", func(t *testing.T) {
		response, err := http.Post("http://hub.lab:8070/service/notifications", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("got %s", response.Status)
		}
	})
	p.broken(t, oldBreakages)
}

// many pushes and pulls fifty images, none of which may fail.
func many(t *testing.T, c *client) {
	t.Helper()
	for i := range 50 {
		tag := fmt.Sprint("v", i)
		pushed, err := c.push("library/many", tag)
		if err != nil {
			t.Fatal(err)
		}
		if pulled, err := c.pull("library/many", tag); err != nil || pulled != pushed {
			t.Fatalf("%v: pushed %s, pulled %s", err, pushed, pulled)
		}
	}
}
