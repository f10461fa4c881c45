package probe

import (
	"encoding/json"
	"fmt"
	"io/fs"
)

// Finding is a symptom that was seen, where, and what causes it.
type Finding struct {
	ID      string `json:"id"`
	Where   string `json:"where"`
	Seen    string `json:"seen"`
	Symptom string `json:"symptom"`
	Cause   string `json:"cause"`
	// Log says which container's log has which line, where that is known.
	Log string `json:"log,omitempty"`
	Fix string `json:"fix"`
}

// symptoms is what is known of each, by its id.
type symptoms map[string]struct{ Symptom, Cause, Log, Fix string }

func readSymptoms(files fs.FS) (symptoms, error) {
	data, err := fs.ReadFile(files, "symptoms.json")
	if err != nil {
		return nil, err
	}
	known := symptoms{}
	if err := json.Unmarshal(data, &known); err != nil {
		return nil, fmt.Errorf("symptoms.json: %w", err)
	}
	return known, nil
}

// found notes a symptom once for each place.
func (p *probe) found(id, where, seen string, args ...any) {
	for _, before := range p.report.Findings {
		if before.ID == id && before.Where == where {
			return
		}
	}
	known := p.known[id]
	p.report.Findings = append(p.report.Findings, Finding{
		ID: id, Where: where, Seen: fmt.Sprintf(seen, args...), Symptom: known.Symptom, Cause: known.Cause, Log: known.Log, Fix: known.Fix,
	})
}
