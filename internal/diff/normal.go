package diff

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/parse"
)

// doc is a text that was understood as configuration, with the text.
type doc struct {
	parse.Document
	text string
}

// normalizer turns what was parsed into what is compared: secrets hidden,
// texts read in their own format, lists without an order sorted.
type normalizer struct {
	lists Lists
	// open tells that names of secrets stand where values stand elsewhere.
	open bool
	// format is that of the text which is read, "" for an object.
	format string
}

// value normalizes what stands under a key.
func (n normalizer) value(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		return n.mapping(v)
	case []any:
		return n.list(key, v)
	case string:
		if n.open {
			return v
		}
		return masked(n.telling(key), v)
	case bool, nil:
		return v
	}
	if tells(n.telling(key)) && !n.open {
		return hide(fmt.Sprint(value))
	}
	return value
}

// telling returns a key, or nothing for one that only looks like the name of a
// secret. What is secret within its value is hidden all the same.
func (n normalizer) telling(key string) string {
	if slices.Contains(n.lists.Open[n.format], key) {
		return ""
	}
	return key
}

func (n normalizer) mapping(m map[string]any) any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = n.value(key, value)
	}
	// An entry of a list of variables: the name of the value stands beside it.
	if text, ok := m["value"]; ok {
		out["value"] = n.value(cmp.Or(artifact.Text(m["name"]), artifact.Text(m["key"])), text)
	}
	return out
}

func (n normalizer) list(field string, list []any) any {
	out := make([]any, len(list))
	for i, item := range list {
		name := ""
		if i > 0 {
			name = strings.TrimLeft(artifact.Text(list[i-1]), "-")
		}
		if text, ok := item.(string); ok && !n.open {
			if out[i] = maskedItem(name, text); tells(n.telling(field)) {
				out[i] = hide(text)
			}
			continue
		}
		out[i] = n.value("", item)
	}
	n.lists.sort(field, out)
	return out
}

// maskedItem is an item of a list of texts: an argument behind --password, or a
// line NAME=value.
func maskedItem(before, text string) any {
	if tells(before) && !strings.HasPrefix(text, "-") {
		return hide(text)
	}
	if name, _, ok := strings.Cut(text, "="); ok && tells(strings.TrimLeft(name, "-")) {
		h := hide(text)
		h.Shown = name + "=" + mark
		return h
	}
	return masked("", text)
}

// text reads the text of a file, or of an entry of a ConfigMap.
func (n normalizer) text(name, text string) any {
	document := parse.Read(name, text)
	if document.Lines() {
		if !strings.Contains(text, "\n") {
			return masked(name, text)
		}
		document.Value = lines(document.Value.([]any))
	} else {
		below := n
		below.open, below.format = document.Format == "secrets", document.Format
		document.Value = below.value("", document.Value)
	}
	return doc{document, text}
}

// lines hides what may be secret in the lines of a text.
func lines(list []any) []any {
	key := false
	for i, item := range list {
		line := artifact.Text(item)
		key = key || strings.Contains(line, "PRIVATE KEY-----") && strings.Contains(line, "BEGIN")
		if list[i] = maskedLine(line); key {
			list[i] = hide(line)
		}
		key = key && !strings.Contains(line, "-----END")
	}
	return list
}

// canonical is a value as it is shown and stored: documents without their
// texts. It is what two sides agree on when a diff is applied.
func canonical(value any) any {
	switch v := value.(type) {
	case doc:
		return canonical(v.Value)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = canonical(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = canonical(item)
		}
		return out
	}
	return value
}

// identity is a text by which equal values are equal, hidden ones by what they
// hide. It is for comparing only.
func identity(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case Hidden:
		return fmt.Sprintf("\x00%s%x", v.Print, v.sum)
	case doc:
		return identity(v.Value)
	case map[string]any:
		var b strings.Builder
		for _, key := range sortedKeys(v) {
			b.WriteString(key + "\x01" + identity(v[key]) + "\x02")
		}
		return b.String()
	case []any:
		var b strings.Builder
		for _, item := range v {
			b.WriteString(identity(item) + "\x03")
		}
		return b.String()
	}
	data, _ := json.Marshal(value)
	return string(data) + "\x04"
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
