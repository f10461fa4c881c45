package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// KeyFile is where SOPS looks for keys of age.
func KeyFile() (string, error) {
	if named := os.Getenv("SOPS_AGE_KEY_FILE"); named != "" {
		return named, nil
	}
	config, err := os.UserConfigDir()
	return filepath.Join(config, "sops", "age", "keys.txt"), err
}

// Key returns the public keys of a file of age keys. A file that is not there
// yet is made, for its owner alone, with one new key.
func Key(path string) (recipients []string, made bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		recipient, err := newKey(path)
		return []string{recipient}, true, err
	}
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	identities, err := age.ParseIdentities(f)
	if err != nil {
		// The library's words quote the line, and the line is a key.
		return nil, false, fmt.Errorf("%s is not a file of age keys", path)
	}
	for _, identity := range identities {
		if own, ok := identity.(*age.X25519Identity); ok {
			recipients = append(recipients, own.Recipient().String())
		}
	}
	return recipients, false, nil
}

func newKey(path string) (string, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	recipient := identity.Recipient().String()
	_, err = fmt.Fprintf(f, "# public key: %s\n%s\n", recipient, identity)
	return recipient, errors.Join(err, f.Sync(), f.Close())
}
