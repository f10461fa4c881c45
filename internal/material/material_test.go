package material_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/secret"
)

// need has one material of each kind and format.
var need = secret.Need{
	Provider: secret.SOPS,
	Public:   []string{"Harbor12345", "not-a-secure-key"},
	Materials: []secret.Material{
		{Name: "secretkey", Kind: secret.Random, Length: 16, Exact: true},
		{Name: "csrf_key", Kind: secret.Random, Length: 32, Exact: true},
		{Name: "registry_password", Kind: secret.Random, Length: 32},
		{Name: "harbor_admin_password", Kind: secret.Random, Length: 20},
		{Name: "private_key.pem", Kind: secret.RSA, Length: 2048},
		{Name: "root.crt", Kind: secret.Certificate, Of: "private_key.pem"},
		{Name: "passwd", Kind: secret.Htpasswd, User: "harbor_registry_user", Of: "registry_password"},
		{Name: "redis_password", Kind: secret.Given, Forbid: ","},
		{Name: "redis_url", Kind: secret.Composed, Parts: []secret.Part{
			{Text: "redis://:"}, {Material: "redis_password", Escape: true}, {Text: "@redis:6379/0"},
		}},
		{Name: "ceph_key", Kind: secret.Given, Format: secret.FormatCeph},
		{Name: "tls.crt", Kind: secret.Given, Format: secret.FormatCertificate, Key: "tls.key", Host: "hub.example.com"},
		{Name: "tls.key", Kind: secret.Given, Format: secret.FormatKey},
	},
}

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func maker() material.Maker {
	return material.Maker{Random: rand.Reader, Now: func() time.Time { return now }}
}

