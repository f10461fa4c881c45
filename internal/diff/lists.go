package diff

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// Lists says what identifies the entries of a list, by the name of the field.
type Lists struct {
	// Keyed are the fields that may identify an entry, the best first; several
	// belong together with a plus.
	Keyed map[string][]string `json:"keyed"`
	// Ordered are keyed lists whose order counts, if an entry holds the text.
	Ordered map[string]string `json:"ordered"`
	// Sets are lists of texts without an order.
	Sets []string `json:"sets"`
	// Open are, by the format of a text, the names that end like those of
	// passwords and say where requests go.
	Open map[string][]string `json:"open"`
}

// ReadLists reads the lists from the folder of impacts.
func ReadLists(folder fs.FS) (Lists, error) {
	var lists Lists
	data, err := fs.ReadFile(folder, "impact/lists.json")
	if err != nil {
		return lists, err
	}
	if err := json.Unmarshal(data, &lists); err != nil {
		return lists, fmt.Errorf("impact/lists.json: %w", err)
	}
	return lists, nil
}

// sort puts a list without an order into one.
func (l Lists) sort(field string, list []any) {
	if key := l.key(field, list); key != "" && !l.isOrdered(field, list) {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(keyOf(a, key), keyOf(b, key)) })
		return
	}
	if l.isSet(field, list) {
		slices.SortFunc(list, func(a, b any) int { return strings.Compare(identity(a), identity(b)) })
	}
}

// isOrdered tells whether the order of a list counts. Of one that no table
// names nobody knows.
func (l Lists) isOrdered(field string, list []any) bool {
	if _, known := l.Keyed[field]; !known {
		return true
	}
	text, ordered := l.Ordered[field]
	return ordered && (text == "" || strings.Contains(identity(list), text))
}

// isSet tells whether a list holds texts, each once, without an order.
func (l Lists) isSet(field string, lists ...[]any) bool {
	if !slices.Contains(l.Sets, field) {
		return false
	}
	for _, list := range lists {
		seen := map[string]bool{}
		for _, item := range list {
			if _, ok := item.(string); !ok || seen[item.(string)] {
				return false
			}
			seen[item.(string)] = true
		}
	}
	return true
}

// key returns the fields by which all entries of all lists differ, or "". Lists
// that no table names are keyed by a name or an id, if all entries have one.
func (l Lists) key(field string, lists ...[]any) string {
	candidates, known := l.Keyed[field]
	if !known {
		candidates = []string{"name", "id"}
	}
	for _, candidate := range candidates {
		if entries := count(lists); entries > 0 && identifies(candidate, lists) {
			return candidate
		}
	}
	return ""
}

func count(lists [][]any) int {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	return n
}

func identifies(key string, lists [][]any) bool {
	for _, list := range lists {
		seen := map[string]bool{}
		for _, item := range list {
			value := keyOf(item, key)
			if value == "" || seen[value] {
				return false
			}
			seen[value] = true
		}
	}
	return true
}

// keyOf returns what identifies an entry, or "" if a field is missing.
func keyOf(item any, key string) string {
	m := artifact.Map(item)
	if m == nil {
		return ""
	}
	var words []string
	for field := range strings.SplitSeq(key, "+") {
		var value any = m
		for name := range strings.SplitSeq(field, ".") {
			value = artifact.Map(value)[name]
		}
		switch v := value.(type) {
		case string:
			words = append(words, v)
		case int64:
			words = append(words, fmt.Sprint(v))
		case float64: // as JSON has it
			words = append(words, strconv.FormatFloat(v, 'f', -1, 64))
		default:
			return ""
		}
	}
	return strings.Join(words, "/")
}

// find returns the place of the entry that a match describes, or -1.
func find(list []any, match Match) int {
	return slices.IndexFunc(list, func(item any) bool {
		if match.Key == "" {
			return item == match.Value
		}
		return keyOf(item, match.Key) == match.Value
	})
}
