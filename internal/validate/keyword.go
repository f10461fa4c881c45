package validate

import (
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func text(m map[string]any, key string) string {
	value, _ := m[key].(string)
	return value
}

// schemaOf returns the part of the schema that refused.
func (s *Schema) schemaOf(e *jsonschema.ValidationError) map[string]any {
	node, _ := s.at(fragment(e.SchemaURL)).(map[string]any)
	if node == nil {
		return nil
	}
	return s.resolve(node)
}

func fragment(schema string) string {
	_, pointer, _ := strings.Cut(schema, "#")
	if plain, err := url.PathUnescape(pointer); err == nil {
		return plain
	}
	return pointer
}

// annotation looks for a keyword at the part of the schema that refused and
// then at the parts around it, as far as the nearest property.
func (s *Schema) annotation(e *jsonschema.ValidationError, keyword string) string {
	pointer := fragment(e.SchemaURL)
	for {
		if node, ok := s.at(pointer).(map[string]any); ok {
			if value := text(node, keyword); value != "" {
				return value
			}
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return ""
		}
		parent := pointer[:cut]
		if strings.HasSuffix(parent, "/properties") && !strings.Contains(pointer, "/then") && !strings.Contains(pointer, "/else") {
			return ""
		}
		pointer = parent
	}
}

// fieldAt finds the schema of a field by its path in a document.
func (s *Schema) fieldAt(path []any) map[string]any {
	node := s.raw
	for _, step := range path {
		node = s.resolve(node)
		if key, ok := step.(string); ok {
			node = s.child(node, key)
		} else {
			node, _ = node["items"].(map[string]any)
		}
		if node == nil {
			return nil
		}
	}
	return s.resolve(node)
}
