package review

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// fallback is what the API server fills in where nothing is written.
type fallback struct {
	On    []string `json:"on"`
	Path  string   `json:"path"`
	Value any      `json:"value"`
}

// Defaults is the filter of fields that somebody writes, or no longer writes,
// with the value that the API server would fill in.
func Defaults(folder fs.FS) (Filter, error) {
	f := Filter{text: "--ignore-defaults"}
	data, err := fs.ReadFile(folder, "impact/defaults.json")
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f.defaults); err != nil {
		return f, fmt.Errorf("impact/defaults.json: %w", err)
	}
	return f, nil
}

// fills tells whether a change writes what is there anyway.
func (d fallback) fills(c diff.Change) bool {
	value := c.New
	switch c.Op {
	case diff.Removed:
		value = c.Old
	case diff.Added:
	default:
		return false
	}
	if number, ok := value.(int64); ok {
		value = float64(number) // as JSON has it
	}
	return c.Object.Target == "kubernetes" && (len(d.On) == 0 || slices.Contains(d.On, c.Object.Kind)) &&
		along(strings.Split(d.Path, "/"), c.Path) && reflect.DeepEqual(value, d.Value)
}

func along(pattern []string, path diff.Path) bool {
	if len(pattern) != len(path) {
		return false
	}
	for i, step := range path {
		if pattern[i] != "*" && pattern[i] != diff.Step(step) {
			return false
		}
	}
	return true
}
