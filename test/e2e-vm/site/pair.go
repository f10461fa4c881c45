package site

import "strings"

// The nodes of the pair.
const (
	FirstAddress  = "10.77.0.31"
	SecondAddress = "10.77.0.32"
)

// Pair is the spec of a registry on two nodes without TLS, of a release of
// either generation.
func Pair(release string) string {
	text := `name = "pair"

[registry]
version = "` + release + `"
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
address = "` + FirstAddress + `"

[[vm.nodes]]
name = "node2"
address = "` + SecondAddress + `"

[secrets]
provider = "sops"
`
	if Old(release) {
		text = strings.Replace(text, "[trivy]\nenabled = false\n\n", "", 1)
	}
	return text
}

// Old tells whether a release is of the first generation.
func Old(release string) bool { return strings.HasPrefix(release, "1.") }
