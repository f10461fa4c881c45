package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// inline turns schemas that nest into types with names, each structure once.
type inline struct {
	add func(name string, r record)
	// names are the types by what they say, so that equal ones share a name.
	names map[string]string
	taken map[string]bool
	// refs are definitions that schemas refer to, by their reference.
	refs map[string]*schema
	done map[string]string
}

func newInline(add func(string, record)) *inline {
	return &inline{add: add, names: map[string]string{}, taken: map[string]bool{}, done: map[string]string{}}
}

// form returns the form of a schema; name is what its structure would be
// called.
func (n *inline) form(s *schema, name string) string {
	switch {
	case s == nil:
		return "any"
	case s.Ref != "":
		return n.reference(s.Ref)
	case s.IntOrString:
		return "intstr"
	case len(s.OneOf) > 0 && s.Properties == nil:
		return n.either(s.OneOf, name)
	case s.Type == nil && len(s.Properties) == 0 && len(s.AllOf) == 0:
		return "any"
	}
	if several, ok := s.Type.([]any); ok {
		var forms []string
		for _, one := range several {
			copied := *s
			copied.Type = one
			forms = append(forms, n.form(&copied, name))
		}
		return strings.Join(forms, ";")
	}
	switch s.Type {
	case "array":
		return "[]" + paren(n.form(s.Items, name))
	case "object", nil:
		return n.object(s, name)
	case "null":
		return "null"
	}
	return scalar(s, enumTexts(s))
}

// paren keeps alternatives inside a list together: a list of alternatives is
// written as a type of its own elsewhere, here as any of them.
func paren(form string) string {
	if strings.Contains(form, ";") {
		return "(" + form + ")"
	}
	return form
}

func (n *inline) either(options []*schema, name string) string {
	var forms []string
	for _, option := range options {
		if form := n.form(option, name); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return strings.Join(forms, ";")
}

func enumTexts(s *schema) []string {
	var values []string
	for _, value := range s.Enum {
		text, ok := value.(string)
		if !ok || strings.ContainsAny(text, "| ;()") {
			return nil
		}
		values = append(values, text)
	}
	sort.Strings(values)
	return values
}

// whole returns a structure with what it takes over from others.
func (n *inline) whole(s *schema) *schema {
	if len(s.AllOf) == 0 {
		return s
	}
	made := *s
	made.AllOf, made.Properties, made.Patterns = nil, maps.Clone(s.Properties), maps.Clone(s.Patterns)
	for _, part := range s.AllOf {
		if part.Ref != "" {
			part = n.refs[part.Ref]
		}
		part = n.whole(part)
		made.Properties = join(made.Properties, part.Properties)
		made.Patterns = join(made.Patterns, part.Patterns)
		made.Required = append(slices.Clone(made.Required), part.Required...)
	}
	return &made
}

// join adds what is missing in a.
func join(a, b map[string]*schema) map[string]*schema {
	out := maps.Clone(b)
	if out == nil {
		out = map[string]*schema{}
	}
	maps.Copy(out, a)
	return out
}

func (n *inline) object(s *schema, name string) string {
	if s = n.whole(s); s.Type == nil && len(s.Properties) == 0 {
		return "any"
	}
	if s.Embedded || s.Preserve && len(s.Properties) == 0 {
		return "object"
	}
	if len(s.Properties) == 0 {
		for pattern, below := range s.Patterns {
			if pattern != "^x-" {
				return "{}" + paren(n.form(below, name))
			}
		}
		if s.Additional != nil && s.Additional.schema != nil {
			return "{}" + paren(n.form(s.Additional.schema, name))
		}
		return "object"
	}
	return n.name(n.record(s, name), name)
}

func (n *inline) record(s *schema, name string) record {
	r := record{fields: map[string]field{}}
	_, extensible := s.Patterns["^x-"]
	switch {
	case s.Preserve || s.Additional != nil && s.Additional.schema != nil:
		r.flags = "open"
	case extensible:
		r.flags = "x"
	}
	for _, key := range sorted(s.Properties) {
		r.fields[key] = field{
			form:     n.form(s.Properties[key], name+"."+key),
			required: slices.Contains(s.Required, key) && !s.Properties[key].defaulted(),
		}
	}
	return r
}

// name adds a structure, or finds the equal one.
func (n *inline) name(r record, wanted string) string {
	text, _ := json.Marshal(fmt.Sprint(r.flags, r.fields))
	if known, ok := n.names[string(text)]; ok {
		return known
	}
	name := short(wanted)
	wanted = name
	for i := 2; n.taken[name]; i++ {
		name = fmt.Sprintf("%s%d", wanted, i)
	}
	n.taken[name] = true
	n.names[string(text)] = name
	n.add(name, r)
	return name
}

// short keeps of the path to a structure the kind and the last field.
func short(name string) string {
	slash := strings.IndexByte(name, '/') + 1
	parts := strings.Split(name[slash:], ".")
	if slash == 0 || len(parts) < 4 {
		return name
	}
	return name[:slash] + strings.Join([]string{parts[0], parts[1], parts[len(parts)-1]}, ".")
}

// reference returns the form of a definition; one that leads back to itself
// has its name already.
func (n *inline) reference(ref string) string {
	if form, ok := n.done[ref]; ok {
		return form
	}
	name := "compose." + ref[strings.LastIndexByte(ref, '/')+1:]
	n.done[ref] = name
	n.done[ref] = n.form(n.refs[ref], name)
	return n.done[ref]
}
