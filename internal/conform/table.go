package conform

import (
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"hagen/internal/artifact"
)

// table is a text of kinds and types, as schema/gen writes it. Only what is
// asked for is read: a build needs sixty types of more than a thousand.
type table struct {
	text  string
	kinds func() map[string]kind
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
	t := &table{text: text}
	t.kinds = sync.OnceValue(func() map[string]kind { return kindsOf(t.text) })
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
		at := low + strings.LastIndex(t.text[low:low+(high-low)/2], beginning) + 1
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

// beginning is what the lines of a type begin with, after the line before.
const beginning = "\ntype "

// kindsOf reads the kinds, by version, blank and name.
func kindsOf(text string) map[string]kind {
	kinds := map[string]kind{}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "type ") {
			break
		}
		words := strings.Fields(line)
		if len(words) < 5 || words[0] != "kind" {
			continue
		}
		k := kind{version: words[1], name: words[2], typeName: words[3], namespaced: words[4] == "namespace"}
		if len(words) > 5 {
			k.spans = readSpans(words[5])
		}
		kinds[k.version+" "+k.name] = k
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
