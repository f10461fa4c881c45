package render

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// setOf sorts texts and drops repeated ones.
func setOf(value any) (any, error) {
	texts, err := textList(value)
	slices.Sort(texts)
	return anyList(slices.Compact(texts)), err
}

// repeated returns the indexes of texts that stand in the list before.
func repeated(value any) (any, error) {
	texts, err := textList(value)
	indexes := []any{}
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			indexes = append(indexes, float64(i))
		}
	}
	return indexes, err
}

// groups sorts the names of groups and tells each where its members stand.
func groups(value any) (any, error) {
	names, err := textList(value)
	members := map[string][]any{}
	for i, name := range names {
		members[name] = append(members[name], float64(i))
	}
	out := []any{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		out = append(out, map[string]any{"group": name, "members": members[name]})
	}
	return out, err
}

func textList(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list of texts", value)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if texts[i], ok = item.(string); !ok {
			return nil, fmt.Errorf("%v is no text", item)
		}
	}
	return texts, nil
}

// placeholders finds <name> and <name, how> in the form of a composed secret.
func placeholders(form string) any {
	found := []any{}
	for _, part := range strings.Split(form, "<")[1:] {
		inner, _, closed := strings.Cut(part, ">")
		if !closed {
			continue
		}
		name, _, how := strings.Cut(inner, ",")
		found = append(found, map[string]any{"text": "<" + inner + ">", "material": name, "escaped": how})
	}
	return found
}

// parts splits the form of a composed secret into text and materials, in their
// order.
func parts(form string) any {
	list := []any{}
	text := func(s string) {
		if s != "" {
			list = append(list, map[string]any{"text": s})
		}
	}
	for _, found := range placeholders(form).([]any) {
		place := found.(map[string]any)
		before, after, _ := strings.Cut(form, place["text"].(string))
		text(before)
		list = append(list, map[string]any{"material": place["material"], "escape": place["escaped"] == true})
		form = after
	}
	text(form)
	return list
}

func anyList(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

func split(args []any) (any, error) {
	text, _ := args[0].(string)
	separator, _ := args[1].(string)
	if separator == "" {
		return nil, errors.New("split wants a separator")
	}
	return anyList(strings.Split(text, separator)), nil
}
