package validate

import (
	"encoding/json"
	"fmt"
	"regexp"

	"hagen/internal/diag"
)

// badNames enforces propertyNames: keys that cannot be one of a table whose
// keys are free. Of its keywords it knows pattern, maxLength and not/pattern.
func (s *Schema) badNames(node map[string]any, root any, path []any) []diag.Diagnostic {
	var found []diag.Diagnostic
	s.walk(node, root, path, func(node map[string]any, value any, path []any) {
		table, _ := value.(map[string]any)
		rule, ok := node["propertyNames"].(map[string]any)
		if !ok {
			return
		}
		for name := range table {
			if message := refuseName(rule, name); message != "" {
				found = append(found, diag.Diagnostic{
					Path: below(path, name), Message: message,
					Reason: text(rule, "x-reason"), Fix: text(rule, "x-fix"),
				})
			}
		}
	})
	return found
}

// refuseName says what is wrong with a name, or "".
func refuseName(rule map[string]any, name string) string {
	if !matches(rule, name) {
		return fmt.Sprintf("%s is not %s", show(name), text(rule, "x-pattern-hint"))
	}
	if limit, ok := rule["maxLength"].(json.Number); ok {
		if most, err := limit.Int64(); err == nil && int64(len(name)) > most {
			return fmt.Sprintf("%s has %d characters, a name has at most %d", show(name), len(name), most)
		}
	}
	if not, ok := rule["not"].(map[string]any); ok && matches(not, name) {
		return show(name) + " " + text(not, "x-message")
	}
	return ""
}

func matches(rule map[string]any, name string) bool {
	pattern, err := regexp.Compile(text(rule, "pattern"))
	return err == nil && pattern.MatchString(name)
}
