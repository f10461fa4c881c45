package material

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"

	"hagen/internal/diag"
	"hagen/internal/secret"
)

// Checker checks values as of a moment.
type Checker struct {
	Need secret.Need
	Now  time.Time
}

// Check checks all values that there are: lengths, formats, what belongs
// together, what has run out, and what everybody knows.
func (c Checker) Check(values Values) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, m := range c.Need.Materials {
		if value, ok := values[m.Name]; ok {
			found = append(found, c.One(m, value, values)...)
		}
	}
	return found
}

// One checks one value. The diagnostics never hold any of it.
func (c Checker) One(m secret.Material, value string, values Values) []diag.Diagnostic {
	if d := c.public(m, value); d != nil {
		return named(m, d)
	}
	switch m.Kind {
	case secret.Random:
		return named(m, checkRandom(m, value))
	case secret.RSA:
		return named(m, checkRSA(m, value))
	case secret.Certificate:
		return named(m, c.checkPair(m, value, values[m.Of], m.Of))
	case secret.Htpasswd:
		return named(m, checkHtpasswd(m, value, values))
	case secret.Composed:
		return named(m, checkComposed(m, value, values))
	}
	return named(m, c.checkGiven(m, value, values))
}

// named puts the name of the material before the message.
func named(m secret.Material, d *diag.Diagnostic) []diag.Diagnostic {
	if d == nil {
		return nil
	}
	d.Message = m.Name + " " + d.Message
	return []diag.Diagnostic{*d}
}

func problem(message, reason, fix string) *diag.Diagnostic {
	return &diag.Diagnostic{Message: message, Reason: reason, Fix: fix}
}

// rotate is the fix of what hagen made or can make.
func rotate(m secret.Material) string { return "make it anew: hagen secrets rotate " + m.Name }

func (c Checker) public(m secret.Material, value string) *diag.Diagnostic {
	if !slices.Contains(c.Need.Public, strings.TrimSpace(value)) {
		return nil
	}
	return problem("is a value that installers ship", "everybody knows it, so anyone can log in or sign tokens", rotate(m))
}

func checkRandom(m secret.Material, value string) *diag.Diagnostic {
	if d := checkLine(m, value); d != nil {
		return d
	}
	if m.Exact && len(value) != m.Length {
		return problem(
			fmt.Sprintf("has %d bytes and must have %d", len(value), m.Length),
			"Harbor starts with it and fails at the first use: crypto/aes: invalid key size, or CSRF token invalid", rotate(m))
	}
	if len(value) < min(m.Length, 16) {
		return problem(fmt.Sprintf("has %d characters, at least %d are needed", len(value), min(m.Length, 16)),
			"it can be guessed", rotate(m))
	}
	return nil
}

// checkLine checks what goes into a variable or a file of one line.
func checkLine(m secret.Material, value string) *diag.Diagnostic {
	switch {
	case value == "":
		return problem("is empty", "what reads it would not start, or ask for no password at all", rotate(m))
	case !utf8.ValidString(value):
		return problem("is not text in UTF-8", "variables and YAML can hold only that", rotate(m))
	case strings.ContainsFunc(value, unicode.IsControl):
		return problem("holds a line break or another control character",
			"with a line break at the end a key has another length, and a password another value, in one of its readers", rotate(m))
	case m.Forbid != "" && strings.ContainsAny(value, m.Forbid):
		return problem("holds one of the characters "+m.Forbid, "what reads it ends the value there", rotate(m))
	}
	return nil
}

const minimumBits = 2048

func checkRSA(m secret.Material, value string) *diag.Diagnostic {
	block, _ := pem.Decode([]byte(value))
	switch {
	case block == nil:
		return problem("is not a private key in PEM", "core would not start", rotate(m))
	case block.Type != pkcs1:
		return problem("is not PKCS#1 (BEGIN "+pkcs1+")",
			"core starts with it and answers every request for a token with 500",
			"convert it: openssl rsa -traditional -in KEY -out private_key.pem")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return problem("is damaged", "core would not start", rotate(m))
	}
	return checkBits(m, key)
}

func checkBits(m secret.Material, key *rsa.PrivateKey) *diag.Diagnostic {
	if key.N.BitLen() < minimumBits {
		return problem(fmt.Sprintf("has %d bits, at least %d are needed", key.N.BitLen(), minimumBits),
			"whoever breaks it signs tokens for any image", rotate(m))
	}
	return nil
}

