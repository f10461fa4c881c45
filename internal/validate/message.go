package validate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hagen/internal/diag"
)

// leaf words one failure.
func (s *Schema) leaf(at location, e *jsonschema.ValidationError) []diag.Diagnostic {
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		return s.unknownKeys(e, at.path, k.Properties)
	case *kind.Required:
		return s.missing(e, at.path, k.Missing)
	case *kind.UniqueItems:
		at.path = below(at.path, k.Duplicates[1])
	}
	d := s.diagnostic(e, at.path, s.message(e, at.value))
	if mistake := s.mistake(e, at.value); mistake != nil {
		d.Message, d.Fix = show(at.value)+" "+text(mistake, "message"), text(mistake, "fix")
	}
	if d.Fix == "" {
		d.Fix = s.fix(e, at, d.Message)
	}
	return []diag.Diagnostic{d}
}

// mistake finds the usual mistake that a text is (keyword x-mistakes).
func (s *Schema) mistake(e *jsonschema.ValidationError, value any) map[string]any {
	if _, ok := e.ErrorKind.(*kind.Pattern); !ok {
		return nil
	}
	word, _ := value.(string)
	lists, _ := s.raw["x-mistakes"].(map[string]any)
	mistakes, _ := lists[text(s.schemaOf(e), "x-mistakes")].([]any)
	for _, item := range mistakes {
		mistake, _ := item.(map[string]any)
		pattern, err := regexp.Compile(text(mistake, "pattern"))
		if err == nil && pattern.MatchString(word) {
			return mistake
		}
	}
	return nil
}

func (s *Schema) message(e *jsonschema.ValidationError, value any) string {
	if message := s.annotation(e, "x-message"); message != "" {
		return message
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return typeMessage(value, k)
	case *kind.Enum:
		return enumMessage(value, k.Want)
	case *kind.Const:
		return fmt.Sprintf("%s must be %s here", show(value), show(k.Want))
	case *kind.Pattern:
		return patternMessage(value, s.annotation(e, "x-pattern-hint"), k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("%s is too small, the least is %s", show(value), number(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("%s is too large, the most is %s", show(value), number(k.Want))
	case *kind.MinLength:
		return lengthMessage(value, k.Got, "at least", k.Want)
	case *kind.MaxLength:
		return lengthMessage(value, k.Got, "at most", k.Want)
	case *kind.MinItems:
		if k.Got == 0 {
			return "this is empty"
		}
		return fmt.Sprintf("%s, it takes at least %d", entries(k.Got), k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("%s, it takes at most %d", entries(k.Got), k.Want)
	case *kind.UniqueItems:
		return twiceMessage(value, k.Duplicates[1])
	case *kind.FalseSchema:
		return "this field has no meaning here"
	case *kind.Not:
		return fmt.Sprintf("%s is not possible here", show(value))
	}
	return "this value is not valid here"
}

func typeMessage(value any, k *kind.Type) string {
	if k.Got == "number" && slices.Contains(k.Want, "integer") {
		return show(value) + " is not a whole number"
	}
	return fmt.Sprintf("this is %s, it must be %s", typeName(k.Got), typeNames(k.Want))
}

func patternMessage(value any, hint, pattern string) string {
	switch {
	case value == "":
		return "this is empty"
	case hint != "":
		return fmt.Sprintf("%s is not %s", show(value), hint)
	}
	return fmt.Sprintf("%s does not have the form %s", show(value), pattern)
}

func lengthMessage(value any, got int, bound string, want int) string {
	if got == 0 {
		return "this is empty"
	}
	return fmt.Sprintf("%s has %d characters, it must have %s %d", show(value), got, bound, want)
}

func entries(n int) string {
	if n == 1 {
		return "the list has 1 entry"
	}
	return fmt.Sprintf("the list has %d entries", n)
}

func twiceMessage(value any, at int) string {
	if list, ok := value.([]any); ok && at < len(list) {
		return show(list[at]) + " stands in the list twice"
	}
	return "the list holds an entry twice"
}

func enumMessage(value any, want []any) string {
	if len(want) == 1 {
		return fmt.Sprintf("%s is not known here, it must be %s", show(value), show(want[0]))
	}
	shown := make([]string, len(want))
	var known []string
	for i, w := range want {
		shown[i] = show(w)
		if word, ok := w.(string); ok {
			known = append(known, word)
		}
	}
	message := fmt.Sprintf("%s is not known here, it must be one of %s", show(value), strings.Join(shown, ", "))
	if word, ok := value.(string); ok {
		if near := diag.Nearest(word, known); near != "" {
			message += fmt.Sprintf("; did you mean %q", near)
		}
	}
	return message
}
