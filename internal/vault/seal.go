package vault

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"time"

	sealing "github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/secret"
)

// controllerKey reads the public key of the sealed-secrets controller's
// certificate. One that has run out is refused: the controller has another by
// then.
func controllerKey(text string, now time.Time) (*rsa.PublicKey, error) {
	wrong := diag.Diagnostic{
		Path:    []any{"secrets", "certificate"},
		Message: "this is not the certificate of a sealed-secrets controller",
		Reason:  "what is sealed with it could not be opened in the cluster",
		Fix:     "fetch it: kubeseal --fetch-cert > sealed-secrets.pem",
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, wrong
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, wrong
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, wrong
	}
	if now.After(cert.NotAfter) {
		wrong.Message = "the certificate of the sealed-secrets controller ran out on " + cert.NotAfter.UTC().Format(time.DateOnly)
		return nil, wrong
	}
	return key, nil
}

// seal seals the values of one Secret for its namespace and name. Kept holds
// the ciphertexts that stay.
func seal(s secret.Secret, data, kept map[string]string, key *rsa.PublicKey) ([]byte, error) {
	label := []byte(s.Namespace + "/" + s.Name)
	encrypted := map[string]string{}
	for name, value := range data {
		if kept[name] != "" {
			encrypted[name] = kept[name]
			continue
		}
		sealed, err := sealing.HybridEncrypt(rand.Reader, key, []byte(value), label)
		if err != nil {
			return nil, fmt.Errorf("seal %s: %w", s.Name, err)
		}
		encrypted[name] = base64.StdEncoding.EncodeToString(sealed)
	}
	return artifact.EncodeYAML(s.SealedObject(encrypted))
}

// sealedBefore returns the ciphertexts of a file whose values are still those
// that it must hold.
func sealedBefore(file []byte, before, now secret.Made) map[string]string {
	kept := map[string]string{}
	if before.Sealed == "" || before.Sealed != now.Sealed {
		return kept
	}
	var object struct {
		Spec struct {
			EncryptedData map[string]string `yaml:"encryptedData"`
		} `yaml:"spec"`
	}
	if yaml.Unmarshal(file, &object) != nil {
		return kept
	}
	for name, print := range now.Holds {
		if before.Holds[name] == print {
			kept[name] = object.Spec.EncryptedData[name]
		}
	}
	return kept
}
