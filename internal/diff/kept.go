package diff

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/parse"
)

// Kept is the kind of a secret that people keep: of the cluster a Secret with
// its keys, of a machine one value. What is compared is what it must hold, as
// SECRETS.md says it; nobody here knows a value.
const Kept = "secret"

// keptSecrets reads the document that tells people what to make.
func (m *Model) keptSecrets(file artifact.File) []*Entity {
	needs, ok := parse.KeptByPeople(file.Text())
	if !ok {
		return nil
	}
	materials := map[string]any{}
	for _, material := range needs.Materials {
		materials[material.Name] = described(material)
	}
	out := clusterSecrets(needs, materials)
	for _, node := range slices.Sorted(maps.Keys(m.nodes())) {
		for _, material := range needs.Materials {
			out = append(out, &Entity{
				Object: Object{Target: vm, Kind: Kept, Name: material.Name}, Place: Place{Node: node},
				Value: materials[material.Name],
			})
		}
	}
	return out
}

// described is a material as it is compared.
func described(m parse.Material) any {
	out := map[string]any{"form": masked("", m.Form)}
	if m.Purpose != "" {
		out["purpose"] = m.Purpose
	}
	return out
}

// clusterSecrets gathers the keys of each Secret. A key that holds no material
// holds the text that is named; an older document does not say what it holds.
func clusterSecrets(needs parse.Needs, materials map[string]any) []*Entity {
	var out []*Entity
	for _, key := range needs.Keys {
		at := slices.IndexFunc(out, func(e *Entity) bool { return e.Object.Name == key.Secret })
		if at < 0 {
			at = len(out)
			out = append(out, &Entity{
				Object: Object{Target: kubernetes, Kind: Kept, Namespace: needs.Namespace, Name: key.Secret}, Value: map[string]any{},
			})
		}
		holds := key.Holds
		if holds == "" {
			holds = key.Key
		}
		value, ok := materials[holds]
		switch {
		case !ok && key.Holds != "":
			value = map[string]any{"value": key.Holds}
		case !ok:
			value = map[string]any{}
		}
		out[at].Value.(map[string]any)[key.Key] = value
	}
	return out
}

// secretsOf reads what the bundle of a node says of its secrets.
func (m *Model) secretsOf(node string) map[string]any {
	if m.nodeSecrets == nil {
		m.nodeSecrets = map[string]map[string]any{}
		for _, file := range m.Files {
			if inBundle(file.Path) && path.Base(file.Path) == parse.SecretsList {
				m.nodeSecrets[nodeOf(file.Path)], _ = parse.Read(parse.SecretsList, file.Text()).Value.(map[string]any)
			}
		}
	}
	return m.nodeSecrets[node]
}

// Needs tells whether a node needs a material, for a service or for itself.
func (m *Model) Needs(node, material string) bool {
	list := m.secretsOf(node)
	for _, how := range []string{"file", "place"} {
		if _, ok := artifact.Map(list[how])[material]; ok {
			return true
		}
	}
	for _, variables := range artifact.Map(list["variable"]) {
		if holds(variables, material) {
			return true
		}
	}
	return false
}

func holds(variables any, material string) bool {
	for _, name := range artifact.Map(variables) {
		if name == material {
			return true
		}
	}
	return false
}

// Readers are the services of a node that get a material, as a variable or as a
// file.
func (m *Model) Readers(node, material string) []*Entity {
	variables := artifact.Map(m.secretsOf(node)["variable"])
	var found []*Entity
	for _, e := range m.Services() {
		mounts := slices.ContainsFunc(artifact.List(artifact.Map(e.Value)["volumes"]), func(item any) bool {
			return strings.HasSuffix(artifact.Text(artifact.Map(item)["source"]), "/"+material)
		})
		if e.Node == node && (mounts || holds(variables[e.Object.Name], material)) {
			found = append(found, e)
		}
	}
	return found
}
