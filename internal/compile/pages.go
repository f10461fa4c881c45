package compile

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/bundle"
	"hagen/internal/diag"
	"hagen/internal/registry"
	"hagen/internal/secret"
	"hagen/internal/site"
	"hagen/internal/spec"
)

// WithPages returns the site with the pages that show it, unless its spec wants
// none. Nothing judges them and nothing is compared with them: they follow from
// everything else.
func (s Site) WithPages() (Site, error) {
	if s.Evidence.Spec["site"] == false {
		return s, nil
	}
	described := s.described
	if described.Targets == nil {
		described = registry.Read(s.Files, s.history.worker.parity.Names)
	}
	if err := s.history.complete(); err != nil {
		return s, err
	}
	r := rebased{s.history.doc.File}
	in := site.Input{
		Name: s.Manifest.Name, Environment: s.Manifest.Environment, Harbor: s.Manifest.Harbor, Hagen: s.Manifest.Hagen,
		Folder: filepath.ToSlash(s.Folder), Files: s.Files, Registry: described, Values: s.values(),
		Spec:     site.Source{File: r.name(), Text: ownPart(spec.WithoutComments(s.history.doc.Text), s.Manifest.Environment)},
		Provider: s.need.Provider, Secrets: s.secrets(),
		Origin: func(file artifact.File) (string, []string) {
			maker, overlays := s.history.makers(file)
			for i := range overlays {
				overlays[i] = r.text(overlays[i])
			}
			return r.text(maker), overlays
		},
	}
	for _, d := range s.Warnings {
		in.Findings = append(in.Findings, r.diagnostic(d))
	}
	for _, w := range s.Waivers {
		in.Waivers = append(in.Waivers, site.Waiver{Rule: w.Rule, Reason: w.Reason, Until: w.Until, Line: w.Place.Line})
	}
	pages, err := site.Pages(in)
	if err != nil {
		return s, err
	}
	summary := bundle.Page(site.Summarize(described))
	s.Manifest.Page = &summary
	s.Files, err = artifact.NewSet(slices.Concat(s.Files, pages))
	return s, err
}

// rebased names the spec without its file, and other files as those do who stand in
// its folder: pages must tell neither from where a build was run nor how the file
// of the spec is called.
type rebased struct{ file string }

func (rebased) name() string { return "spec" }

func (r rebased) text(text string) string { return strings.ReplaceAll(text, r.file, r.name()) }

func (r rebased) diagnostic(d diag.Diagnostic) diag.Diagnostic {
	if d.Place.File == r.file {
		d.Place.File = r.name()
	} else if rest, err := filepath.Rel(filepath.Dir(r.file), d.Place.File); err == nil && d.Place.File != "" {
		d.Place.File = filepath.ToSlash(rest)
	}
	d.Message, d.Reason, d.Origin = diag.Mask(r.text(d.Message)), diag.Mask(r.text(d.Reason)), ""
	return d
}

// secrets lists the materials, with what is known of those that hagen keeps.
func (s Site) secrets() []site.Secret {
	var list []site.Secret
	for _, name := range s.need.Names() {
		m, _ := s.need.Material(name)
		one := site.Secret{Name: name, Kind: m.Kind, Description: m.Description}
		if entry, ok := s.index.Secrets[name]; ok {
			one.Fingerprint, one.Created, one.Expires = entry.Fingerprint, day(&entry.Created), day(entry.Expires)
		}
		list = append(list, one)
	}
	if entry, ok := s.index.Secrets[secret.AuthorityCertificate]; ok {
		list = append(list, site.Secret{
			Name: secret.AuthorityCertificate, Kind: entry.Kind, Fingerprint: entry.Fingerprint, Created: day(&entry.Created), Expires: day(entry.Expires),
			Description: "the private authority that signed the certificate",
		})
	}
	return list
}

func day(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// values are what the spec writes, in the words by which files tell that they hold
// it: what is too common to tell anything is left out.
func (s Site) values() []site.Value {
	doc := s.history.doc
	var list []site.Value
	for _, leaf := range leaves(doc.Root, nil) {
		line := doc.Place(leaf).Line
		for _, text := range wordsOf(valueAt(doc.Root, leaf)) {
			list = append(list, site.Value{Field: diag.PathString(leaf), Text: text, Line: line})
		}
	}
	slices.SortStableFunc(list, func(a, b site.Value) int { return a.Line - b.Line })
	return list
}

// leastTelling is the length from which on a word without digits or signs tells
// where it comes from.
const leastTelling = 10

func wordsOf(value any) []string {
	var words []string
	switch v := value.(type) {
	case string:
		_, rest, ok := strings.Cut(v, "://")
		if ok {
			words = append(words, rest)
		} else if len(v) >= leastTelling || len(v) >= 4 && strings.ContainsAny(v, "0123456789./:-_") {
			words = append(words, v)
		}
	case int64:
		if v >= 1000 {
			words = append(words, fmt.Sprint(v))
		}
	case []any:
		for _, item := range v {
			words = append(words, wordsOf(item)...)
		}
	}
	return words
}

var environmentTable = regexp.MustCompile(`^\s*\[+\s*environment\s*\.\s*"?([a-z0-9-]+)`)

// mostSpec bounds the text of a spec on a page.
const mostSpec = 256 << 10

// ownPart is the text of a spec without the tables of other environments; lines
// keep their numbers.
func ownPart(text []byte, environment string) string {
	var b strings.Builder
	skipped := false
	for line := range bytes.Lines(text) {
		trimmed := bytes.TrimSpace(line)
		if bytes.HasPrefix(trimmed, []byte("[")) {
			found := environmentTable.FindSubmatch(line)
			skipped = found != nil && string(found[1]) != environment
		}
		switch {
		case b.Len() > mostSpec:
			return b.String()
		case skipped && bytes.HasPrefix(trimmed, []byte("[")):
			b.WriteString("# … another environment\n")
		case skipped:
			b.WriteByte('\n')
		default:
			b.Write(line)
		}
	}
	return b.String()
}
