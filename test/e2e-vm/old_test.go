package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// oldTables are those of Harbor 1.x that its stand-in asks for.
const oldTables = `
CREATE TABLE user (username varchar(32) PRIMARY KEY, password varchar(64) NOT NULL);
INSERT INTO user VALUES ('admin', '');
CREATE TABLE project (project_id int AUTO_INCREMENT PRIMARY KEY, name varchar(64) UNIQUE, public tinyint NOT NULL);
INSERT INTO project (name, public) VALUES ('library', 1);
CREATE TABLE repository (name varchar(191) PRIMARY KEY);
`

// TestOld: the first generation, with adminserver, ui and MySQL.
func TestOld(t *testing.T) {
	p := newPair(t, "1.2.0")
	if _, err := p.admin.push("library/kept", "v1"); err != nil {
		t.Fatal(err)
	}
	t.Run("50 of 50", func(t *testing.T) { many(t, p.admin, "/api/projects", `{"project_name": "closed", "public": 0}`) })
	t.Run("uploads change the node", func(t *testing.T) { p.hops(t) })
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
	t.Run("failover", func(t *testing.T) { p.failover(t) })
	t.Run("update", func(t *testing.T) { p.bring("1.2.2"); p.oneAtATime(t) })
	t.Run("broken", func(t *testing.T) { p.broken(t) })
}

// many pushes and pulls fifty images each of a public project, where everybody may
// pull, and of a private one, which is made here; none may fail or be open.
func many(t *testing.T, c *client, projects, private string) {
	t.Helper()
	if err := c.post(projects, private); err != nil {
		t.Fatal(err)
	}
	nobody := c.nobody()
	for i := range 50 {
		tag := fmt.Sprint("v", i)
		transfer(t, c, nobody, "library/many", tag)
		transfer(t, c, c, "closed/many", tag)
		var answer *transport.Error
		if _, err := nobody.pull("closed/many", tag); !errors.As(err, &answer) || answer.StatusCode != http.StatusUnauthorized {
			t.Fatalf("without a password closed/many:%s answers %v", tag, err)
		}
	}
}

func transfer(t *testing.T, from, to *client, repository, tag string) {
	t.Helper()
	pushed, err := from.push(repository, tag)
	if err != nil {
		t.Fatal(err)
	}
	if pulled, err := to.pull(repository, tag); err != nil || pulled != pushed {
		t.Fatalf("%v: pushed %s, pulled %s", err, pushed, pulled)
	}
}
