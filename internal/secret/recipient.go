package secret

import (
	"slices"
	"strings"
)

// readers joins two lists of public keys in a canonical form, sorted, each
// once: an SSH key loses its comment, which is no part of it.
func readers(a, b []string) []string {
	var out []string
	for _, key := range slices.Concat(a, b) {
		if key = canonical(key); key != "" && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

func canonical(key string) string {
	fields := strings.Fields(key)
	if len(fields) > 1 && strings.HasPrefix(fields[0], "ssh-") {
		fields = fields[:2]
	}
	return strings.Join(fields, " ")
}
