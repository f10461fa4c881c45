package compile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hagen/internal/compile"
	"hagen/internal/diag"
)

// The two rules about days, which need no example that is broken but another
// day.
func TestOutdated(t *testing.T) {
	dir := examplesWithout(t, "none")
	writeFile(t, filepath.Join(dir, "ca.crt"), certificateUntil(t, time.Date(2030, 6, 15, 12, 0, 0, 0, time.UTC)))
	text := strings.NewReplacer("[database]\n", "[database]\nserver_max_connections = 100\n", `, ca = "ca.crt"`, "").Replace(exampleText(t, "hub-2.15")) +
		"\n[[waive]]\nrule = \"HG037\"\nreason = \"this week\"\nuntil = 2030-06-10\n"
	site, err := compileAs(t, newCompiler(t), dir, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		day         string
		waiver      bool
		certificate string
	}{
		{"2030-05-01", false, ""},
		{"2030-06-10", false, "warning: registry.trusted_ca[0]: the certificate of CN=test in ca.crt ends on 2030-06-15"},
		{"2030-06-11", true, "warning: registry.trusted_ca[0]: the certificate of CN=test in ca.crt ends on 2030-06-15"},
		{"2030-06-16", true, "error: registry.trusted_ca[0]: the certificate of CN=test in ca.crt ended on 2030-06-15"},
	} {
		now, err := time.Parse(time.DateOnly, test.day)
		if err != nil {
			t.Fatal(err)
		}
		waiver, certificate := false, ""
		for _, d := range site.Outdated(now) {
			switch d.Rule {
			case compile.RuleWaiverExpired:
				waiver = d.Severity == diag.Error && d.Place.Line > 0
			case compile.RuleCertificateEnded:
				certificate = d.Severity.String() + ": " + d.Error()
			}
		}
		if waiver != test.waiver || certificate != test.certificate {
			t.Errorf("%s: waiver %v, certificate %q", test.day, waiver, certificate)
		}
	}
}

func certificateUntil(t *testing.T, end time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
