package compile

import (
	"slices"
	"sync"

	"hagen/internal/spec"
)

// mostSharers is how many of those who share a place are told by name.
const mostSharers = 3

// sharers are, for each environment, the others that have the same place outside
// of the spec, by the name of the place.
type sharers map[string]map[string][]string

// shared compares the environments of a document. A document is compared once,
// whoever compiles its environments.
func (c *Compiler) shared(document *spec.Document) sharers {
	known, _ := c.compared.LoadOrStore(document, sync.OnceValue(func() sharers { return c.compare(document) }))
	return known.(func() sharers)()
}

func (c *Compiler) compare(document *spec.Document) sharers {
	type place struct{ name, said string }
	at := map[place][]string{}
	environments := document.Environments()
	for _, name := range environments {
		one, err := document.Environment(name)
		if err != nil {
			continue
		}
		for what, all := range c.schema.Places(one.Root) {
			for _, said := range slices.Compact(slices.Sorted(slices.Values(all))) {
				at[place{what, said}] = append(at[place{what, said}], name)
			}
		}
	}
	found := sharers{}
	for _, name := range environments {
		found[name] = map[string][]string{}
	}
	for where, names := range at {
		some := names[:min(len(names), mostSharers+1)]
		for _, name := range names {
			found[name][where.name] = append(found[name][where.name], some...)
		}
	}
	for name, places := range found {
		for where, names := range places {
			slices.Sort(names)
			names = slices.DeleteFunc(slices.Compact(names), func(other string) bool { return other == name })
			places[where] = names[:min(len(names), mostSharers)]
		}
	}
	return found
}
