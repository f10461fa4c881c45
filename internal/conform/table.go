package conform

import (
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// table is a text of kinds and types, as schema/gen writes it. Only what is
// asked for is read: a build needs sixty types of more than a thousand.
type table struct {
	text  string
	index func() map[string]int
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
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	t := &table{text: string(data)}
	t.index = sync.OnceValue(func() map[string]int { return indexOf(t.text) })
	t.kinds = sync.OnceValue(func() map[string]kind { return kindsOf(t.text) })
	return t, nil
}

// indexOf finds where the lines of each type begin, the line with its name
// first.
func indexOf(text string) map[string]int {
	index := map[string]int{}
	for at := 0; at < len(text); {
		end := at + strings.IndexByte(text[at:], '\n') + 1
		if rest, ok := strings.CutPrefix(text[at:end], "type "); ok {
			name, _, _ := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
			index[name] = at
		}
		at = end
	}
	return index
}

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
	at, ok := t.index()[name]
	if !ok {
		return nil
	}
	text := t.text[at:]
	end := strings.Index(text, "\ntype ")
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
