package registry

import (
	"slices"
	"strings"
)

// Facts say what a registry is, in words of neither target, such as
// "core env LOG_LEVEL" -> "info". What cannot be found out is a fact too, one
// that the other target does not have.
type Facts map[string]string

// Facts returns everything that a target says.
func (t Target) Facts() Facts {
	f := Facts{}
	for _, c := range t.Containers {
		f[c.ID+" image"], f[c.ID+" command"] = c.Image, c.Command
		if c.Network != "" {
			f[c.ID+" network"] = c.Network
		}
		for word, values := range map[string]map[string]string{
			" env ": c.Env, " secret ": c.Secrets, " file ": c.Files, " secret file ": c.SecretFiles,
			" shared ": c.Shared, " own ": c.Own, " ": c.Odd,
		} {
			for key, value := range values {
				f[c.ID+word+key] = value
			}
		}
	}
	for key, value := range t.Storage {
		f["storage "+key] = value
	}
	for address, answer := range t.Answers {
		f["address "+address] = answer
	}
	for material, print := range t.Prints {
		f[fingerprint+material] = print.Sum
	}
	if t.Secrets != "" {
		f["secrets"] = t.Secrets
	}
	f["entry host"], f["entry port"] = t.EntryHost, t.EntryPort
	return f
}

// Difference is one fact on which two targets disagree.
type Difference struct {
	Fact, Left, Right string
}

// Absent stands for a fact that a target does not have.
const Absent = "(nothing)"

func (f Facts) get(fact string) string {
	if value, ok := f[fact]; ok {
		return value
	}
	return Absent
}

// Compare lists the facts that are not the same, sorted.
func Compare(left, right Facts) []Difference {
	var found []Difference
	for fact, l := range left {
		if r := right.get(fact); l != r {
			found = append(found, Difference{fact, l, r})
		}
	}
	for fact, r := range right {
		if _, ok := left[fact]; !ok && r != Absent {
			found = append(found, Difference{fact, Absent, r})
		}
	}
	slices.SortFunc(found, func(a, b Difference) int { return strings.Compare(a.Fact, b.Fact) })
	return found
}

// fingerprint begins the facts of materials.
const fingerprint = "fingerprint "

// Print returns the fingerprint that a fact speaks of, if it is one.
func (t Target) Print(fact string) (Print, bool) {
	material, ok := strings.CutPrefix(fact, fingerprint)
	if !ok {
		return Print{}, false
	}
	print, ok := t.Prints[material]
	return print, ok
}

// Container returns the one that a fact speaks of, or nil.
func (t Target) Container(fact string) *Container {
	var found *Container
	for i, c := range t.Containers {
		if strings.HasPrefix(fact, c.ID+" ") && (found == nil || len(c.ID) > len(found.ID)) {
			found = &t.Containers[i]
		}
	}
	return found
}