// checkPair checks a certificate against its key and the clock.
func (c Checker) checkPair(m secret.Material, value, key, keyName string) *diag.Diagnostic {
	chain, err := parseChain(value)
	switch {
	case err != nil:
		return problem("is not a certificate in PEM", "what reads it would not start", rotate(m))
	case key != "" && !belongs(value, key):
		return problem("does not belong to "+keyName,
			"logins and pulls end with 401, or the proxy does not start", rotate(m))
	}
	return c.checkDates(m, chain[0])
}

// soon is when a warning is due: time enough to get another one.
const soon = 30 * 24 * time.Hour

func (c Checker) checkDates(m secret.Material, cert *x509.Certificate) *diag.Diagnostic {
	end := cert.NotAfter.UTC().Format(time.DateOnly)
	switch {
	case c.Now.After(cert.NotAfter):
		return problem("ran out on "+end, "clients refuse it: certificate has expired", rotate(m))
	case c.Now.Before(cert.NotBefore):
		return problem("is not valid before "+cert.NotBefore.UTC().Format(time.DateOnly), "clients refuse it until then", rotate(m))
	case c.Now.Add(soon).After(cert.NotAfter):
		d := problem("runs out on "+end, "clients will refuse it then, and nothing reloads it by itself", rotate(m))
		d.Severity = diag.Warning
		return d
	}
	return nil
}

func checkHtpasswd(m secret.Material, value string, values Values) *diag.Diagnostic {
	user, hash, found := strings.Cut(strings.TrimRight(value, "\n"), ":")
	switch {
	case !found || user != m.User:
		return problem("is not a line of the user "+m.User, "core cannot reach the registry: 401", rotate(m))
	case !strings.HasPrefix(hash, "$2"):
		return problem("is not bcrypt", "the registry knows no other form and answers 401", rotate(m))
	}
	password, ok := values[m.Of]
	if ok && bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) != nil {
		return problem("does not hold "+m.Of, "core and jobservice cannot reach the registry: 401 authentication required", rotate(m))
	}
	return nil
}

func checkComposed(m secret.Material, value string, values Values) *diag.Diagnostic {
	for _, source := range m.Sources() {
		if _, ok := values[source]; !ok {
			return nil
		}
	}
	if value == Compose(m, values) {
		return nil
	}
	return problem("was made of other values than those of now", "components would use an old address or password",
		"run: hagen secrets init")
}

func (c Checker) checkGiven(m secret.Material, value string, values Values) *diag.Diagnostic {
	switch m.Format {
	case secret.FormatCertificate:
		return c.checkServer(m, value, values)
	case secret.FormatKey:
		if _, err := parseKey(value); err != nil {
			return problem("is not a private key in PEM, or is protected by a password", "the proxy would not start", rotate(m))
		}
		return nil
	case secret.FormatCeph:
		return checkCeph(m, value)
	}
	if d := checkLine(m, value); d != nil {
		return d
	}
	return checkWeak(m, value)
}

func (c Checker) checkServer(m secret.Material, value string, values Values) *diag.Diagnostic {
	if d := c.checkPair(m, value, values[m.Key], m.Key); d != nil {
		return d
	}
	chain, _ := parseChain(value)
	if m.Host != "" && chain[0].VerifyHostname(m.Host) != nil {
		return problem("does not cover "+m.Host, "clients refuse it: certificate is valid for another name",
			"get one with this name as a subject alternative name")
	}
	return nil
}

// cephKeySize is a header of 12 bytes and a key of 16.
const cephKeySize = 28

func checkCeph(m secret.Material, value string) *diag.Diagnostic {
	key, err := base64.StdEncoding.DecodeString(value)
	if err == nil && len(key) >= cephKeySize && key[0] > 0 && key[1] == 0 {
		return nil
	}
	return problem("is not a key of Ceph", "the mount ends with: Invalid argument, or Operation not permitted",
		"take what this prints, the key alone: ceph auth get-key client.NAME")
}

// weakLength is the length below which a password that a person chose is
// taken for guessable.
const weakLength = 12

func checkWeak(m secret.Material, value string) *diag.Diagnostic {
	distinct := map[rune]bool{}
	for _, r := range value {
		distinct[r] = true
	}
	if utf8.RuneCountInString(value) >= weakLength && len(distinct) >= 5 {
		return nil
	}
	d := problem("is weak", fmt.Sprintf("less than %d characters, or few different ones, can be guessed", weakLength), rotate(m))
	d.Severity = diag.Warning
	return d
}
