package conform

import (
	"slices"
	"strconv"
	"strings"
)

// table is a text of kinds and types, as schema/gen writes it. Only what is
// asked for is read: a build needs sixty types of more than a thousand.
type table struct {
	text string
	// head is what stands before the types: the kinds.
	head string
	// types are the places where types begin, in the order of their names.
	types []int
}

// kind is one kind in one API version.
type kind struct {
	version, name string
	typeName      string
	namespaced    bool
	spans         spans
}

func readTable(text string) *table {
	t := &table{text: text, head: text}
	for at := strings.Index(text, beginning); at >= 0; {
		t.types = append(t.types, at+1)
		next := strings.Index(text[at+1:], beginning)
		if next < 0 {
			break
		}
		at += next + 1
	}
	if len(t.types) > 0 {
		t.head = text[:t.types[0]-1]
	}
	return t
}

// beginning is what the lines of a type begin with, after the line before.
const beginning = "\ntype "

// find returns the number of a type.
func (t *table) find(name string) (int, bool) {
	return slices.BinarySearchFunc(t.types, name, func(at int, name string) int {
		found := t.text[at+len(beginning)-1:]
		return strings.Compare(found[:strings.IndexAny(found, " \n")], name)
	})
}

// kind returns one of the kinds, which stand before the types.
func (t *table) kind(version, name string) (kind, bool) {
	first := "\nkind " + version + " " + name + " "
	at := strings.Index(t.head, first)
	if at < 0 {
		return kind{}, false
	}
	line := t.head[at+1:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return readKind(line)
}

// hasGroup tells whether a kind of the table is in a group.
func (t *table) hasGroup(group string) bool {
	return group == "" || strings.Contains(t.head, "\nkind "+group+"/")
}

func readKind(line string) (kind, bool) {
	words := strings.Fields(line)
	if len(words) < 5 || words[0] != "kind" {
		return kind{}, false
	}
	k := kind{version: words[1], name: words[2], typeName: words[3], namespaced: words[4] == "namespace"}
	if len(words) > 5 {
		k.spans = readSpans(words[5])
	}
	return k, true
}

// kinds lists all of them, for who has to be told what there is.
func (t *table) kinds() []kind {
	var kinds []kind
	for line := range strings.SplitSeq(t.head, "\n") {
		if k, ok := readKind(line); ok {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// lines returns the lines of a type: the first one with its name, and those
// of its fields. Without such a type it returns none.
func (t *table) lines(name string) []string {
	i, ok := t.find(name)
	if !ok {
		return nil
	}
	end := len(t.text)
	if i+1 < len(t.types) {
		end = t.types[i+1]
	}
	return strings.Split(t.text[t.types[i]:end-1], "\n")
}

// spans are ranges of minor versions; none mean all of them.
type spans []span

type span struct{ from, to int }

// newest stands for the end of a range that goes on.
const newest = 1 << 20

func readSpans(text string) spans {
	var out spans
	for part := range strings.SplitSeq(text, ",") {
		first, last, _ := strings.Cut(part, "-")
		from, _ := strconv.Atoi(first)
		to, err := strconv.Atoi(last)
		if err != nil {
			to = newest
		}
		out = append(out, span{from, to})
	}
	return out
}

func (s spans) has(minor int) bool {
	for _, span := range s {
		if span.from <= minor && minor <= span.to {
			return true
		}
	}
	return len(s) == 0
}
