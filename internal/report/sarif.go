package report

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"hagen/internal/diag"
)

// The parts of SARIF 2.1.0 that hagen writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId,omitempty"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifURI     `json:"artifactLocation"`
		Region   *sarifRegion `json:"region,omitempty"`
	}
	sarifURI struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification,omitempty"`
	}
)

func writeSARIF(w io.Writer, found []diag.Diagnostic, o Options) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "hagen", Version: o.Version, Rules: []sarifRule{}}}, Results: []sarifResult{}}
	var ids []string
	for _, d := range found {
		run.Results = append(run.Results, sarifResultOf(d))
		if d.Rule != "" && !slices.Contains(ids, d.Rule) {
			ids = append(ids, d.Rule)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		title := id
		if o.Title != nil && o.Title(id) != "" {
			title = o.Title(id)
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id, sarifText{title}})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func sarifResultOf(d diag.Diagnostic) sarifResult {
	r := sarifResult{RuleID: d.Rule, Level: d.Severity.String(), Message: sarifText{wholeText(d)}}
	if d.Severity == diag.Note {
		r.Suppressions = []sarifSuppression{{Kind: "inSource", Justification: safe(d.Reason)}}
	}
	if d.Place.File == "" {
		return r
	}
	location := sarifLocation{Physical: sarifPhysical{Artifact: sarifURI{(&url.URL{Path: filepath.ToSlash(d.Place.File)}).String()}}}
	if d.Place.Line > 0 {
		location.Physical.Region = &sarifRegion{d.Place.Line, d.Place.Column}
	}
	if name := logicalName(d); name != "" {
		location.Logical = []sarifLogical{{name}}
	}
	r.Locations = []sarifLocation{location}
	return r
}

func logicalName(d diag.Diagnostic) string {
	name := diag.PathString(d.Path)
	if d.Artifact != "" {
		name = d.Artifact + ": " + name
	}
	return name
}
