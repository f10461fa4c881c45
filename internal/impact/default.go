package impact

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"hagen/internal/diff"
)

// Default is what the API server fills in where nothing is written.
type Default struct {
	On    []string `json:"on"`
	Path  string   `json:"path"`
	Value any      `json:"value"`
}

// Defaults reads what is known of them from the folder of the schema.
func Defaults(folder fs.FS) ([]Default, error) {
	var list []Default
	err := read(folder, "defaults", &list)
	return list, err
}

// Fills tells whether a change writes, or no longer writes, what is there
// anyway.
func (d Default) Fills(c diff.Change) bool {
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
