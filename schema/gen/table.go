package main

import (
	"fmt"
	"sort"
	"strings"
)

// field is what a table says of one field: its type and whether it must be
// there.
type field struct {
	form     string
	required bool
}

// record is one type as one source knows it.
type record struct {
	// flags are "open" (any other field is fine) and "x" (fields that begin
	// with x- are).
	flags  string
	fields map[string]field
}

// table gathers types and kinds over releases; a release is the bit of its
// place.
type table struct {
	releases int
	first    int
	kinds    map[string]uint64
	types    map[string]*history
}

// history is a type over releases.
type history struct {
	flags  string
	known  uint64
	fields map[string]map[field]uint64
}

func newTable(first int) *table {
	return &table{first: first, kinds: map[string]uint64{}, types: map[string]*history{}}
}

// release starts the next release and returns how to add to it.
func (t *table) release() (addKind func(line string), addType func(name string, r record)) {
	bit := uint64(1) << t.releases
	t.releases++
	return func(line string) { t.kinds[line] |= bit }, func(name string, r record) { t.add(bit, name, r) }
}

func (t *table) add(bit uint64, name string, r record) {
	h, ok := t.types[name]
	if !ok {
		h = &history{fields: map[string]map[field]uint64{}}
		t.types[name] = h
	}
	h.flags = r.flags
	h.known |= bit
	for key, f := range r.fields {
		if h.fields[key] == nil {
			h.fields[key] = map[field]uint64{}
		}
		h.fields[key][f] |= bit
	}
}

// String writes the table: kinds, then types, sorted.
func (t *table) String() string {
	var b strings.Builder
	b.WriteString("# Made by schema/gen; see its README.md.\n")
	for _, line := range sorted(t.kinds) {
		b.WriteString("kind " + line + t.span(t.kinds[line], 1<<t.releases-1) + "\n")
	}
	for _, name := range sorted(t.types) {
		h := t.types[name]
		b.WriteString(strings.TrimSpace("type "+name+" "+h.flags) + "\n")
		for _, key := range sorted(h.fields) {
			t.writeField(&b, key, h.fields[key], h.known)
		}
	}
	return b.String()
}

func (t *table) writeField(b *strings.Builder, key string, forms map[field]uint64, known uint64) {
	var lines []string
	for f, bits := range forms {
		mark := ""
		if f.required {
			mark = "!"
		}
		lines = append(lines, "\t"+key+mark+" "+f.form+t.span(bits, known)+"\n")
	}
	sort.Strings(lines)
	for _, line := range lines {
		b.WriteString(line)
	}
}

// span writes the releases of bits, or nothing if they are all that matter.
func (t *table) span(bits, all uint64) string {
	if bits == all {
		return ""
	}
	var parts []string
	for i := 0; i < t.releases; i++ {
		if bits>>i&1 == 0 {
			continue
		}
		start := i
		for i+1 < t.releases && (bits>>(i+1)&1 == 1 || all>>(i+1)&1 == 0) {
			i++
		}
		parts = append(parts, t.between(start, i))
	}
	return " " + strings.Join(parts, ",")
}

func (t *table) between(start, end int) string {
	if end == t.releases-1 {
		return fmt.Sprintf("%d-", start+t.first)
	}
	return fmt.Sprintf("%d-%d", start+t.first, end+t.first)
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
