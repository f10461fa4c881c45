// Package vault keeps the values of secrets encrypted beside the spec: a
// folder and what the spec needs go in, values come out to those who hold a
// key, and changed values go back as files in which everything unchanged
// keeps its bytes.
//
// Nothing here invents cryptography: SOPS's own program encrypts the store
// and the cluster's Secrets, age's library the file of the nodes, and
// sealed-secrets' package what its controller opens. Values travel through
// pipes; a file never holds one in the clear.
package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"hagen/internal/diag"
)

// SOPS runs the program of that name.
type SOPS struct {
	// Program is its path.
	Program string
}

// FindSOPS finds the program: the one that HAGEN_SOPS names, the one that
// lies beside hagen, or the first on the path.
func FindSOPS() (SOPS, error) {
	if named := os.Getenv("HAGEN_SOPS"); named != "" {
		return SOPS{Program: named}, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "sops")
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return SOPS{Program: beside}, nil
		}
	}
	if found, err := exec.LookPath("sops"); err == nil {
		return SOPS{Program: found}, nil
	}
	return SOPS{}, diag.Diagnostic{
		Message: "the program sops is not installed",
		Reason:  "it encrypts and decrypts the secrets; a build needs it not",
		Fix:     "make sops builds it beside hagen; or install release 3.10 or later from getsops/sops and have it on the PATH",
	}
}

// The exit codes of SOPS that mean something to a user.
const (
	exitTree = 25  // a value could not be decrypted
	exitMAC  = 51  // the file is not what was encrypted
	exitKey  = 128 // no key fits
)

// run runs the program; in goes to its standard input. Its own configuration
// is never read: a rule for other files must not decide over these.
func (s SOPS) run(config string, in []byte, args ...string) ([]byte, error) {
	cmd := exec.Command(s.Program, append([]string{"--config", config}, args...)...)
	cmd.Stdin = bytes.NewReader(in)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	if err == nil {
		return out.Bytes(), nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return nil, diag.Diagnostic{
			Message: "the program " + s.Program + " cannot be run", Fix: "install sops 3.10 or later",
		}
	}
	return nil, explain(exit.ExitCode(), problems.String())
}

// explain says what an exit of SOPS means. Its own words hold no value: it
// names keys, files and recipients.
func explain(code int, words string) error {
	switch code {
	case exitKey:
		return diag.Diagnostic{
			Message: "no key here opens the secrets",
			Reason:  "they are encrypted for other recipients than the keys that were found: " + strings.Join(tried(words), ", "),
			Fix:     "name your key with SOPS_AGE_KEY_FILE or SOPS_AGE_SSH_PRIVATE_KEY_FILE, or ask somebody who can read them to add your public key to secrets.recipients",
		}
	case exitMAC, exitTree:
		return damaged("the file was changed by hand or damaged: its values do not fit their checksum",
			"somebody may have put in a value without having the key")
	}
	return fmt.Errorf("sops: %s", firstLine(words))
}

// tried lists the places where SOPS looked for keys.
func tried(words string) []string {
	places := []string{}
	for _, name := range []string{"SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "SOPS_AGE_SSH_PRIVATE_KEY_FILE"} {
		if os.Getenv(name) != "" {
			places = append(places, name)
		}
	}
	if len(places) == 0 {
		places = append(places, "the default files of sops and ssh")
	}
	return places
}

func firstLine(words string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	if line == "" {
		return "it failed without a word"
	}
	return strings.TrimSuffix(line, ".")
}

// none is a configuration without rules.
const none = os.DevNull

// Encrypt encrypts a YAML document for recipients. Only what lies below the
// named top-level keys is encrypted, and the checksum is over that alone, so
// that labels can change without a key.
func (s SOPS) Encrypt(document []byte, keys, recipients []string) ([]byte, error) {
	var out []byte
	err := withRules(rule{
		Age: strings.Join(recipients, ","), EncryptedRegex: "^(" + strings.Join(keys, "|") + ")$", MACOnlyEncrypted: true,
	}, func(_, config string) (err error) {
		out, err = s.run(config, document, "encrypt", "--filename-override", "secrets.yaml",
			"--input-type", "yaml", "--output-type", "yaml")
		return err
	})
	return out, err
}

// Decrypt decrypts a document into out, as JSON is decoded.
func (s SOPS) Decrypt(document []byte, out any) error {
	if _, err := readMetadata(document); err != nil {
		return err
	}
	text, err := s.run(none, document, "decrypt", "--filename-override", "secrets.yaml",
		"--input-type", "yaml", "--output-type", "json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, out); err != nil {
		return errors.New("the decrypted file is not what hagen wrote")
	}
	return nil
}

// Set replaces one top-level branch. Values that stay keep their ciphertext.
func (s SOPS) Set(document []byte, branch string, value any) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return inPlace(document, rule{}, func(path, _ string) error {
		_, err := s.run(none, data, "set", "--value-stdin", "--input-type", "yaml", "--output-type", "yaml", path, `["`+branch+`"]`)
		return err
	})
}

// Share changes who can read a document. Who is only added gets the key that
// there is, and all values keep their ciphertext; once somebody is removed,
// everything is encrypted with a new key, which that reader never had.
func (s SOPS) Share(document []byte, recipients []string, removed bool) ([]byte, error) {
	return inPlace(document, rule{Age: strings.Join(recipients, ",")}, func(path, config string) error {
		if _, err := s.run(config, nil, "updatekeys", "--yes", path); err != nil || !removed {
			return err
		}
		_, err := s.run(none, nil, "rotate", "--in-place", path)
		return err
	})
}

// rule is a rule of SOPS's configuration.
type rule struct {
	Age              string `yaml:"age"`
	EncryptedRegex   string `yaml:"encrypted_regex,omitempty"`
	MACOnlyEncrypted bool   `yaml:"mac_only_encrypted,omitempty"`
}

// withRules hands on a configuration of one rule, and a folder for files that
// hold only what is encrypted.
func withRules(r rule, work func(dir, config string) error) error {
	dir, err := os.MkdirTemp("", "hagen-sops-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, err := yaml.Marshal(map[string]any{"creation_rules": []rule{r}})
	if err != nil {
		return err
	}
	config := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(config, data, 0o600); err != nil {
		return err
	}
	return work(dir, config)
}

// inPlace lets the program change a file.
func inPlace(document []byte, r rule, change func(path, config string) error) ([]byte, error) {
	err := withRules(r, func(dir, config string) error {
		path := filepath.Join(dir, "secrets.yaml")
		if err := os.WriteFile(path, document, 0o600); err != nil {
			return err
		}
		if err := change(path, config); err != nil {
			return err
		}
		var err error
		document, err = os.ReadFile(path)
		return err
	})
	return document, err
}
