package diff

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"sync"

	"hagen/internal/diag"
)

// Hidden stands for a value that must not be shown. Two are equal if the
// values are; nothing of the value can be had from it.
type Hidden struct {
	// Shown is what may be seen of the value, such as a masked address.
	Shown string `json:"hidden"`
	// Print is the value's fingerprint, if somebody keyed one.
	Print string `json:"fingerprint,omitempty"`
	sum   [sha256.Size]byte
	// sealed tells that sum is of ciphertext, which changes without the value.
	sealed bool
}

// mark is what stands in place of a value of which nothing may be seen.
const mark = "***"

func hide(value string) Hidden { return Hidden{Shown: mark, sum: sha256.Sum256([]byte(value))} }

func seal(ciphertext, print string) Hidden {
	h := hide(ciphertext)
	h.Shown, h.Print, h.sealed = "encrypted", print, true
	return h
}

// same tells whether two hidden values are one: by their fingerprints, which
// outlive a new encryption, else by what is there.
func (h Hidden) same(other Hidden) bool {
	if h.Print != "" && other.Print != "" {
		return h.Print == other.Print
	}
	return h.sum == other.sum
}

// telltale are the ends of names whose values are secret, without what parts
// their words.
var telltale = [...]string{
	"pass", "passwd", "password", "pwd", "passphrase", "secret", "token", "credential", "credentials",
	"privatekey", "apikey", "accesskey", "secretkey", "encryptionkey", "csrfkey", "accountkey",
}

// tells tells whether a value of that name is secret.
func tells(name string) bool {
	const longest = len("encryption_key")
	end := strings.ToLower(name[max(0, len(name)-longest):])
	switch {
	case end == "":
		return false
	case strings.HasSuffix(end, "key"):
		end = strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(end)
	}
	for _, word := range telltale {
		if strings.HasSuffix(end, word) {
			return true
		}
	}
	return false
}

// masked returns a text as it may be shown: itself, or Hidden.
func masked(name, text string) any {
	if text == "" {
		return text
	}
	if tells(name) || strings.Contains(text, "PRIVATE KEY-----") || strings.Contains(text, "AGE-SECRET-KEY-") {
		return hide(text)
	}
	if shown := diag.Mask(text); shown != text {
		h := hide(text)
		h.Shown = shown
		return h
	}
	return text
}

// assigned finds a secret name before a value in a line of any format.
var assigned = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([\s\-#]*["']?(?:export\s+)?)([A-Za-z0-9_.\- ]+?)(["']?\s*[:=]\s*)(\S.*)$`)
})

// maskedLine returns a line of a text as it may be shown.
func maskedLine(line string) any {
	if found := assigned().FindStringSubmatch(line); found != nil && tells(found[2]) {
		h := hide(line)
		h.Shown = found[1] + found[2] + found[3] + mark
		return h
	}
	return masked("", line)
}
