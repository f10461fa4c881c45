package validate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

// fix says what to write where the schema itself does not.
func (s *Schema) fix(e *jsonschema.ValidationError, at location, message string) string {
	field := s.schemaOf(e)
	if table := tableFix(field, at.path); table != "" {
		return table
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		if quotes := quotesFix(at.value, k); quotes != "" {
			return quotes
		}
	case *kind.UniqueItems:
		return "remove one of the two"
	case *kind.Enum:
		return "" // the message lists all there is
	}
	examples, _ := field["examples"].([]any)
	if len(examples) == 0 || strings.Contains(message, "such as") {
		return ""
	}
	return "for example " + show(examples[0])
}

// tableFix is for those who mix up [table] and [[table]].
func tableFix(field map[string]any, path []any) string {
	name := diag.PathString(path)
	_, isEntry := path[len(path)-1].(int)
	if isEntry {
		name = diag.PathString(path[:len(path)-1])
	}
	isTable := field["type"] == "object"
	items, _ := field["items"].(map[string]any)
	switch {
	case isTable && isEntry, items["type"] == "object":
		return "write [[" + name + "]], in two brackets, above the keys of each entry"
	case isTable && field["propertyNames"] != nil && field["additionalProperties"] != nil:
		return "write [" + name + ".NAME], in one bracket, above the keys of each"
	case isTable:
		return "write [" + name + "], in one bracket, above its keys"
	}
	return ""
}

// quotesFix is for values that lack quotes or have some too many.
func quotesFix(value any, wrong *kind.Type) string {
	word, isText := value.(string)
	_, notNumber := strconv.Atoi(word)
	wants := func(t string) bool { return slices.Contains(wrong.Want, t) }
	switch {
	case !isText && wants("string") && wrong.Got != "array" && wrong.Got != "object":
		return "write it in quotes"
	case isText && wants("integer") && notNumber == nil:
		return "write it without quotes: " + word
	case isText && wants("boolean"):
		return "write true or false, without quotes"
	case isText && wants("array"):
		return "write it in brackets: " + show(split(word))
	}
	return ""
}

func split(words string) []any {
	var list []any
	for word := range strings.SplitSeq(words, ",") {
		list = append(list, strings.TrimSpace(word))
	}
	return list
}
