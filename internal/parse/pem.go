package parse

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"time"
)

// pemText reads certificates as what people compare. Of a private key there is
// nothing but that it is one; that it changed is told by whoever compares the
// texts.
func pemText(text string) (any, error) {
	list := []any{}
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, errForm
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		list = append(list, certificateValue(certificate))
	}
	if len(list) == 0 || strings.TrimSpace(string(rest)) != "" {
		return nil, errForm
	}
	return map[string]any{"certificates": list}, nil
}

func certificateValue(c *x509.Certificate) map[string]any {
	sum := sha256.Sum256(c.Raw)
	return map[string]any{
		"subject": c.Subject.String(), "issuer": c.Issuer.String(), "fingerprint": hex.EncodeToString(sum[:]),
		"not before": c.NotBefore.UTC().Format(time.RFC3339), "not after": c.NotAfter.UTC().Format(time.RFC3339),
		"names": texts(c.DNSNames),
	}
}
