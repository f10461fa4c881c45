// Package conform holds what was rendered against what will read it: objects
// against the API of the target's minor version of Kubernetes, bundles against
// the Compose specification, configuration against the parser of its program.
// Final files go in, diagnostics come out; nothing is fetched and nothing runs.
//
// What is valid is data in schema/; docs/architecture.md describes its form.
package conform

import (
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/schema"
)

// Checker checks artifacts. It is safe for concurrent use and reads its tables
// when they are first asked for.
type Checker struct {
	data func() *data

	clean cleanTexts

	mu       sync.Mutex
	catalogs map[int]*catalog
}

// data are the tables.
type data struct {
	kubernetes []*table
	formats    formats
	compose    *catalog
	parsers    parsers
}

// Report is what a check found.
type Report struct {
	// Findings are sorted; each names its artifact.
	Findings []diag.Diagnostic
	// Unchecked are the objects of whose kind nothing is known, as Kind/name.
	Unchecked []string
}

// New makes a checker from tables.
func New(tables schema.Tables) *Checker {
	return &Checker{
		data:     sync.OnceValue(func() *data { return load(tables) }),
		clean:    cleanTexts{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}},
		catalogs: map[int]*catalog{},
	}
}

func load(tables schema.Tables) *data {
	return &data{
		kubernetes: []*table{readTable(tables.Kubernetes), readTable(tables.Custom)},
		formats:    readFormats(tables.Formats),
		compose:    &catalog{tables: []*table{readTable(tables.Compose)}},
		parsers:    readParsers(tables.Parsers),
	}
}

// Check holds the files of a site against their readers. Version is the
// target's minor version of Kubernetes, such as "1.34".
func (c *Checker) Check(files artifact.Set, version string) Report {
	d := c.data()
	s := &site{
		data: d, catalog: c.catalog(d, version), version: version, clean: &c.clean, checks: kubernetesChecks(),
		texts: map[reading][2]int{}, seen: map[string]string{}, valid: map[[2]string]bool{},
	}
	for _, file := range files {
		s.file(file)
	}
	slices.SortStableFunc(s.report.Findings, func(a, b diag.Diagnostic) int { return strings.Compare(a.Error(), b.Error()) })
	return s.report
}

// Certificates holds the text of a file that becomes an artifact as it is against who
// reads certificates there: the user's own file is a better place for a finding.
func (c *Checker) Certificates(text string) []diag.Diagnostic {
	return c.clean.read(reading{"certificates", text}, func(r reading) []diag.Diagnostic { return certificates(r.text) })
}

func (c *Checker) catalog(d *data, version string) *catalog {
	_, text, _ := strings.Cut(version, ".")
	minor, err := strconv.Atoi(text)
	if err != nil {
		minor = newest
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.catalogs[minor]
	if !ok {
		known = &catalog{tables: d.kubernetes, formats: d.formats, minor: minor}
		c.catalogs[minor] = known
	}
	return known
}

// site is one check.
type site struct {
	*data
	catalog *catalog
	version string
	report  Report
	clean   *cleanTexts
	checks  map[string]func(*walker, map[string]any)
	// valid are texts that were found to be in a format.
	valid map[[2]string]bool
	// texts are the ranges of the findings on texts, by who reads which.
	texts map[reading][2]int
	// seen are the files of objects, by what tells the objects apart.
	seen map[string]string
}

func (s *site) file(file artifact.File) {
	value := artifact.Map(file.Value)
	switch {
	case value == nil:
		s.text(file, nil, pathBase(file.Path), file.Text())
	case pathBase(file.Path) == "docker-compose.yml":
		s.add(file, s.project(value))
	default:
		s.object(file, value)
	}
}

func pathBase(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// add files findings under their artifact.
func (s *site) add(file artifact.File, found []diag.Diagnostic) {
	for _, d := range found {
		d.Artifact = file.Path
		s.report.Findings = append(s.report.Findings, d)
	}
}

func (s *site) object(file artifact.File, o artifact.Object) {
	w := &walker{catalog: s.catalog, reader: "Kubernetes " + s.version, checks: s.checks, valid: s.valid}
	if !w.object(o) {
		s.report.Unchecked = append(s.report.Unchecked, o.ID())
	}
	s.add(file, w.found)
	s.duplicate(file, o)
	if o.Kind() == "ConfigMap" && o.APIVersion() == "v1" {
		data := artifact.Map(o["data"])
		for _, key := range slices.Sorted(maps.Keys(data)) {
			if text, ok := data[key].(string); ok {
				s.text(file, []any{"data", key}, key, text)
			}
		}
	}
}

// duplicate reports two objects of one group, kind, namespace and name.
func (s *site) duplicate(file artifact.File, o artifact.Object) {
	folder, _, _ := strings.Cut(file.Path, "/")
	key := strings.Join([]string{folder, groupOf(o.APIVersion()), o.Kind(), o.Namespace(), o.Name()}, "|")
	if other, ok := s.seen[key]; ok {
		s.add(file, []diag.Diagnostic{{
			Message: "is the same object as " + other, Path: []any{"metadata", "name"},
			Reason: "whichever is applied last replaces the other", Fix: "give it another name, or remove one",
		}})
		return
	}
	s.seen[key] = file.Path
}
