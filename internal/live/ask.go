package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// listOf is what kubectl reads: one list of all objects.
func listOf(objects []artifact.Object) ([]byte, error) {
	return json.Marshal(map[string]any{"apiVersion": "v1", "kind": "List", "items": objects})
}

// get fetches what the cluster has of the items, in the version of each
// manifest.
func (c Cluster) get(items []*item) error {
	var names []artifact.Object
	for _, i := range items {
		metadata := map[string]any{"name": i.wanted.Name()}
		if i.wanted.Namespace() != "" {
			metadata["namespace"] = i.wanted.Namespace()
		}
		names = append(names, artifact.Object{"apiVersion": i.wanted.APIVersion(), "kind": i.wanted.Kind(), "metadata": metadata})
	}
	answer, err := c.run(names, "get", "--filename=-", "--ignore-not-found", "--output=json", "--show-managed-fields")
	if err != nil {
		return cmp.Or(explain(answer.problems), err)
	}
	objects, err := decode(answer.out)
	if err != nil {
		return err
	}
	for _, i := range items {
		if at := slices.IndexFunc(objects, func(o artifact.Object) bool { return same(i.wanted, o) }); at >= 0 {
			i.live = objects[at]
		}
	}
	return nil
}

// apply fills in what an apply would make of the items, as the one who applied
// each before would do it. It returns what the API server warns of.
func (c Cluster) apply(known Known, items []*item) ([]string, error) {
	groups := map[manner][]*item{}
	usual := usualManner(items)
	for _, i := range items {
		if i.encrypted || i.inNewNamespace(items) {
			continue
		}
		m := usual
		if i.live != nil {
			if by, ok := applying(i.live); ok {
				m = by
			}
		}
		groups[m] = append(groups[m], i)
	}
	warned := map[string]bool{}
	for _, m := range slices.SortedFunc(maps.Keys(groups), func(a, b manner) int { return strings.Compare(a.manager, b.manager) }) {
		if err := c.dryRun(known, m, groups[m], warned); err != nil {
			return nil, err
		}
	}
	var notes []string
	for _, text := range slices.Sorted(maps.Keys(warned)) {
		notes = append(notes, "the API server warns: "+text)
	}
	return notes, nil
}

// usualManner is that of most objects; for those that nobody applied yet.
func usualManner(items []*item) manner {
	count := map[manner]int{}
	best := manner{"kubectl"}
	for _, i := range items {
		if m, ok := applying(i.live); ok {
			count[m]++
			if count[m] > count[best] || count[m] == count[best] && m.manager < best.manager {
				best = m
			}
		}
	}
	return best
}

// inNewNamespace tells whether the namespace of an item comes with it: then
// there is nothing that the API server could say.
func (i *item) inNewNamespace(items []*item) bool {
	return slices.ContainsFunc(items, func(other *item) bool {
		return other.live == nil && other != i && other.wanted.Kind() == "Namespace" && other.wanted.Name() == i.wanted.Namespace()
	})
}

// dryRun applies items without doing it. Of several that fail together each is
// found by halves.
func (c Cluster) dryRun(known Known, m manner, items []*item, warned map[string]bool) error {
	args := []string{"apply", "--filename=-", "--dry-run=server", "--validate=strict", "--output=json", "--show-managed-fields"}
	if m.manager != "" {
		args = append(args, "--server-side", "--force-conflicts", "--field-manager="+m.manager)
	}
	var manifests []artifact.Object
	for _, i := range items {
		manifests = append(manifests, marked(i.wanted, i.live, known.Marks))
	}
	answer, err := c.run(manifests, args...)
	for _, warning := range answer.warnings {
		warned[warning] = true
	}
	if err == nil {
		return results(items, answer.out)
	}
	refused := ""
	for _, message := range answer.problems {
		text, ok := refuses(message)
		if !ok {
			return cmp.Or(explain(slices.DeleteFunc(answer.problems, func(message string) bool { _, ok := refuses(message); return ok })), err)
		}
		refused = text
	}
	switch len(items) {
	case 0:
		return err
	case 1:
		items[0].refused = shown(items[0].wanted, refused)
		return nil
	}
	half := len(items) / 2
	if err := c.dryRun(known, m, items[:half], warned); err != nil {
		return err
	}
	return c.dryRun(known, m, items[half:], warned)
}

func results(items []*item, out []byte) error {
	objects, err := decode(out)
	if err != nil {
		return err
	}
	for _, i := range items {
		at := slices.IndexFunc(objects, func(o artifact.Object) bool { return same(i.wanted, o) })
		if at < 0 {
			return fmt.Errorf("kubectl apply --dry-run=server says nothing of %s", name(i.wanted))
		}
		if i.live != nil { // what is new has an address, a port, a date that it will not have
			i.result = objects[at]
		}
	}
	return nil
}

// shown is what the API server says of an object, without the patch around it.
// It may quote values: of a Secret the field alone is shown.
func shown(o artifact.Object, message string) string {
	lines := strings.Split(message, "\n")
	line := lines[0]
	for _, l := range lines {
		if _, rest, ok := strings.Cut(l, " is invalid: "); ok {
			line = rest
		}
	}
	if o.Kind() == "Secret" {
		line, _, _ = strings.Cut(line, ": ")
	}
	return strings.TrimSuffix(diag.Mask(line), ".")
}
