package e2e

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"hagen/test/e2e-vm/lab"
)

func v1HashOf(content io.Reader) (v1.Hash, error) {
	hash, _, err := v1.SHA256(content)
	return hash, err
}

// threeNodes is the shipped example with three nodes, TLS and Sentinel, its
// names and addresses moved into the lab.
func threeNodes(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/hub-2.15.toml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("example.com", "lab", "10.10.4.", "10.77.0.").Replace(string(data))
}

// TestThreeNodes: the shipped example comes up from its unmodified bundles by the
// commands of the operator's guide, all nodes at once, and serves behind its
// balancer; the guide also updates and checks it.
func TestThreeNodes(t *testing.T) {
	c := newCluster(t, threeNodes(t), "10.77.0.21", "10.77.0.22", "10.77.0.23")
	c.listen("10.77.0.11:6789", "10.77.0.12:6789", "10.77.0.13:6789")
	c.add(lab.Postgres(c.authority, "harbor", databasePassword, "registry"))
	c.add(lab.Redis("redis", 6379, c.authority, redisPassword))
	c.add(lab.Sentinel("sentinel", 26379, c.authority, "harbor", redisPassword))
	c.balance()
	password := strings.TrimSpace(c.hagen("secrets", "reveal", "harbor_admin_password"))
	c.write("authority.crt", c.hagen("secrets", "reveal", "authority.crt"))
	c.guide(t, password)
	admin := newClient("hub.lab", password, []byte(c.read("authority.crt")))
	eventually(t, 30*time.Second, func() error { _, err := admin.push("library/first", "v1"); return err })

	t.Run("50 of 50", func(t *testing.T) { many(t, admin) })
}
