package material

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"time"

	"hagen/internal/secret"
)

// The types of PEM blocks.
const (
	pkcs1       = "RSA PRIVATE KEY"
	pkcs8       = "PRIVATE KEY"
	certificate = "CERTIFICATE"
)

// Lifetimes: of a certificate that nobody but Harbor's own programs sees, of
// a private authority, and of what it signs, within what browsers accept.
const (
	selfSignedLife = 10 * 365 * 24 * time.Hour
	authorityLife  = 10 * 365 * 24 * time.Hour
	serverLife     = 397 * 24 * time.Hour
)

// selfSigned makes the certificate of a token key: the registry believes what
// this pair signs.
func (k Maker) selfSigned(m secret.Material, key string) (string, error) {
	signer, err := parseKey(key)
	if err != nil {
		return "", err
	}
	template, err := k.template("harbor-token-issuer", selfSignedLife)
	if err != nil {
		return "", err
	}
	return k.sign(template, template, signer.Public(), signer)
}

// Authority adds a private certificate authority to values that hold none.
func (k Maker) Authority(name string, values Values) error {
	if values[secret.AuthorityKey] != "" {
		return nil
	}
	key, text, err := k.ecKey()
	if err != nil {
		return err
	}
	template, err := k.template("private authority of "+name, authorityLife)
	if err != nil {
		return err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	cert, err := k.sign(template, template, key.Public(), key)
	if err != nil {
		return err
	}
	values[secret.AuthorityCertificate], values[secret.AuthorityKey] = cert, text
	return nil
}

// Server makes a key and a certificate of host that the authority in values
// signs, followed by the authority's own.
func (k Maker) Server(host string, values Values) (chain, key string, err error) {
	root, err := parseKey(values[secret.AuthorityKey])
	if err != nil {
		return "", "", err
	}
	issuers, err := parseChain(values[secret.AuthorityCertificate])
	if err != nil {
		return "", "", err
	}
	template, err := k.template(host, serverLife)
	if err != nil {
		return "", "", err
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	server, key, err := k.ecKey()
	if err != nil {
		return "", "", err
	}
	own, err := k.sign(template, issuers[0], server.Public(), root)
	return own + values[secret.AuthorityCertificate], key, err
}

func (k Maker) ecKey() (crypto.Signer, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), k.Random)
	if err != nil {
		return nil, "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return key, string(pem.EncodeToMemory(&pem.Block{Type: pkcs8, Bytes: der})), err
}

func (k Maker) template(name string, life time.Duration) (*x509.Certificate, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(k.Random, serial); err != nil {
		return nil, err
	}
	serial[0] &= 0x7f // positive
	now := k.Now().UTC()
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour), // for clocks that run behind
		NotAfter:     now.Add(life),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, nil
}

func (k Maker) sign(template, issuer *x509.Certificate, public crypto.PublicKey, signer crypto.Signer) (string, error) {
	der, err := x509.CreateCertificate(k.Random, template, issuer, public, signer)
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: certificate, Bytes: der})), nil
}

var errNoKey = errors.New("it is not a private key in PEM")

// parseKey reads a private key of any usual form.
func parseKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errNoKey
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if signer, ok := key.(crypto.Signer); ok && err == nil {
		return signer, nil
	}
	return nil, errNoKey
}

var errNoCertificate = errors.New("it is not a certificate in PEM")

// parseChain reads certificates, the first of which is the server's own.
func parseChain(text string) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	rest := []byte(text)
	for len(strings.TrimSpace(string(rest))) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != certificate {
			return nil, errNoCertificate
		}
		parsed, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errNoCertificate
		}
		chain = append(chain, parsed)
	}
	if len(chain) == 0 {
		return nil, errNoCertificate
	}
	return chain, nil
}

// belongs tells whether a certificate is that of a key.
func belongs(cert, key string) bool {
	chain, err := parseChain(cert)
	if err != nil {
		return false
	}
	signer, err := parseKey(key)
	if err != nil {
		return false
	}
	public, ok := chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(signer.Public())
}

// Expires returns the end of the first certificate in a value, if it holds
// one.
func Expires(value string) (time.Time, bool) {
	chain, err := parseChain(value)
	if err != nil {
		return time.Time{}, false
	}
	return chain[0].NotAfter.UTC(), true
}
