package accept

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// checkYAML wants one mapping without duplicate keys: all that can be said of a file
// that a user's own component reads.
func checkYAML(file File) error {
	return yaml.UnmarshalStrict(file.Data, &map[string]any{})
}

// checkJSON wants one JSON value, without duplicate keys and without a second value.
func checkJSON(file File) error {
	decoder := json.NewDecoder(bytes.NewReader(file.Data))
	if err := uniqueKeys(decoder); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("text after the JSON value")
	}
	return nil
}

// uniqueKeys reads one value, which encoding/json alone would let set a key twice.
func uniqueKeys(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delim == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			name := key.(string)
			if seen[name] {
				return fmt.Errorf("key %q is set twice", name)
			}
			seen[name] = true
		}
		if err := uniqueKeys(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token() // the closing bracket
	return err
}

// checkShell has the shell that the first line names parse the script.
func checkShell(file File) error {
	first, _, _ := strings.Cut(string(file.Data), "\n")
	if !strings.HasPrefix(first, "#!") {
		return errors.New("the first line names no interpreter")
	}
	shell := "sh"
	if strings.Contains(first, "bash") {
		shell = "bash"
	}
	path, remove, err := stage("script.sh", file.Data)
	if err != nil {
		return err
	}
	defer remove()
	if _, _, err = command("", nil, shell, "-n", path); err != nil {
		return fmt.Errorf("shell: %w", err)
	}
	return nil
}

// checkScript has the shell parse a whole script, and shellcheck read it.
func checkScript(file File) error {
	if err := checkShell(file); err != nil {
		return err
	}
	path, remove, err := lies(file)
	if err != nil {
		return err
	}
	defer remove()
	stdout, _, err := command(filepath.Dir(path), nil, "shellcheck", "--external-sources", "--format=gcc", path)
	if err != nil {
		return fmt.Errorf("shellcheck: %w\n%s", err, stdout)
	}
	return nil
}

// lies is where a script lies beside those that it reads; one inside of a manifest
// is written out.
func lies(file File) (path string, remove func(), err error) {
	if strings.Contains(file.Path, "!") {
		return stage(file.Base(), file.Data)
	}
	path, err = filepath.Abs(filepath.Join(file.Dir(), file.Base()))
	return path, func() {}, err
}

// checkCertificates wants nothing but X.509 certificates: a key has no place in Git.
func checkCertificates(file File) error {
	rest, count := file.Data, 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return fmt.Errorf("PEM block %d is %q, want a certificate", count+1, block.Type)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return fmt.Errorf("certificate %d: %w", count+1, err)
		}
		count++
	}
	if count == 0 {
		return errors.New("no certificate in it")
	}
	return nil
}

// checkMarkdown wants text with a title, every code fence closed, and commands and JSON
// in fences to be what they say: operators paste them.
func checkMarkdown(file File) error {
	if !bytes.HasPrefix(file.Data, []byte("# ")) {
		return errors.New("no title on the first line (\"# …\")")
	}
	var block *fence
	for i, line := range strings.Split(string(file.Data), "\n") {
		mark, language := fenceOf(line)
		switch {
		case block == nil && mark != "":
			block = &fence{mark: mark, language: language, line: i + 1}
		case block != nil && strings.HasPrefix(mark, block.mark) && language == "":
			if err := block.check(); err != nil {
				return fmt.Errorf("code of line %d: %w", block.line, err)
			}
			block = nil
		case block != nil:
			block.text += line + "\n"
		}
	}
	if block != nil {
		return fmt.Errorf("the code fence of line %d is never closed", block.line)
	}
	return nil
}

// fence is a block of code in a text.
type fence struct {
	mark, language, text string
	line                 int
}

// check has the block parsed by what its language says.
func (f fence) check() error {
	file := File{Path: "block", Data: []byte(f.text)}
	switch f.language {
	case "sh", "bash":
		file.Data = []byte("#!/bin/" + f.language + "\n" + f.text)
		return checkShell(file)
	case "json":
		return checkJSON(file)
	case "yaml":
		return checkYAML(file)
	}
	return nil
}

// fenceOf returns the run of backticks or tildes that opens or closes a code block,
// and the language behind it.
func fenceOf(line string) (mark, language string) {
	line = strings.TrimLeft(line, " >")
	for _, character := range []string{"`", "~"} {
		language := strings.TrimLeft(line, character)
		if mark := line[:len(line)-len(language)]; len(mark) >= 3 {
			return mark, strings.TrimSpace(language)
		}
	}
	return "", ""
}
