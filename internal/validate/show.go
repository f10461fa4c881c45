package validate

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"hagen/internal/diag"
)

// longest is the length of a shown value that a line can hold.
const longest = 80

// show writes a value as TOML does, cut to a length that a line can hold and
// without what may be a password.
func show(v any) string {
	shown := fmt.Sprint(v)
	switch value := v.(type) {
	case nil:
		return "this"
	case map[string]any:
		return "this table"
	case string:
		shown = strconv.Quote(withoutPassword(value))
	case []any:
		words := make([]string, len(value))
		for i, item := range value {
			words[i] = show(item)
		}
		shown = "[" + strings.Join(words, ", ") + "]"
	}
	if len(shown) > longest {
		shown = strings.ToValidUTF8(shown[:longest-3], "") + "..."
	}
	return shown
}

// withoutPassword hides what stands before an @ and after a // or a colon: a
// user and a password, even one that is not escaped as a URL demands.
func withoutPassword(value string) string {
	end := strings.LastIndexByte(value, '@')
	if end < 0 {
		return diag.Mask(value)
	}
	start := 0
	if slashes := strings.Index(value[:end], "//"); slashes >= 0 {
		start = slashes + 2
	} else if !strings.Contains(value[:end], ":") {
		return diag.Mask(value)
	}
	return diag.Mask(value[:start] + "***" + value[end:])
}

func typeName(t string) string {
	switch t {
	case "string":
		return "a text"
	case "boolean":
		return "true or false"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "array":
		return "a list"
	case "object":
		return "a table"
	}
	return t
}

func typeNames(types []string) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = typeName(t)
	}
	return strings.Join(words, " or ")
}

func number(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
