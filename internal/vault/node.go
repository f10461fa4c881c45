package vault

import (
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
	"hagen/internal/secret"
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

// section opens the part of one material in the file of the nodes.
const section = "secret "

// sealNode encrypts each value by itself, in ASCII armour behind a line with
// its name, so that a change of one leaves the others as they are. Kept holds
// the sections that stay.
func sealNode(values, kept map[string]string, recipients []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(values)) {
		body, ok := kept[name]
		if !ok {
			var err error
			if body, err = sealValue(values[name], recipients); err != nil {
				return nil, fmt.Errorf("encrypt %s: %w", name, err)
			}
		}
		out.WriteString(section + name + "\n" + body)
	}
	return out.Bytes(), nil
}

func sealValue(value string, recipients []age.Recipient) (string, error) {
	var out bytes.Buffer
	shell := armor.NewWriter(&out)
	encrypted, err := age.Encrypt(shell, recipients...)
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(encrypted, value)
	err = errors.Join(err, encrypted.Close(), shell.Close())
	return out.String(), err
}

// nodeBefore returns the sections of a file whose values are still those that
// it must hold, for the same readers.
func nodeBefore(file []byte, before, now secret.Made) map[string]string {
	kept := map[string]string{}
	if before.SHA256 != secret.Digest(file) || !slices.Equal(before.Recipients, now.Recipients) {
		return kept
	}
	for _, part := range strings.Split("\n"+string(file), "\n"+section)[1:] {
		name, body, _ := strings.Cut(part, "\n")
		if held, ok := now.Holds[name]; ok && before.Holds[name] == held {
			kept[name] = strings.TrimSuffix(body, "\n") + "\n"
		}
	}
	return kept
}
