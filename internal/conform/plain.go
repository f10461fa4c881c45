package conform

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/coreos/go-systemd/v22/unit"
	"go.yaml.in/yaml/v3"
	"gopkg.in/ini.v1"

	"hagen/internal/diag"
)

func jsonText(text string) []diag.Diagnostic {
	decoder := json.NewDecoder(strings.NewReader(text))
	var value any
	err := decoder.Decode(&value)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("text behind the value")
		}
	}
	if err == nil {
		return nil
	}
	at := decoder.InputOffset()
	var wrong *json.SyntaxError
	if errors.As(err, &wrong) {
		at = wrong.Offset
	}
	line := 1 + strings.Count(text[:min(int(at), len(text))], "\n")
	return wrongText("JSON", fmt.Sprintf("line %d: %v", line, err), "the program that reads it does not start")
}

// yamlText reads every document; the library refuses keys that stand twice.
func yamlText(text string) []diag.Diagnostic {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			message := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n ", "")
			return wrongText("YAML", message, "the program that reads it does not start")
		}
	}
}

// sections are those that systemd knows for the units that hagen may write.
var sections = []string{"Unit", "Install", "Service", "Mount", "Automount", "Socket", "Timer", "Path", "Slice", "Target"}

func unitText(text string) []diag.Diagnostic {
	const reason = "systemd does not start what it describes"
	options, err := unit.Deserialize(strings.NewReader(shortLines(text)))
	if err != nil {
		return wrongText("unit", err.Error(), reason)
	}
	var found []diag.Diagnostic
	seen := map[string]bool{}
	for _, option := range options {
		if section := option.Section; !seen[section] && !slices.Contains(sections, section) && !strings.HasPrefix(section, "X-") {
			found = append(found, wrongText("unit", "there is no section "+section, reason)...)
		}
		seen[option.Section] = true
	}
	return found
}

// shortLines cuts what the parser takes for too long: systemd itself reads lines
// of up to 1 MiB (LONG_LINE_MAX).
func shortLines(text string) string {
	if len(text) <= unit.SYSTEMD_LINE_MAX {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if len(line) > unit.SYSTEMD_LINE_MAX {
			line = strings.TrimRight(line[:unit.SYSTEMD_LINE_MAX-1], `\`) + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// fstabText wants what mount(8) wants: four to six fields, two of them numbers.
func fstabText(text string) []diag.Diagnostic {
	var found []diag.Diagnostic
	line := 0
	for entry := range strings.SplitSeq(text, "\n") {
		line++
		fields := strings.Fields(entry)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) < 4 || len(fields) > 6 {
			found = append(found, wrongText("fstab", fmt.Sprintf("line %d has %d fields", line, len(fields)),
				"mount ignores the line, and the file system is not there after a restart")...)
		}
	}
	return found
}

func envText(text string) []diag.Diagnostic {
	if _, err := dotenv.Parse(strings.NewReader(text)); err != nil {
		return wrongText("file of variables", withoutText(err), "Compose refuses the file, and nothing starts")
	}
	return nil
}

func iniText(text string) []diag.Diagnostic {
	if _, err := ini.Load([]byte(text)); err != nil {
		return wrongText("INI", withoutText(err), "the program that reads it does not start")
	}
	return nil
}

// withoutText is an error without the text that it stumbled over, which may be
// secret.
func withoutText(err error) string {
	message := err.Error()
	if i := strings.IndexAny(message, "\"'`"); i >= 0 {
		message = message[:i]
	}
	message, _, _ = strings.Cut(message, " near")
	if before, _, ok := strings.Cut(message, "not found:"); ok {
		message = before + "not found"
	}
	return strings.TrimRight(message, ": \n")
}

// untrusted is what comes of a list of certificates that cannot be read.
const untrusted = "the program that trusts it does not start"

// certificates wants PEM blocks of certificates and nothing else: a key has no
// place in what is committed.
func certificates(text string) []diag.Diagnostic {
	rest := []byte(text)
	for count := 1; ; count++ {
		block, after := pem.Decode(rest)
		switch {
		case block == nil && bytes.Contains(rest, []byte("-----BEGIN")):
			return wrongCertificates(fmt.Sprintf("block %d cannot be read", count), untrusted, "copy the certificate anew, from BEGIN to END")
		case block == nil && count == 1:
			return noCertificates(text)
		case block == nil:
			return nil
		case block.Type != "CERTIFICATE":
			return wrongCertificates(fmt.Sprintf("block %d is a %s", count, block.Type), "what is rendered is committed, and a key must not be",
				"leave the certificates of the authority in it, and nothing else")
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return wrongCertificates(fmt.Sprintf("block %d cannot be read", count), untrusted, "copy the certificate anew, from BEGIN to END")
		}
		rest = after
	}
}

// noCertificates tells what there is in place of PEM.
func noCertificates(text string) []diag.Diagnostic {
	if _, err := x509.ParseCertificate([]byte(text)); err == nil {
		return wrongCertificates("it is in DER, not in PEM", untrusted, "convert it: openssl x509 -inform der -in FILE -out FILE.pem")
	}
	return wrongCertificates("no PEM block in it", untrusted, "put the certificate of the authority there, from -----BEGIN CERTIFICATE----- on")
}

func wrongCertificates(message, reason, fix string) []diag.Diagnostic {
	found := wrongText("list of certificates", message, reason)
	found[0].Fix = fix
	return found
}
