package conform

import (
	"io/fs"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// table is a text of kinds and types, as schema/gen writes it. Only what is
// asked for is read: a build needs sixty types of more than a thousand.
type table struct {
	text string
	// head is what stands before the types: the kinds.
	head string
}

// kind is one kind in one API version.
type kind struct {
	version, name string
	typeName      string
	namespaced    bool
	spans         spans
}

func readTable(files fs.FS, name string) (*table, error) {
	text, err := artifact.ReadText(files, name)
	if err != nil {
		return nil, err
	}
	t := &table{text: text, head: text}
	if types := strings.Index(text, beginning); types >= 0 {
		t.head = text[:types]
	}
	return t, nil
}

// find returns where the lines of a type begin, the line with its name first, or -1.
// The types are in the order of their names.
func (t *table) find(name string) int {
	first := strings.Index(t.text, beginning)
	if first < 0 {
		return -1
	}
	for low, high := first+1, len(t.text); low < high; {
		at := low + lastType(t.text[low:low+(high-low)/2]) + 1
		found := t.text[at+len(beginning)-1:]
		switch found = found[:strings.IndexAny(found, " \n")]; {
		case found == name:
			return at
		case found > name:
			high = at
		default:
			next := strings.Index(t.text[at:high], beginning)
			if next < 0 {
				return -1
			}
			low = at + next + 1
		}
	}
	return -1
}

// lastType returns where the last type begins, or -1. It goes by lines, which are
// short: looking for the words from behind compares at each byte.
func lastType(text string) int {
	for {
		at := strings.LastIndexByte(text, '\n')
		if at < 0 || strings.HasPrefix(text[at:], beginning) {
			return at
		}
		text = text[:at]
	}
}

// beginning is what the lines of a type begin with, after the line before.
const beginning = "\ntype "

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
	at := t.find(name)
	if at < 0 {
		return nil
	}
	text := t.text[at:]
	end := strings.Index(text, beginning)
	if end < 0 {
		end = len(text) - 1
	}
	return strings.Split(text[:end], "\n")
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
