package conform

import (
	"maps"
	"strings"

	"hagen/internal/artifact"
)

// withoutSops returns an object that SOPS has encrypted as it will be in the
// cluster, without the table that SOPS adds, and whether it is one.
func withoutSops(o artifact.Object) (artifact.Object, bool) {
	if artifact.Text(artifact.Map(o["sops"])["mac"]) == "" {
		return o, false
	}
	plain := maps.Clone(o)
	delete(plain, "sops")
	return plain, true
}

// isEncrypted tells a value that only the cluster can read.
func isEncrypted(v any) bool {
	return strings.HasPrefix(artifact.Text(v), "ENC[")
}
