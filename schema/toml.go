package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// TOML writes a value of the schema, or a text, a number, a bool or a list of
// texts of Go, as a TOML value on one line.
func TOML(value any) string {
	switch v := value.(type) {
	case string:
		return tomlText(v)
	case []string:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = tomlText(item)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case []any:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = TOML(item)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case *Table:
		return tomlTable(v)
	}
	return fmt.Sprint(value)
}

// tomlText writes a basic string; every escape of JSON is one of TOML too.
func tomlText(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return strings.TrimSuffix(b.String(), "\n")
}

func tomlTable(table *Table) string {
	if len(table.Keys) == 0 {
		return "{}"
	}
	words := make([]string, len(table.Keys))
	for i, key := range table.Keys {
		words[i] = TOMLKey(key) + " = " + TOML(table.Get(key))
	}
	return "{ " + strings.Join(words, ", ") + " }"
}

// TOMLKey writes a key, in quotes where TOML wants them.
func TOMLKey(key string) string {
	if bare, _ := regexp.MatchString(`^[A-Za-z0-9_-]+$`, key); bare {
		return key
	}
	return tomlText(key)
}
