package e2e

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

func v1HashOf(content io.Reader) (v1.Hash, error) {
	hash, _, err := v1.SHA256(content)
	return hash, err
}

// inLab moves names and addresses of the example into the lab.
func inLab(text string) string {
	return strings.NewReplacer("example.com", "lab", "10.10.4.", "10.77.0.").Replace(text)
}

// TestThreeNodes: the shipped example comes up from its unmodified bundles by the
// commands of the operator's guide, all nodes at once, and serves behind two
// balancers and an address that moves between them; the guide also updates and
// checks it.
func TestThreeNodes(t *testing.T) {
	data, err := os.ReadFile("../../examples/hub-2.15.toml")
	if err != nil {
		t.Fatal(err)
	}
	c := newCluster(t, inLab(string(data)), "10.77.0.21", "10.77.0.22", "10.77.0.23")
	c.listen("10.77.0.11:6789", "10.77.0.12:6789", "10.77.0.13:6789")
	c.add(lab.Postgres(c.Authority, "harbor", site.DatabasePassword, "registry"))
	c.add(lab.Redis("redis", 6379, c.Authority, site.RedisPassword))
	c.add(lab.Sentinel("sentinel", 26379, c.Authority, "harbor", site.RedisPassword))
	c.bootBalancers("10.77.0.18", "10.77.0.19")
	lab.Name("hub.lab", virtualAddress)
	password := strings.TrimSpace(c.Hagen("secrets", "reveal", "harbor_admin_password"))
	c.Write("authority.crt", c.Hagen("secrets", "reveal", "authority.crt"))
	c.guide(t, password)
	admin := newClient("hub.lab", password, []byte(c.Read("authority.crt")))
	eventually(t, 30*time.Second, func() error { _, err := admin.push("library/first", "v1"); return err })

	t.Run("50 of 50", func(t *testing.T) {
		many(t, admin, "/api/v2.0/projects", `{"project_name": "closed", "metadata": {"public": "false"}}`)
	})
	t.Run("the address moves", func(t *testing.T) { c.moves(t, admin) })
}
