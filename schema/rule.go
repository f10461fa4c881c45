package schema

import "strings"

// Rule is a constraint over several fields, in the words of its message.
type Rule struct{ Message, Reason, Fix string }

// Rules returns what the spec refuses beyond the shape of single fields, in
// the order of the schema.
func Rules() ([]Rule, error) {
	root, err := load()
	if err != nil {
		return nil, err
	}
	var rules []Rule
	collect(root.Get("$defs"), &rules)
	return rules, nil
}

func collect(value any, into *[]Rule) {
	switch v := value.(type) {
	case *Table:
		if rule := ruleOf(v); rule.Message != "" && rule.Reason != "" {
			*into = append(*into, rule)
		}
		for _, key := range v.Keys {
			collect(v.Get(key), into)
		}
	case []any:
		for _, item := range v {
			collect(item, into)
		}
	}
}

func ruleOf(node *Table) Rule {
	rule := Rule{Message: text(node, "x-message"), Reason: text(node, "x-reason"), Fix: text(node, "x-fix")}
	if names, ok := node.Get("required").([]any); ok && rule.Message == "" {
		words := make([]string, len(names))
		for i, name := range names {
			words[i] = name.(string)
		}
		rule.Message = strings.Join(words, ", ") + " is missing"
	}
	return rule
}
