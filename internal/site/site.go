// Package site makes the pages that show a rendering to people: its files and
// what they describe go in, files of HTML that need nothing else come out. It
// reads the artifacts, never the spec's meaning, and knows Harbor from
// schema/site only.
package site

import (
	"strings"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/registry"
)

// Component is what the manifest says of files that this package makes.
const Component = "site"

// The files of a site, below the folder of its registry.
const (
	Overview = "index.html"
	Images   = "images.txt"
	Files    = "site/files.html"
	folder   = "site/"
)

// IsPage tells the files that this package makes by their paths.
func IsPage(path string) bool {
	return path == Overview || path == Images || strings.HasPrefix(path, folder)
}

// Input is a rendering and what is known of it.
type Input struct {
	Name, Environment, Harbor, Hagen string
	// Folder is where the rendering belongs below the output folder.
	Folder   string
	Files    artifact.Set
	Registry registry.Site
	// Spec is the text that it was made from.
	Spec Source
	// Values are what the spec writes and where.
	Values   []Value
	Findings []diag.Diagnostic
	Waivers  []Waiver
	Secrets  []Secret
	// Provider keeps the secrets, in words.
	Provider string
	// Origin says what made a file and which overlays changed it.
	Origin func(artifact.File) (maker string, overlays []string)
}

// Source is the text of a spec; File is what places call it.
type Source struct{ File, Text string }

// Value is one value of a spec.
type Value struct {
	Field, Text string
	Line        int
}

// Waiver lets a rule pass.
type Waiver struct {
	Rule, Reason, Until string
	Line                int
}

// Secret is what is known of a material without its value.
type Secret struct {
	Name, Kind, Description, Fingerprint string
	Created, Expires                     *time.Time
}

// Summary is what the page of all registries says of one.
type Summary struct {
	URL        string `json:"url,omitempty"`
	Nodes      int    `json:"nodes,omitempty"`
	Kubernetes bool   `json:"kubernetes,omitempty"`
}

// Pages makes the files of a site, sorted by path.
func Pages(in Input) ([]artifact.File, error) {
	p, err := load()
	if err != nil {
		return nil, err
	}
	m := newModel(in, p.language)
	var files []artifact.File
	add := func(path string, data []byte) {
		files = append(files, artifact.File{Path: path, Data: data, Component: Component})
	}
	for _, page := range m.pages() {
		data, err := p.render(page)
		if err != nil {
			return nil, err
		}
		add(page.Path, data)
	}
	add(Images, m.imageList())
	return files, nil
}

// Summarize is what a rendering says of itself on the page of all registries.
func Summarize(r registry.Site) Summary {
	var h Summary
	for _, target := range r.Targets {
		if target.Name == registry.Cluster {
			h.Kubernetes = true
		} else {
			h.Nodes++
		}
		if h.URL == "" {
			h.URL = target.Endpoint()
		}
	}
	return h
}
