package vault

import (
	"errors"
	"strings"
	"testing"

	"filippo.io/age"

	"hagen/internal/diag"
	"hagen/internal/secret"
)

// FuzzNodeBefore reads what may be no file of the nodes: what is kept of it was
// in it, and is kept for a name that the index knows.
func FuzzNodeBefore(f *testing.F) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	file, err := sealNode(map[string]string{"a": "1", "b": "two\nlines\n"}, nil, []age.Recipient{identity.Recipient()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("secret a"))
	f.Add([]byte("secret a\nsecret a\nsecret \n\nsecret b\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := secret.Made{SHA256: secret.Digest(data), Recipients: []string{"r"}, Holds: map[string]string{"a": "f1", "b": "f2"}}
		now := secret.Made{Recipients: []string{"r"}, Holds: map[string]string{"a": "f1", "b": "changed"}}
		for name, body := range nodeBefore(data, before, now) {
			if name != "a" {
				t.Errorf("%q is kept", name)
			}
			if !strings.Contains(string(data)+"\n", body[:len(body)-1]) {
				t.Errorf("%q is not in the file", body)
			}
		}
		before.Recipients = []string{"another"}
		if kept := nodeBefore(data, before, now); len(kept) > 0 {
			t.Errorf("kept for other readers: %q", kept)
		}
	})
}

// FuzzDocumentReaders reads what may be no document of SOPS; what is refused
// is refused with a fix.
func FuzzDocumentReaders(f *testing.F) {
	f.Add([]byte("a: ENC[]\nsops:\n  age:\n  - recipient: age1x\n  mac: m\n  lastmodified: now\n"))
	f.Add([]byte("sops: &a {age: [*a], mac: *a}\n"))
	f.Add([]byte("sops:\n  mac: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := documentReaders(data)
		var d diag.Diagnostic
		if err != nil && (!errors.As(err, &d) || d.Fix == "") {
			t.Errorf("%v", err)
		}
	})
}

// FuzzParseRecipient reads what may be no key: nothing of a private one is
// repeated.
func FuzzParseRecipient(f *testing.F) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(identity.String())
	f.Add(identity.Recipient().String())
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA")
	f.Add(" age1")
	f.Fuzz(func(t *testing.T, key string) {
		recipient, err := ParseRecipient(key)
		if (err == nil) == (recipient == nil) {
			t.Fatalf("%q: %v, %v", key, recipient, err)
		}
		if err != nil && strings.HasPrefix(key, "AGE-SECRET-KEY-") && len(key) > 30 && strings.Contains(err.Error(), key[15:30]) {
			t.Errorf("the error repeats a private key: %v", err)
		}
	})
}
