package secrets

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// A holder is somebody with a pair of keys.
type holder struct {
	name, public, file string
	ssh                bool
}

// newKey makes a pair of keys of age, as hagen's users do.
func (s *site) newKey(name string) holder {
	s.t.Helper()
	h := holder{name: name, file: filepath.Join(s.given, name+".agekey")}
	h.public = strings.TrimSpace(s.must("secrets", "key", "--file", h.file))
	return h
}

// newSSH makes a pair of keys of SSH, as ssh-keygen writes them.
func (s *site) newSSH(name, kind string) holder {
	s.t.Helper()
	var key any
	var err error
	if kind == "ed25519" {
		_, key, err = ed25519.GenerateKey(rand.Reader)
	} else {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, name)
	if err != nil {
		s.t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	h := holder{name: name, ssh: true, file: filepath.Join(s.given, "id_"+name)}
	writeFile(s.t, h.file, string(pem.EncodeToMemory(block)))
	h.public = strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))) + " " + name + "@example.com"
	return h
}

// environment lets SOPS find the key of one holder and no other.
func (h holder) environment(home string) []string {
	variable := "SOPS_AGE_KEY_FILE"
	if h.ssh {
		variable = "SOPS_AGE_SSH_PRIVATE_KEY_FILE"
	}
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), variable + "=" + h.file}
}

// opens decrypts a file with the real program sops; false if the key does not
// fit.
func (s *site) opens(h holder, file string) (map[string]any, bool) {
	s.t.Helper()
	cmd := exec.Command(s.sops, "decrypt", "--output-type", "json", file)
	cmd.Env = h.environment(s.t.TempDir())
	o := execute(s.t, cmd)
	const noKey = 128
	if o.code == noKey {
		return nil, false
	}
	if o.code != 0 {
		s.t.Fatalf("sops decrypt %s as %s: exit code %d\n%s", file, h.name, o.code, o.err)
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(o.out), &object); err != nil {
		s.t.Fatal(err)
	}
	return object, true
}

// unlock decrypts with Debian's program age; false if the key does not fit.
func unlock(t *testing.T, h holder, ciphertext string) (string, bool) {
	t.Helper()
	cmd := exec.Command("age", "--decrypt", "--identity", h.file)
	cmd.Stdin = strings.NewReader(ciphertext)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err == nil {
		return out.String(), true
	}
	if !strings.Contains(problems.String(), "no identity matched") {
		t.Fatalf("age as %s: %s", h.name, problems.String())
	}
	return "", false
}

// sopsCommand prepares the real program with the owner's key.
func (s *site) sopsCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(s.sops, args...)
	cmd.Dir = s.dir
	cmd.Env = s.owner.environment(s.given)
	return cmd
}
