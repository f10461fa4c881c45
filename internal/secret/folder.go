package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hagen/internal/diag"
)

// Folder is a folder of secrets as it lies beside a spec, encrypted.
type Folder struct {
	Index Index
	// Files holds the bytes of the encrypted files that there are.
	Files map[string][]byte
	// Missing tells that nothing was made yet.
	Missing bool
}

// Read reads a folder through read, which takes slash-separated paths below
// it. A folder without an index is missing; of one whose index cannot be read
// the files come back too, with the error.
func Read(need Need, read func(path string) ([]byte, error)) (Folder, error) {
	folder := Folder{Files: map[string][]byte{}, Index: Index{Secrets: map[string]Entry{}, Files: map[string]Made{}}}
	damaged := folder.readIndex(read)
	for _, path := range need.Files() {
		data, err := read(path)
		if err == nil {
			folder.Files[path] = data
		} else if !errors.Is(err, fs.ErrNotExist) {
			return folder, err
		}
	}
	return folder, damaged
}

func (f *Folder) readIndex(read func(path string) ([]byte, error)) error {
	data, err := read(IndexFile)
	if errors.Is(err, fs.ErrNotExist) {
		f.Missing = true
		return nil
	}
	if err != nil {
		return err
	}
	index, err := DecodeIndex(data)
	if err != nil {
		return fmt.Errorf("%s: %w", IndexFile, err)
	}
	f.Index = index
	return nil
}

// The commands that set things right, as the user types them after the name
// of the command.
const (
	makeCommand  = "secrets init"
	pruneCommand = "secrets init --prune"
)

// Problems compares what there is with what is needed and lists what a build
// must refuse. Command turns the words of a command into what the user types.
func (f Folder) Problems(need Need, command func(string) string) []diag.Diagnostic {
	if f.Missing {
		return []diag.Diagnostic{{
			Message: fmt.Sprintf("there are no secrets yet; %d are needed", len(need.Materials)),
			Reason:  "nothing could start: passwords and keys are made once, encrypted, and shared by all instances",
			Fix:     "make them with: " + command(makeCommand),
		}}
	}
	var found []diag.Diagnostic
	add := func(fix, message, reason string) {
		found = append(found, diag.Diagnostic{Message: message, Reason: reason, Fix: "run: " + command(fix)})
	}
	if names := f.missing(need); len(names) > 0 {
		add(makeCommand, "missing: "+strings.Join(names, ", "), "what reads them could not start")
	}
	if names := f.leftOver(need); len(names) > 0 {
		add(pruneCommand, "no longer needed: "+strings.Join(names, ", "), "a value that nobody watches is one that leaks unseen")
	}
	if names := f.composedOtherwise(need); len(names) > 0 {
		add(makeCommand, "made for an address that has changed since: "+strings.Join(names, ", "),
			"the components would go on using the old one")
	}
	if len(found) > 0 {
		return found
	}
	for _, path := range need.Files() {
		if message, reason := f.stale(need, path); message != "" {
			add(makeCommand, path+" "+message, reason)
		}
	}
	return found
}

func (f Folder) missing(need Need) []string {
	var names []string
	for _, name := range need.Names() {
		if _, ok := f.Index.Secrets[name]; !ok {
			names = append(names, name)
		}
	}
	return names
}

func (f Folder) leftOver(need Need) []string {
	return need.LeftOver(slices.Collect(maps.Keys(f.Index.Secrets)))
}

// LeftOver lists the names that nothing needs, sorted. A private authority is
// never left over.
func (n Need) LeftOver(names []string) []string {
	var left []string
	for _, name := range names {
		if _, ok := n.Material(name); !ok && name != AuthorityCertificate && name != AuthorityKey {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	return left
}

func (f Folder) composedOtherwise(need Need) []string {
	var names []string
	for _, name := range need.Names() {
		m, _ := need.Material(name)
		if entry, ok := f.Index.Secrets[name]; ok && entry.Form != m.Form() {
			names = append(names, name)
		}
	}
	return names
}

// stale says what is wrong with one encrypted file, as the index sees it.
func (f Folder) stale(need Need, path string) (message, reason string) {
	data, ok := f.Files[path]
	made, known := f.Index.Files[path]
	expected := need.Expected(path, f.Index)
	switch {
	case !ok:
		return "is not there", "what it holds would not reach those that read it"
	case !known || made.SHA256 != Digest(data):
		return "was changed by hand, cut off, or merged from two branches", "what is built from it might not hold what it should"
	case !slices.Equal(made.Recipients, expected.Recipients):
		return "is encrypted for other recipients than the spec names", "somebody could not read it, or still could"
	case !maps.Equal(made.Holds, expected.Holds) || made.Sealed != expected.Sealed:
		return "does not hold what the spec asks for now", "pods or nodes would start with the old values"
	}
	return "", ""
}