// good are values that fit, made once for all tests.
var good = sync.OnceValue(func() material.Values {
	values := material.Values{"redis_password": "a Pass@word: %/#?&$\"'\\", "ceph_key": cephKey()}
	must(maker().Authority("hub", values))
	chain, key, err := maker().Server("hub.example.com", values)
	must(err)
	values["tls.crt"], values["tls.key"] = chain, key
	_, err = maker().Complete(need, values)
	must(err)
	return values
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func cephKey() string {
	key := make([]byte, 28)
	key[0], key[10] = 1, 16
	return base64.StdEncoding.EncodeToString(key)
}

func check(values material.Values, at time.Time) []diag.Diagnostic {
	return material.Checker{Need: need, Now: at}.Check(values)
}

func TestWhatIsMadePasses(t *testing.T) {
	for _, d := range check(good(), now) {
		t.Errorf("%v: %s", d.Severity, d.Message)
	}
	if missing := len(need.Materials) + 2 - len(good()); missing != 0 {
		t.Errorf("%d values are missing", missing)
	}
}

func TestFormats(t *testing.T) {
	values := good()
	for name, length := range map[string]int{"secretkey": 16, "csrf_key": 32, "harbor_admin_password": 20} {
		if len(values[name]) != length || strings.Trim(values[name], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" {
			t.Errorf("%s has another form", name)
		}
	}
	if !strings.HasPrefix(values["private_key.pem"], "-----BEGIN RSA PRIVATE KEY-----\n") {
		t.Error("the token key is not PKCS#1")
	}
	if want := "redis://:a%20Pass%40word%3A%20%25%2F%23%3F%26%24%22%27%5C@redis:6379/0"; values["redis_url"] != want {
		t.Errorf("redis_url is not %s", want)
	}
	user, hash, _ := strings.Cut(strings.TrimSpace(values["passwd"]), ":")
	if user != "harbor_registry_user" || bcrypt.CompareHashAndPassword([]byte(hash), []byte(values["registry_password"])) != nil {
		t.Error("passwd does not hold registry_password")
	}
}

// TestCompleteLeavesWhatFits: made once means once.
func TestCompleteLeavesWhatFits(t *testing.T) {
	values := maps.Clone(good())
	made, err := maker().Complete(need, values)
	if err != nil || len(made) > 0 || !maps.Equal(values, good()) {
		t.Errorf("made %v again, %v", made, err)
	}
}

func TestDropTakesWhatFollows(t *testing.T) {
	values := maps.Clone(good())
	dropped := material.Drop(need, values, []string{"registry_password", "private_key.pem"})
	slices.Sort(dropped)
	if want := []string{"passwd", "private_key.pem", "registry_password", "root.crt"}; !slices.Equal(dropped, want) {
		t.Errorf("dropped %v, want %v", dropped, want)
	}
	if _, err := maker().Complete(need, values); err != nil {
		t.Fatal(err)
	}
	if found := check(values, now); len(found) > 0 {
		t.Errorf("after a rotation: %v", found)
	}
	if values["passwd"] == good()["passwd"] || values["root.crt"] == good()["root.crt"] || values["secretkey"] != good()["secretkey"] {
		t.Error("not what should change has changed")
	}
}

func pkcs8(text string) string {
	block, _ := pem.Decode([]byte(text))
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	must(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func rsaKey(bits int) string {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	must(err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

func serverFor(host string) (string, string) {
	chain, key, err := maker().Server(host, maps.Clone(good()))
	must(err)
	return chain, key
}

// TestBreaks breaks each value in the ways that broke real registries and
// wants the symptom to be named.
func TestBreaks(t *testing.T) {
	otherChain, otherKey := serverFor("other.example.com")
	for name, c := range map[string]struct {
		material, value  string
		message, symptom string
	}{
		"token key in PKCS#8":          {"private_key.pem", pkcs8(good()["private_key.pem"]), "is not PKCS#1", "answers every request for a token with 500"},
		"token key short":              {"private_key.pem", rsaKey(1024), "has 1024 bits", "signs tokens"},
		"token key cut off":            {"private_key.pem", good()["private_key.pem"][:400], "is not a private key", "would not start"},
		"token key of another node":    {"private_key.pem", rsaKey(2048), "root.crt does not belong to private_key.pem", "401"},
		"secretkey with a line break":  {"secretkey", good()["secretkey"] + "\n", "line break", "another length"},
		"secretkey of 17":              {"secretkey", good()["secretkey"] + "x", "has 17 bytes and must have 16", "invalid key size"},
		"secretkey of 15":              {"secretkey", good()["secretkey"][:15], "has 15 bytes and must have 16", "invalid key size"},
		"csrf key of 31":               {"csrf_key", good()["csrf_key"][:31], "must have 32", "CSRF token invalid"},
		"htpasswd in MD5":              {"passwd", "harbor_registry_user:$apr1$xyz$abcdefghijklmnopqrstuv", "is not bcrypt", "401"},
		"htpasswd of another password": {"passwd", "harbor_registry_user:$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC", "does not hold registry_password", "401 authentication required"},
		"htpasswd of another user":     {"passwd", "admin:" + strings.SplitN(good()["passwd"], ":", 2)[1], "is not a line of the user", "401"},
		"public admin password":        {"harbor_admin_password", "Harbor12345", "is a value that installers ship", "anyone can log in"},
		"empty password":               {"registry_password", "", "is empty", "would not start"},
		"short password":               {"registry_password", "abc", "has 3 characters", "can be guessed"},
		"redis password with a comma":  {"redis_password", "with,comma,and,more", "one of the characters ,", "ends the value there"},
		"redis password changed alone": {"redis_password", "AnotherPassword1", "redis_url was made of other values", "old address or password"},
		"weak password":                {"redis_password", "redis", "is weak", "can be guessed"},
		"ceph key with its heading":    {"ceph_key", "[client.harbor]\n\tkey = " + cephKey(), "is not a key of Ceph", "Invalid argument"},
		"certificate of another key":   {"tls.key", otherKey, "tls.crt does not belong to tls.key", "401"},
		"key behind a passphrase":      {"tls.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "is not a private key in PEM", "would not start"},
		"certificate is none":          {"tls.crt", "no", "is not a certificate", "would not start"},
	} {
		t.Run(name, func(t *testing.T) {
			values := maps.Clone(good())
			values[c.material] = c.value
			wantFinding(t, check(values, now), c.message, c.symptom, c.value)
		})
	}
	t.Run("certificate of another name", func(t *testing.T) {
		values := maps.Clone(good())
		values["tls.crt"], values["tls.key"] = otherChain, otherKey
		wantFinding(t, check(values, now), "does not cover hub.example.com", "another name", otherKey)
	})
	t.Run("certificate run out", func(t *testing.T) {
		wantFinding(t, check(good(), now.AddDate(2, 0, 0)), "tls.crt ran out on 2027-04-02", "certificate has expired", good()["tls.crt"])
	})
	t.Run("certificate of tomorrow", func(t *testing.T) {
		wantFinding(t, check(good(), now.AddDate(0, 0, -1)), "is not valid before", "until then", good()["tls.crt"])
	})
	t.Run("certificate that soon runs out", func(t *testing.T) {
		found := check(good(), now.AddDate(1, 0, 10))
		wantFinding(t, found, "runs out on 2027-04-02", "nothing reloads it", good()["tls.crt"])
		if len(found) != 1 || found[0].Severity != diag.Warning {
			t.Errorf("not one warning: %v", found)
		}
	})
}

// wantFinding wants a finding with the words, and the value in none.
func wantFinding(t *testing.T, found []diag.Diagnostic, message, symptom, value string) {
	t.Helper()
	seen := false
	for _, d := range found {
		seen = seen || strings.Contains(d.Message, message) && strings.Contains(d.Reason, symptom) && d.Fix != ""
		if len(value) > 5 && strings.Contains(d.Message+d.Reason+d.Fix, value) {
			t.Errorf("a finding shows the value")
		}
	}
	if !seen {
		t.Errorf("no finding says %q because %q: %v", message, symptom, found)
	}
}
