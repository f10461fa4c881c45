package compile

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"hagen/internal/diag"
)

// The rules about days. `hagen validate` alone tells them: a build of the same
// spec must give the same answer next year.
const (
	RuleWaiverExpired    = "HG099"
	RuleCertificateEnded = "HG140"
)

// soon is how long before its end a certificate is spoken of.
const soon = 30 * 24 * time.Hour

// named is a file that the spec names.
type named struct {
	path       []any
	place      diag.Place
	file, text string
}

// Outdated tells what was right once: waivers whose last day is over, and
// certificates that have ended or soon end.
func (s Site) Outdated(now time.Time) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, w := range s.Waivers {
		if w.Until != "" && w.Until < now.Format(time.DateOnly) {
			found = append(found, diag.Diagnostic{
				Rule: RuleWaiverExpired, Place: w.Place, Path: append(w.Path, "until"),
				Message: fmt.Sprintf("the waiver of %s ended on %s", w.Rule, w.Until),
				Reason:  "it was meant to be looked at again by then: " + w.Reason,
				Fix:     "mend what the rule finds and remove the waiver, or give it another day",
			})
		}
	}
	for _, n := range s.named {
		found = append(found, n.ending(now)...)
	}
	return found
}

// ending tells the certificates of a file that end before long. What is none
// is for others to tell.
func (n named) ending(now time.Time) []diag.Diagnostic {
	var found []diag.Diagnostic
	for block, rest := pem.Decode([]byte(n.text)); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil || now.Add(soon).Before(certificate.NotAfter) {
			continue
		}
		d := diag.Diagnostic{
			Rule: RuleCertificateEnded, Place: n.place, Path: n.path, Severity: diag.Warning,
			Message: fmt.Sprintf("the certificate of %s in %s ends on %s", certificate.Subject, n.file, certificate.NotAfter.UTC().Format(time.DateOnly)),
			Reason:  "from then on, what it signed is refused, by all instances at once",
			Fix:     "put the new certificate in its place and build",
		}
		if now.After(certificate.NotAfter) {
			d.Severity = diag.Error
			d.Message = fmt.Sprintf("the certificate of %s in %s ended on %s", certificate.Subject, n.file, certificate.NotAfter.UTC().Format(time.DateOnly))
		}
		found = append(found, d)
	}
	return found
}
