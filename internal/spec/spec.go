// Package spec reads a TOML spec: bytes go in, a document of plain maps with
// the place of every key comes out.
//
// BurntSushi/toml is the judge of what is valid and what it means. It keeps no
// positions of keys, so a second parser reads the same bytes for those alone.
package spec

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"hagen/internal/diag"
)

// MaxSize is the largest spec that is read, in bytes. A thousand environments
// take about a fifth of a megabyte.
const MaxSize = 16 << 20

// maxDepth bounds nesting: the deepest field of the schema is at 6.
const maxDepth = 64

// environments is the key of the tables that override the rest.
const environments = "environment"

// Document is a decoded spec.
type Document struct {
	// File is the name by which messages call the spec.
	File string
	// Root holds maps, slices, strings, booleans, int64, float64 and, where
	// the user wrote one, time.Time.
	Root map[string]any
	// Text is what the document was read from.
	Text []byte

	// Whole is, in an environment, the document that it was taken from.
	Whole *Document

	places      map[string]diag.Place
	environment string
}

// Decode reads a spec. The error of a syntax mistake carries its place.
func Decode(file string, src []byte) (*Document, error) {
	if err := checkText(file, src); err != nil {
		return nil, err
	}
	root := map[string]any{}
	if _, err := toml.NewDecoder(bytes.NewReader(src)).Decode(&root); err != nil {
		return nil, syntaxError(file, src, err)
	}
	document := &Document{File: file, Root: root, Text: src, places: places(file, src)}
	for _, key := range slices.Sorted(maps.Keys(root)) {
		value, err := normalize(root[key])
		if err != nil {
			return nil, diag.Diagnostic{
				Place: document.Place([]any{key}), Path: []any{key}, Message: err.Error(),
				Reason: "no field is that deep, and what reads the spec would run out of memory",
				Fix:    "look for a bracket or a dotted key too many",
			}
		}
		root[key] = value
	}
	return document, nil
}

func checkText(file string, src []byte) error {
	if len(src) > MaxSize {
		return diag.Diagnostic{
			Place:   diag.Place{File: file},
			Message: fmt.Sprintf("the spec has %d bytes, the limit is %d", len(src), MaxSize),
		}
	}
	if utf8.Valid(src) {
		return nil
	}
	at := 0
	for at < len(src) {
		r, size := utf8.DecodeRune(src[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return diag.Diagnostic{
		Place:   newLines(src).place(file, at),
		Message: fmt.Sprintf("byte 0x%02x is not UTF-8", src[at]),
		Reason:  "a TOML file is UTF-8 text",
		Fix:     "save the file as UTF-8 without a byte order mark",
	}
}

// normalize gives arrays of tables the type of all other lists and bounds the
// depth of what later stages walk.
func normalize(v any) (any, error) { return normalizeAt(v, 1) }

func normalizeAt(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("tables are nested deeper than %d levels", maxDepth)
	}
	switch value := v.(type) {
	case map[string]any:
		for key, item := range value {
			plain, err := normalizeAt(item, depth+1)
			if err != nil {
				return nil, err
			}
			value[key] = plain
		}
		return value, nil
	case []map[string]any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = item
		}
		return normalizeAt(list, depth)
	case []any:
		for i, item := range value {
			plain, err := normalizeAt(item, depth+1)
			if err != nil {
				return nil, err
			}
			value[i] = plain
		}
		return value, nil
	case string, bool, int64, float64, time.Time:
		return value, nil
	}
	return fmt.Sprint(v), nil
}

// Environments returns the names of the environments, sorted.
func (d *Document) Environments() []string {
	tables, _ := d.Root[environments].(map[string]any)
	return slices.Sorted(maps.Keys(tables))
}

// Environment returns the document with the overrides of one environment
// merged in: tables are merged key by key, everything else is replaced. An
// empty name returns the document without its environments.
func (d *Document) Environment(name string) (*Document, error) {
	root := maps.Clone(d.Root)
	delete(root, environments)
	out := &Document{File: d.File, Root: root, Text: d.Text, Whole: d, places: d.places, environment: name}
	if name == "" {
		return out, nil
	}
	tables, _ := d.Root[environments].(map[string]any)
	overrides, ok := tables[name].(map[string]any)
	if !ok {
		return nil, diag.Diagnostic{
			Place:   d.Place([]any{environments}),
			Message: fmt.Sprintf("there is no environment %q", name),
			Fix:     "the spec has " + listOrNone(d.Environments()),
		}
	}
	out.Root = merge(root, overrides)
	return out, nil
}

func listOrNone(names []string) string {
	if len(names) == 0 {
		return "no environments"
	}
	return "the environments " + strings.Join(names, ", ")
}

// merge returns a new map; base and overrides stay as they are.
func merge(base, overrides map[string]any) map[string]any {
	out := maps.Clone(base)
	for key, value := range overrides {
		below, isTable := value.(map[string]any)
		old, wasTable := out[key].(map[string]any)
		if isTable && wasTable {
			out[key] = merge(old, below)
			continue
		}
		out[key] = value
	}
	return out
}
