package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Line returns the line of the schema that describes a field, such as
// "database.host", or 0.
func Line(path string) int {
	data, err := FS.ReadFile("spec.schema.json")
	if err != nil {
		return 0
	}
	s := &lineSearch{decoder: json.NewDecoder(bytes.NewReader(data)), want: strings.Split(path, ".")}
	s.value(nil, 0)
	if s.found == 0 {
		return 0
	}
	return 1 + bytes.Count(data[:s.found], []byte("\n"))
}

// lineSearch walks the schema until it meets the key of a field.
type lineSearch struct {
	decoder *json.Decoder
	want    []string
	found   int64
}

// value reads one value; fields are the names of the spec that lead to it, and
// keys tells how it is reached: below a table of fields or as a keyword.
func (s *lineSearch) value(fields []string, depth int) {
	token, err := s.decoder.Token()
	if err != nil {
		return
	}
	switch token {
	case json.Delim('['):
		for s.decoder.More() {
			s.value(nil, depth+1)
		}
	case json.Delim('{'):
		s.schema(fields, depth)
	default:
		return
	}
	_, _ = s.decoder.Token()
}

// schema reads the keywords of the schema of a field.
func (s *lineSearch) schema(fields []string, depth int) {
	for s.decoder.More() {
		keyword, _ := s.decoder.Token()
		switch {
		case fields == nil && depth > 0:
			s.value(nil, depth+1)
		case keyword == "properties":
			s.properties(fields, depth)
		case keyword == "items" || keyword == "additionalProperties":
			s.value(append([]string{}, fields...), depth+1)
		default:
			s.value(nil, depth+1)
		}
	}
}

// properties reads the fields of a table.
func (s *lineSearch) properties(fields []string, depth int) {
	_, _ = s.decoder.Token()
	for s.decoder.More() {
		name, _ := s.decoder.Token()
		text, _ := name.(string)
		path := append(slices.Clone(fields), text)
		if s.found == 0 && slices.Equal(path, s.want) {
			s.found = s.decoder.InputOffset()
		}
		s.value(path, depth+1)
	}
	_, _ = s.decoder.Token()
}
