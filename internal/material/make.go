// Package material makes, checks and imports the values of secrets: what a
// registry needs goes in, values in the formats that Harbor reads, or what is
// wrong with them, come out. Nothing here touches the disk or prints a value.
package material

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"hagen/internal/secret"
)

// Values maps materials to their values.
type Values map[string]string

// Maker makes values. Random and Now are the machine's, but for tests.
type Maker struct {
	Random io.Reader
	Now    func() time.Time
}

// NewMaker returns a maker that uses the system's randomness and clock.
func NewMaker() Maker { return Maker{Random: rand.Reader, Now: time.Now} }

// order makes materials before those that are made of them.
var order = []string{secret.Random, secret.Given, secret.RSA, secret.Certificate, secret.Htpasswd, secret.Composed}

// Complete adds every material that can be made and is missing, and makes
// anew what no longer fits what it is made of. It returns the names of what
// it made, in the order of making; given materials stay missing.
func (k Maker) Complete(need secret.Need, values Values) ([]string, error) {
	var made []string
	for _, kind := range order {
		for _, m := range need.Materials {
			if m.Kind != kind || !k.due(need, m, values) {
				continue
			}
			value, err := k.make(m, values)
			if err != nil {
				return made, fmt.Errorf("make %s: %w", m.Name, err)
			}
			values[m.Name] = value
			made = append(made, m.Name)
		}
	}
	return made, nil
}

// due tells whether a material must be made now and can be.
func (k Maker) due(need secret.Need, m secret.Material, values Values) bool {
	if m.Kind == secret.Given {
		return false
	}
	for _, source := range m.Sources() {
		if values[source] == "" {
			return false
		}
	}
	value, ok := values[m.Name]
	return !ok || m.Sources() != nil && !fits(m, value, values)
}

// fits tells whether a material that is made of others still belongs to them.
func fits(m secret.Material, value string, values Values) bool {
	switch m.Kind {
	case secret.Composed:
		return value == Compose(m, values)
	case secret.Htpasswd:
		return checkHtpasswd(m, value, values) == nil
	case secret.Certificate:
		return belongs(value, values[m.Of])
	}
	return true
}

func (k Maker) make(m secret.Material, values Values) (string, error) {
	switch m.Kind {
	case secret.Random:
		return k.text(m.Length)
	case secret.RSA:
		return k.rsaKey(m.Length)
	case secret.Certificate:
		return k.selfSigned(m, values[m.Of])
	case secret.Htpasswd:
		return htpasswd(m, values)
	case secret.Composed:
		return Compose(m, values), nil
	}
	return "", fmt.Errorf("there is no way to make the kind %s", m.Kind)
}

// alphabet holds no character that any format gives a meaning.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// text draws each character alike: bytes beyond the last whole alphabet are
// thrown away.
func (k Maker) text(length int) (string, error) {
	const limit = 256 - 256%len(alphabet)
	out := make([]byte, 0, length)
	buffer := make([]byte, 64)
	for len(out) < length {
		if _, err := io.ReadFull(k.Random, buffer); err != nil {
			return "", err
		}
		for _, b := range buffer {
			if int(b) < limit && len(out) < length {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out), nil
}

// rsaKey makes a key in PKCS#1: Harbor's token service fails at the first
// token with any other form.
func (k Maker) rsaKey(bits int) (string, error) {
	key, err := rsa.GenerateKey(k.Random, bits)
	if err != nil {
		return "", err
	}
	block := &pem.Block{Type: pkcs1, Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return string(pem.EncodeToMemory(block)), nil
}

// htpasswd spells the prefix as Apache's program does; the registry reads
// both.
func htpasswd(m secret.Material, values Values) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(values[m.Of]), bcrypt.DefaultCost)
	if err != nil {
		return "", err
	}
	return m.User + ":" + "$2y$" + strings.TrimPrefix(string(hash), "$2a$") + "\n", nil
}

// Compose puts the values into a composed material.
func Compose(m secret.Material, values Values) string {
	var b strings.Builder
	for _, part := range m.Parts {
		value := part.Text
		if part.Material != "" {
			value = values[part.Material]
		}
		if part.Escape {
			value = strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		}
		b.WriteString(value)
	}
	return b.String()
}

// Drop removes materials and what is made of them, so that Complete makes
// them anew, and returns all names.
func Drop(need secret.Need, values Values, names []string) []string {
	dropped := slices.Clone(names)
	for i := 0; i < len(dropped); i++ {
		for _, m := range need.Materials {
			if slices.Contains(m.Sources(), dropped[i]) && !slices.Contains(dropped, m.Name) {
				dropped = append(dropped, m.Name)
			}
		}
	}
	for _, name := range dropped {
		delete(values, name)
	}
	return dropped
}
