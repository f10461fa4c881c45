package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// compose makes the table of the Compose specification from its JSON Schema.
func compose() (string, error) {
	dir, err := download(composeModule, composeVersion)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(dir, "schema", "compose-spec.json"))
	if err != nil {
		return "", err
	}
	var document schema
	var definitions struct {
		Definitions map[string]*schema `json:"definitions"`
		Defs        map[string]*schema `json:"$defs"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return "", err
	}
	if err := json.Unmarshal(data, &definitions); err != nil {
		return "", err
	}
	t := newTable(0)
	_, add := t.release()
	n := newInline(add)
	n.refs = map[string]*schema{}
	for name, s := range definitions.Definitions {
		n.refs["#/definitions/"+name] = s
	}
	for name, s := range definitions.Defs {
		n.refs["#/$defs/"+name] = s
	}
	add("compose.Project", n.record(&document, "compose.Project"))
	return t.String(), nil
}
