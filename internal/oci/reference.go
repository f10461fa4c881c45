package oci

import (
	"net"
	"net/netip"
	"strings"

	"oras.land/oras-go/v2/registry"

	"hagen/internal/diag"
)

// Scheme begins the address of an artifact.
const Scheme = "oci://"

// Reference is the address of an artifact: oci://HOST/REPOSITORY:TAG, and
// @DIGEST behind it to name one state of the tag.
type Reference struct {
	registry.Reference
	// Tag is "" where a digest stands alone; Digest is "" without one.
	Tag, Digest string
}

// Parse reads the address of an artifact. One with a user or a password, or
// without a tag and a digest, is refused with a diagnostic that repeats none of
// it.
func Parse(text string) (Reference, error) {
	rest, ok := strings.CutPrefix(text, Scheme)
	name, digest, _ := strings.Cut(rest, "@")
	parsed, err := registry.ParseReference(rest)
	if !ok || err != nil || digest != "" && parsed.ValidateReferenceAsDigest() != nil {
		return Reference{}, diag.Diagnostic{
			Message: "that is no address of an artifact",
			Reason:  "it has a host, a repository in lower case and a tag, and neither user nor password",
			Fix:     "write it as oci://hub.example.com/platform/registry:main; credentials come from docker login",
		}
	}
	r := Reference{Reference: parsed, Digest: digest}
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		r.Tag = name[at+1:]
	}
	if r.Tag == "" && r.Digest == "" {
		return Reference{}, diag.Diagnostic{
			Place: diag.Place{File: text}, Message: "the address has no tag",
			Reason: "a tag is what Flux and Argo CD follow", Fix: "write " + text + ":main, or another name",
		}
	}
	return r, nil
}

// String returns the address as Parse reads it.
func (r Reference) String() string {
	text := r.Name()
	if r.Tag != "" {
		text += ":" + r.Tag
	}
	if r.Digest != "" {
		text += "@" + r.Digest
	}
	return text
}

// Name is the address without tag and digest.
func (r Reference) Name() string { return Scheme + r.Registry + "/" + r.Repository }

// wanted is what the registry is asked for: the digest if there is one.
func (r Reference) wanted() string {
	if r.Digest != "" {
		return r.Digest
	}
	return r.Tag
}

// Loopback tells whether the registry is on this very machine.
func (r Reference) Loopback() bool {
	host := r.Registry
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && address.IsLoopback()
}
