package live

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// leftOver finds what somebody applied for this registry and the build has no
// more: what a prune deletes. Kinds of the build that may not be listed are an
// error, others a note.
func (c Cluster) leftOver(known Known, items []*item, files artifact.Set) ([]artifact.Object, []string, error) {
	resources, notes, err := c.resources(known)
	if err != nil || len(resources) == 0 {
		return nil, notes, err
	}
	l := listing{cluster: c, known: known, resources: resources, items: items}
	for _, f := range files {
		if o, ok := objectOf(f); ok {
			l.wanted = append(l.wanted, o)
		}
	}
	for _, namespace := range namespaces(items) {
		if err := l.list(namespace); err != nil {
			return nil, nil, err
		}
	}
	if len(l.hidden) > 0 {
		slices.Sort(l.hidden)
		notes = append(notes, "what is left over of these is not seen, for they may not be listed: "+diag.Some(slices.Compact(l.hidden), mostHidden))
	}
	return l.left, notes, explain(l.problems)
}

// listing looks for what is left in one namespace after the other.
type listing struct {
	cluster   Cluster
	known     Known
	resources map[string]kind
	items     []*item
	wanted    []artifact.Object

	left []artifact.Object
	// hidden are resources that may not be listed, problems what else was said.
	hidden, problems []string
}

func (l *listing) list(namespace string) error {
	names := strings.Join(slices.Sorted(maps.Keys(l.resources)), ",")
	answer, err := l.cluster.run(nil, "get", names, "--namespace="+namespace, "--selector="+l.known.Selector,
		"--ignore-not-found", "--output=json", "--show-managed-fields")
	if err != nil && len(answer.problems) == 0 {
		return err
	}
	for _, message := range answer.problems {
		l.problem(message)
	}
	objects, err := decode(answer.out)
	if err != nil && len(l.problems) == 0 {
		return err
	}
	for _, o := range objects {
		if isLeft(o, namespace, l.wanted) {
			l.left = append(l.left, o)
		}
	}
	return nil
}

// problem takes note of what may not be listed, unless the build has it.
func (l *listing) problem(message string) {
	found := looks().forbidden.FindStringSubmatch(message)
	if found == nil || l.resources[qualified(found[3], found[4])].isOf(l.items) {
		l.problems = append(l.problems, message)
		return
	}
	l.hidden = append(l.hidden, qualified(found[3], found[4]))
}

// mostHidden bounds the resources that a note names.
const mostHidden = 5

func qualified(resource, group string) string { return strings.TrimSuffix(resource+"."+group, ".") }

// isLeft tells whether an object with the labels of the registry is one that
// somebody applied, and not one that a controller made, nor one of the build.
func isLeft(o artifact.Object, namespace string, wanted []artifact.Object) bool {
	metadata := artifact.Map(o["metadata"])
	_, applied := applying(o)
	if !applied || metadata["ownerReferences"] != nil || metadata["deletionTimestamp"] != nil {
		return false
	}
	if o.Namespace() == "" && artifact.Text(artifact.Map(artifact.Map(o["spec"])["claimRef"])["namespace"]) != namespace {
		return false // nothing but a volume tells whose it is
	}
	return !slices.ContainsFunc(wanted, func(w artifact.Object) bool { return same(w, o) })
}

func namespaces(items []*item) []string {
	found := map[string]bool{}
	for _, i := range items {
		if namespace := i.wanted.Namespace(); namespace != "" && i.wanted.Kind() != "Namespace" {
			found[namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// kind is one that the cluster serves.
type kind struct{ group, kind string }

func (k kind) isOf(items []*item) bool {
	return slices.ContainsFunc(items, func(i *item) bool { return i.wanted.Kind() == k.kind && group(i.wanted) == k.group })
}

// resources are what can be listed and deleted, as kubectl names it. A part of
// the API that does not answer is noted.
func (c Cluster) resources(known Known) (map[string]kind, []string, error) {
	answer, err := c.run(nil, "api-resources", "--verbs=list,delete", "--no-headers")
	if err != nil && len(answer.out) == 0 {
		return nil, nil, cmp.Or(explain(answer.problems), err)
	}
	var notes []string
	if err != nil {
		notes = []string{"a part of the API does not answer, and what is left over of its kinds is not seen: kubectl api-resources says which"}
	}
	found := map[string]kind{}
	for line := range strings.Lines(string(answer.out)) {
		words := strings.Fields(line)
		if len(words) < 4 {
			continue
		}
		version, isGroup := words[len(words)-3], false
		group, _, isGroup := strings.Cut(version, "/")
		if !isGroup {
			group = ""
		}
		if resource := qualified(words[0], group); !slices.Contains(known.Unlisted, resource) {
			found[resource] = kind{group, words[len(words)-1]}
		}
	}
	return found, notes, nil
}
