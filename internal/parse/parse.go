// Package parse reads configuration in its own format: the name and the text
// of a file go in, plain maps, lists and scalars come out, in which neither
// order nor layout is left where they mean nothing. What no format fits is a
// list of lines. It promises not to lose what changes the meaning.
package parse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// The formats by which a Document may have been read. Those that are not
// listed are configuration, with maps in them.
const (
	Text   = "text"
	Binary = "binary"
	Large  = "large"
)

// maxText is what is read as configuration; more is compared by its digest.
const maxText = 1 << 20

// Document is a text as it was understood.
type Document struct {
	Format string
	Value  any
}

// Lines tells whether no format fitted, so that the value is a list of lines.
func (d Document) Lines() bool { return d.Format == Text }

type reader struct {
	format string
	read   func(text string) (any, error)
}

// Read reads a text by the format that its name says, else by the first that
// fits what it looks like.
func Read(name, text string) Document {
	switch {
	case len(text) > maxText:
		return Document{Large, digest(text)}
	case strings.ContainsRune(text, 0) || !utf8.ValidString(text):
		return Document{Binary, digest(text)}
	}
	for _, r := range readers(name, text) {
		if value, err := r.read(text); err == nil {
			return Document{r.format, value}
		}
	}
	return AsLines(text)
}

// AsLines reads a text as lines, whatever it is.
func AsLines(text string) Document {
	lines := strings.Split(text, "\n")
	value := make([]any, len(lines))
	for i, line := range lines {
		value[i] = line
	}
	return Document{Text, value}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%d bytes, sha256 %s", len(text), hex.EncodeToString(sum[:8]))
}

// readers lists what to try, the likeliest first.
func readers(name, text string) []reader {
	if r, ok := byName(path.Base(name)); ok {
		return r
	}
	return byLook(text)
}

func byName(name string) ([]reader, bool) {
	ending := path.Ext(name)
	switch {
	case ending == ".md" || ending == ".sh" || ending == ".age":
		return nil, true
	case ending == ".yaml" || ending == ".yml":
		return []reader{{"yaml", yamlText}}, true
	case ending == ".json":
		return []reader{{"json", jsonText}}, true
	case ending == ".toml":
		return []reader{{"toml", tomlText}}, true
	case name == "nginx.conf" || ending == ".nginx":
		return []reader{{"nginx", nginxText}}, true
	case ending == ".cfg": // of HAProxy, whose order counts
		return nil, true
	case ending == ".ini":
		return []reader{{"ini", iniText}}, true
	case ending == ".env" || name == "env":
		return []reader{{"env", envText}}, true
	case ending == ".crt" || ending == ".pem":
		return []reader{{"pem", pemText}}, true
	case name == "fstab":
		return []reader{{"fstab", fstabText}}, true
	case name == SecretsList:
		return []reader{{"secrets", secretsList}}, true
	case units[ending]:
		return []reader{{"unit", unitText}}, true
	}
	return nil, false
}

var units = map[string]bool{
	".service": true, ".mount": true, ".socket": true, ".target": true, ".timer": true, ".automount": true, ".path": true,
}

// byLook guesses the format of a text whose name says nothing.
func byLook(text string) []reader {
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "" || !strings.Contains(trimmed, "\n"):
		return nil
	case strings.HasPrefix(trimmed, "{"):
		return []reader{{"json", jsonText}}
	case strings.Contains(trimmed, "-----BEGIN "):
		return []reader{{"pem", pemText}}
	case strings.Contains(trimmed, "{\n") && strings.Contains(trimmed, ";"):
		return []reader{{"nginx", nginxText}}
	case strings.HasPrefix(trimmed, "[") || strings.Contains(trimmed, "\n["):
		return []reader{{"ini", iniText}}
	}
	return []reader{{"env", envText}, {"yaml", yamlMap}}
}
