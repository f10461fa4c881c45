package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// needle is a text that must be nowhere, and what it is a form of.
type needle struct{ text, name string }

// needles returns the forms that a value could leak in: as it is, or its
// longest line if it has several, URL-escaped, and base64 or hexadecimal of it,
// by itself or within something longer.
func needles(name, value string) []needle {
	line := longestLine(value)
	forms := []string{
		line, url.QueryEscape(line), url.PathEscape(line),
		strings.ReplaceAll(url.QueryEscape(line), "+", "%20"), hex.EncodeToString([]byte(line)),
	}
	// What is encoded with something before it begins at another bit.
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString([]byte(strings.Repeat("x", before) + line))
			forms = append(forms, encoded[(before*8+5)/6:len(encoded)-1])
		}
	}
	var all []needle
	for _, form := range forms {
		all = append(all, needle{form, name})
	}
	return all
}

func longestLine(value string) string {
	longest := ""
	for _, line := range strings.Split(value, "\n") {
		if len(line) > len(longest) && !strings.HasPrefix(line, "-----") {
			longest = line
		}
	}
	return longest
}

// searchForLeaks looks for every value that the store ever held in everything
// that the run printed and wrote.
func (s *site) searchForLeaks() {
	s.t.Helper()
	if len(s.held) < 10 && !s.t.Failed() {
		s.t.Errorf("the store has held %d values: the search shows little", len(s.held))
	}
	wanted := []needle{{"AGE-SECRET-KEY-1", "a private key"}}
	for value, name := range s.held {
		wanted = append(wanted, needles(name, value)...)
	}
	found := searchText("what was printed", s.said.String(), wanted)
	for _, dir := range []string{s.dir, s.tmp} {
		found = append(found, searchFolder(dir, wanted)...)
	}
	for _, leak := range found {
		s.t.Error(leak)
	}
	s.keyIsClosed()
}

func searchText(where, text string, wanted []needle) []string {
	var found []string
	for _, n := range wanted {
		if strings.Contains(text, n.text) {
			found = append(found, where+" holds "+n.name)
		}
	}
	return found
}

func searchFolder(dir string, wanted []needle) []string {
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		found = append(found, searchText(path, string(data), wanted)...)
		return err
	})
	if err != nil {
		found = append(found, err.Error())
	}
	return found
}

// keyIsClosed wants the file of keys, which hagen made, to be its owner's
// alone.
func (s *site) keyIsClosed() {
	info, err := os.Stat(s.owner.file)
	if err != nil {
		s.t.Error(err)
	} else if info.Mode().Perm() != 0o600 {
		s.t.Errorf("the file of keys has the mode %v", info.Mode())
	}
}
