// Package e2e brings up what hagen build writes for virtual machines: on real
// Docker engines, one for each node, with a real registry, nginx, rsyslog,
// PostgreSQL, MariaDB, Redis and HAProxy. Harbor's own programs are stand-ins
// (standin/): these tests prove bundles, not Harbor.
package e2e

import (
	"os"
	"testing"

	"hagen/test/e2e-vm/lab"
)

func TestMain(m *testing.M) {
	if code, done := lab.Enter(); done {
		os.Exit(code)
	}
	os.Exit(m.Run())
}
