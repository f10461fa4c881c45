package main

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base32"
	"encoding/pem"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// access is what a token lets its bearer do with a repository.
type access struct {
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	Actions []string `json:"actions"`
}

type claims struct {
	jwt.RegisteredClaims
	// the registry of 1.x takes one service, not a list
	Service string   `json:"aud"`
	Access  []access `json:"access"`
}

// signingKey reads the key anew each time; it must be PKCS#1.
func signingKey(path string) (*rsa.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if known, found := keys.Load(string(data)); found {
		return known.(*rsa.PrivateKey), nil
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "RSA PRIVATE KEY" {
		return nil, fmt.Errorf("%s holds no PEM block RSA PRIVATE KEY", path)
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err == nil {
		keys.Store(string(data), key)
	}
	return key, err
}

// keys are those that were read before, by their text: taking one apart costs
// more than a request may.
var keys sync.Map

// keyID is the name by which the registry of 1.x knows a key: twelve groups of
// the hash of its public half.
func keyID(key *rsa.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	text := strings.TrimRight(base32.StdEncoding.EncodeToString(sum[:30]), "=")
	var groups []string
	for ; len(text) > 0; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, ":"), nil
}

// sign makes the token of a registry client.
func sign(path, issuer, user string, r *http.Request, granted []access) (string, error) {
	key, err := signingKey(path)
	if err != nil {
		return "", err
	}
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: issuer, Subject: user, ID: random(),
			IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now.Add(-time.Minute)),
			ExpiresAt: jwt.NewNumericDate(now.Add(30 * time.Minute)),
		},
		Service: r.URL.Query().Get("service"), Access: granted,
	})
	if token.Header["kid"], err = keyID(&key.PublicKey); err != nil {
		return "", err
	}
	return token.SignedString(key)
}

// wishes reads the scopes of a token request.
func wishes(r *http.Request) []access {
	var list []access
	for _, scope := range strings.Fields(strings.Join(r.URL.Query()["scope"], " ")) {
		kind, rest, _ := strings.Cut(scope, ":")
		if at := strings.LastIndex(rest, ":"); at >= 0 {
			list = append(list, access{Type: kind, Name: rest[:at], Actions: strings.Split(rest[at+1:], ",")})
		}
	}
	return list
}

func (c *core) token(w http.ResponseWriter, r *http.Request) {
	user := c.who(r)
	if _, _, given := r.BasicAuth(); given && user == "" {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "invalid user name or password")
		return
	}
	var granted []access
	for _, wish := range wishes(r) {
		if user == "" {
			wish.Actions = c.open(wish.Name, wish.Actions)
		}
		granted = append(granted, wish)
	}
	text, err := sign("/etc/core/private_key.pem", "harbor-token-issuer", user, r, granted)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]any{"token": text, "access_token": text, "expires_in": 1800})
}

// bearer returns what the token of a request allows; core checks tokens by the
// public half of its own key.
func bearer(r *http.Request) []access {
	text, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !found {
		return nil
	}
	var held claims
	_, err := jwt.ParseWithClaims(text, &held, func(*jwt.Token) (any, error) {
		key, err := signingKey("/etc/core/private_key.pem")
		if err != nil {
			return nil, err
		}
		return &key.PublicKey, nil
	})
	if err != nil {
		log.Printf("parse token: %v", err)
		return nil
	}
	return append([]access{}, held.Access...)
}
