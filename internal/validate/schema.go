// Package validate judges a spec against its JSON Schema. Documents of plain
// maps go in; diagnostics with paths come out, in hagen's words. It also fills
// in the schema's defaults and finds the files that a spec names.
package validate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaURL is the name by which the compiled schema calls itself. The library
// checks no schema below this host against the metaschema, which would take
// longer than all else that validation does; the tests of the schema do it.
const schemaURL = "https://json-schema.org/hagen/spec.schema.json"

// Schema is the compiled schema of specs. It is safe for concurrent use.
type Schema struct {
	raw          map[string]any
	compiled     *jsonschema.Schema
	environments *jsonschema.Schema
}

// Load reads spec.schema.json from the folder of schemas and compiles it.
func Load(folder fs.FS) (*Schema, error) {
	file, err := folder.Open("spec.schema.json")
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(lazyPattern)
	if err := compiler.AddResource(schemaURL, raw); err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	compiled, err := compiler.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	environments, err := compiler.Compile(schemaURL + "#/properties/environment")
	if err != nil {
		return nil, fmt.Errorf("compile the schema: %w", err)
	}
	return &Schema{raw: raw, compiled: compiled, environments: environments}, nil
}

// pattern is a regular expression that is compiled when a value first meets
// it: a spec meets few of them.
type pattern struct {
	source   string
	compiled func() *regexp.Regexp
}

func lazyPattern(source string) (jsonschema.Regexp, error) {
	return pattern{source, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })}, nil
}

func (p pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }
func (p pattern) String() string            { return p.source }

// resolve follows local references.
func (s *Schema) resolve(node map[string]any) map[string]any {
	for range 16 {
		ref, ok := node["$ref"].(string)
		if !ok {
			return node
		}
		target, ok := s.at(strings.TrimPrefix(ref, "#")).(map[string]any)
		if !ok {
			return node
		}
		node = target
	}
	return node
}

// at returns the part of the schema at a JSON pointer.
func (s *Schema) at(pointer string) any {
	var node any = s.raw
	for _, token := range pointerTokens(pointer) {
		switch n := node.(type) {
		case map[string]any:
			node = n[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(n) {
				return nil
			}
			node = n[i]
		default:
			return nil
		}
	}
	return node
}

func pointerTokens(pointer string) []string {
	pointer = strings.TrimPrefix(pointer, "/")
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~", "%25", "%").Replace(token)
	}
	return tokens
}

// properties returns the schema's properties of an object schema.
func (s *Schema) properties(node map[string]any) map[string]any {
	p, _ := s.resolve(node)["properties"].(map[string]any)
	return p
}

// child returns the schema of one key, or nil.
func (s *Schema) child(node map[string]any, key string) map[string]any {
	if p, ok := s.properties(node)[key].(map[string]any); ok {
		return p
	}
	more, _ := s.resolve(node)["additionalProperties"].(map[string]any)
	return more
}
