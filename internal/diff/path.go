package diff

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Path leads to a value inside an object: texts are keys of maps, whole
// numbers are places in a list, a Match is the entry of a list that has a key.
type Path []any

// Match finds an entry of a list by what identifies it. An empty key means
// that the entry is itself the text.
type Match struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// String writes a path for people: spec.containers[core].image.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch s := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		case Match:
			b.WriteString("[" + s.Value + "]")
		case string:
			writeKey(&b, s)
		}
	}
	return b.String()
}

func writeKey(b *strings.Builder, key string) {
	if key == "" || strings.ContainsAny(key, ".[]\" \t\n") {
		if b.Len() > 0 && !strings.ContainsAny(key, "[]\"\t\n") && key != "" {
			b.WriteByte('/')
			b.WriteString(key)
			return
		}
		if key == "" || strings.ContainsAny(key, "\"\t\n") {
			b.WriteString("[" + strconv.Quote(key) + "]")
			return
		}
		b.WriteString(key)
		return
	}
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	b.WriteString(key)
}

// with returns the path one step further, sharing nothing.
func (p Path) with(step any) Path {
	return append(append(make(Path, 0, len(p)+1), p...), step)
}

// Step returns the text of a step as patterns see it.
func Step(step any) string {
	switch s := step.(type) {
	case string:
		return s
	case Match:
		return s.Value
	}
	return "#"
}

// UnmarshalJSON reads a path back.
func (p *Path) UnmarshalJSON(data []byte) error {
	var steps []json.RawMessage
	if err := json.Unmarshal(data, &steps); err != nil {
		return err
	}
	*p = Path{}
	for _, raw := range steps {
		var text string
		var number int
		var match Match
		switch {
		case json.Unmarshal(raw, &text) == nil:
			*p = append(*p, text)
		case json.Unmarshal(raw, &number) == nil:
			*p = append(*p, number)
		default:
			if err := json.Unmarshal(raw, &match); err != nil {
				return err
			}
			*p = append(*p, match)
		}
	}
	return nil
}
