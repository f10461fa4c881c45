package oci

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"hagen/internal/diag"
)

// action is what was tried, for the words of an error.
type action string

const (
	pushing action = "push"
	pulling action = "pull"
)

// storeError is a login that could not be looked up. What a credential helper
// printed is not repeated: it may hold what it was asked for.
type storeError struct{ err error }

func (e *storeError) Error() string { return "the login cannot be read" }

func loginError(ref Reference, err error) diag.Diagnostic {
	d := diag.Diagnostic{
		Place: diag.Place{File: ref.String()}, Message: "the login cannot be read from the configuration of Docker",
		Reason: "config.json in DOCKER_CONFIG, or in .docker of the home folder, is damaged, or its credential helper failed",
		Fix:    "docker login " + ref.Registry + " must work for the user who runs hagen",
	}
	if errors.Is(err, context.Canceled) {
		d.Message = "interrupted"
	}
	return d
}

// explain says what an error of a registry means.
func (r *Remote) explain(err error, tried action) error {
	d := diag.Diagnostic{Place: diag.Place{File: r.ref.String()}}
	var said *errcode.ErrorResponse
	var login *storeError
	var told diag.Diagnostic
	switch {
	case errors.As(err, &told):
		told.Place = d.Place
		return told
	case errors.Is(err, context.Canceled):
		d.Message = "interrupted"
	case errors.As(err, &login):
		return loginError(r.ref, login.err)
	case errors.Is(err, ErrForeign):
		d.Message = err.Error()
		d.Reason = "only what hagen push made can be pulled"
		d.Fix = "look for a spelling mistake in the address"
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		r.refused(&d, &errcode.ErrorResponse{StatusCode: http.StatusUnauthorized}, tried)
	case errors.As(err, &said):
		r.refused(&d, said, tried)
	case errors.Is(err, content.ErrMismatchedDigest), errors.Is(err, content.ErrTrailingData), strings.Contains(err.Error(), "mismatch Content-Length"):
		d.Message = "the registry hands out other bytes than the digest says"
		d.Reason = "its storage is damaged, or somebody is between"
		d.Fix = "push the artifact anew, and look at the storage of the registry"
	case errors.Is(err, errdef.ErrNotFound):
		r.missing(&d, tried)
	case errors.Is(err, errdef.ErrSizeExceedsLimit):
		d.Message, d.Reason = "what the tag names is too large for an artifact of hagen", "its manifest alone is above the limit"
	default:
		r.unreachable(&d, err)
	}
	return d
}

// refused words an answer of the registry.
func (r *Remote) refused(d *diag.Diagnostic, said *errcode.ErrorResponse, tried action) {
	switch {
	case said.StatusCode == http.StatusUnauthorized && !r.known:
		d.Message = "the registry asks for a login, and there is none"
		d.Reason = "the configuration of Docker, or its credential helper, knows no login for " + r.ref.Registry
		d.Fix = "docker login " + r.ref.Registry
	case said.StatusCode == http.StatusUnauthorized:
		d.Message = "the registry refuses the login, or the login may not " + string(tried) + " here"
		d.Reason = "Harbor answers so for a wrong password, for a robot account that has ended, and for a project that is not there"
		d.Fix = "docker login " + r.ref.Registry + ", and look at the rights of the account in the project"
	case said.StatusCode == http.StatusForbidden:
		d.Message = "the login may not " + string(tried) + " here: " + reason(said)
		d.Reason = "its account lacks the right in the project, or the tag is protected, or the quota is used up"
		d.Fix = "let the account " + string(tried) + " artifacts in the project of " + r.ref.Repository
	case said.StatusCode == http.StatusNotFound:
		r.missing(d, tried)
	case said.StatusCode == http.StatusPreconditionFailed:
		d.Message = "the tag cannot be moved: " + reason(said)
		d.Reason = "a rule of the project makes it immutable"
		d.Fix = "push under a new tag, or take " + cmp.Or(r.ref.Tag, "it") + " out of the rule: the controllers follow it"
	case said.StatusCode == http.StatusRequestEntityTooLarge:
		d.Message = "the registry, or a proxy before it, refuses an upload of this size"
		d.Fix = "raise the limit of bodies in the proxy: client_max_body_size 0 in nginx"
	case tried == pushing && unsupported(said):
		d.Message = "the registry does not take such artifacts: " + reason(said)
		d.Reason = "a registry before OCI, such as that of Harbor 1.x, knows images of Docker alone"
		d.Fix = "keep the artifact in Harbor 2.x, or in another registry"
	default:
		d.Message = "the registry answers " + reason(said)
	}
}

func (r *Remote) missing(d *diag.Diagnostic, tried action) {
	if tried == pushing {
		d.Message = "there is no such repository, and the registry does not make it"
		d.Reason = "Harbor makes repositories in a project, but not the project"
		d.Fix = "make the project first: the first word of " + r.ref.Repository
		return
	}
	d.Message = "there is no such artifact"
	d.Reason = "nothing was pushed under this tag, or it is gone, or the login may not see it"
	d.Fix = "push it with: hagen push " + r.ref.Name() + ":" + cmp.Or(r.ref.Tag, "main")
}

// unreachable words an error of the way to the registry.
func (r *Remote) unreachable(d *diag.Diagnostic, err error) {
	var unknown x509.UnknownAuthorityError
	var wrongName x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var network net.Error
	switch {
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		d.Message = "the registry speaks HTTP, not HTTPS"
		d.Reason = "passwords would travel in the clear, so that is not done unasked"
		d.Fix = "give it a certificate, or add --plain-http where the network is trusted"
	case errors.As(err, &unknown), errors.As(err, &wrongName), errors.As(err, &certificate):
		d.Message = "the certificate of the registry is not trusted: " + diag.Mask(root(err).Error())
		d.Fix = "name the file with its authority: --ca-file ca.crt"
	case errors.As(err, &network):
		d.Message = "no registry answers: " + diag.Mask(root(err).Error())
		d.Fix = "look for a spelling mistake in the address, and for a proxy in HTTPS_PROXY"
	default:
		d.Message = diag.Mask(err.Error())
	}
}

// root is the innermost error: the others repeat method and address.
func root(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// reason is what a registry said, without addresses.
func reason(said *errcode.ErrorResponse) string {
	text := fmt.Sprintf("%d %s", said.StatusCode, http.StatusText(said.StatusCode))
	for _, e := range said.Errors {
		text += fmt.Sprintf(", %.60s: %.160s", e.Code, strings.Join(strings.Fields(e.Message), " "))
	}
	return diag.Mask(text)
}

func unsupported(said *errcode.ErrorResponse) bool {
	for _, e := range said.Errors {
		if e.Code == errcode.ErrorCodeManifestInvalid || e.Code == errcode.ErrorCodeUnsupported {
			return true
		}
	}
	return said.StatusCode == http.StatusUnsupportedMediaType
}
