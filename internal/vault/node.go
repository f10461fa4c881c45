package vault

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"

	"hagen/internal/diag"
)

// ParseRecipient reads a public key of age or SSH.
func ParseRecipient(key string) (age.Recipient, error) {
	var recipient age.Recipient
	var err error
	switch {
	case strings.HasPrefix(key, "ssh-"):
		recipient, err = agessh.ParseRecipient(key)
	case strings.HasPrefix(key, "AGE-SECRET-KEY-"):
		return nil, diag.Diagnostic{
			Message: "a recipient is a private key",
			Reason:  "the spec is committed: everybody who reads it could decrypt all secrets",
			Fix:     "write its public key, which age-keygen -y prints; take this key for lost",
		}
	default:
		recipient, err = age.ParseX25519Recipient(key)
	}
	if err != nil {
		return nil, diag.Diagnostic{
			Message: fmt.Sprintf("%q is not a public key of age or SSH", shortened(key)),
			Reason:  "nothing can be encrypted for it",
			Fix:     "age1… as hagen secrets key prints it, ssh-ed25519 … or ssh-rsa …",
		}
	}
	return recipient, nil
}

// shortened keeps enough of a key to find it.
func shortened(key string) string {
	if len(key) > 20 {
		return key[:20] + "…"
	}
	return key
}

// recipients reads all keys; the problems of all come together.
func parseRecipients(keys []string) ([]age.Recipient, error) {
	var problems diag.List
	var all []age.Recipient
	for _, key := range keys {
		recipient, err := ParseRecipient(key)
		problems.Add(err)
		all = append(all, recipient)
	}
	return all, problems.ErrorOrNil()
}

// sealNode encrypts values as files of a tar, in ASCII armour, so that the
// age of any system and tar can open it.
func sealNode(values map[string]string, recipients []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	shell := armor.NewWriter(&out)
	encrypted, err := age.Encrypt(shell, recipients...)
	if err != nil {
		return nil, err
	}
	if err := writeTar(encrypted, values); err != nil {
		return nil, err
	}
	if err := errors.Join(encrypted.Close(), shell.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeTar(w io.Writer, values map[string]string) error {
	archive := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o400, Size: int64(len(value)), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.WriteString(archive, value); err != nil {
			return err
		}
	}
	return archive.Close()
}
