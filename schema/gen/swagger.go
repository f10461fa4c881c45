package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// swagger is what is read of an OpenAPI document.
type swagger struct {
	Paths       map[string]map[string]json.RawMessage `json:"paths"`
	Definitions map[string]*schema                    `json:"definitions"`
}

// schema is a JSON Schema, as far as the sources use it.
type schema struct {
	Ref         string             `json:"$ref"`
	Type        any                `json:"type"`
	Format      string             `json:"format"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Items       *schema            `json:"items"`
	Enum        []any              `json:"enum"`
	OneOf       []*schema          `json:"oneOf"`
	AnyOf       []*schema          `json:"anyOf"`
	AllOf       []*schema          `json:"allOf"`
	Additional  *additional        `json:"additionalProperties"`
	Patterns    map[string]*schema `json:"patternProperties"`
	Definitions map[string]*schema `json:"definitions"`
	IntOrString bool               `json:"x-kubernetes-int-or-string"`
	Default     json.RawMessage    `json:"default"`
	Preserve    bool               `json:"x-kubernetes-preserve-unknown-fields"`
	Embedded    bool               `json:"x-kubernetes-embedded-resource"`
}

// additional is a schema or a boolean.
type additional struct {
	schema *schema
	refuse bool
}

func (a *additional) UnmarshalJSON(data []byte) error {
	var allowed bool
	if json.Unmarshal(data, &allowed) == nil {
		a.refuse = !allowed
		return nil
	}
	a.schema = &schema{}
	return json.Unmarshal(data, a.schema)
}

// kubernetes makes the table of all minor versions.
func kubernetes() (string, error) {
	t := newTable(oldest)
	for _, version := range minors {
		dir, err := download(kubernetesModule, version)
		if err != nil {
			return "", err
		}
		if err := addRelease(t, dir); err != nil {
			return "", fmt.Errorf("%s: %w", version, err)
		}
	}
	return t.String(), nil
}

func addRelease(t *table, dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, "api/openapi-spec/swagger.json"))
	if err != nil {
		return err
	}
	var document swagger
	if err := json.Unmarshal(data, &document); err != nil {
		return err
	}
	enums, err := readEnums(filepath.Join(dir, "pkg/generated/openapi/zz_generated.openapi.go"))
	if err != nil {
		return err
	}
	addKind, addType := t.release()
	reached := &reach{definitions: document.Definitions, enums: enums, add: addType, done: map[string]bool{}}
	for path, operations := range document.Paths {
		if line, definition := created(path, operations["post"]); line != "" && !turnedOff(line, t.releases-1+oldest) {
			addKind(line)
			reached.visit(definition)
		}
	}
	return nil
}

// collection is the path at which objects of a kind are created.
var collection = regexp.MustCompile(`^/apis?/((?:[^/{}]+/)?v[^/{}]+)/(namespaces/\{namespace\}/)?[^/{}]+$`)

// turnedOff tells whether a release knows a kind and does not serve it unless
// it is told to: the document is made with everything turned on.
func turnedOff(line string, minor int) bool {
	version, rest, _ := strings.Cut(line, " ")
	name, _, _ := strings.Cut(rest, " ")
	if minor < 16 {
		return false
	}
	return version == "apps/v1beta1" || version == "apps/v1beta2" || version == "extensions/v1beta1" && name != "Ingress"
}

// created returns the line of the kind that a path creates, and its definition.
func created(path string, operation json.RawMessage) (line, definition string) {
	match := collection.FindStringSubmatch(path)
	if match == nil || operation == nil {
		return "", ""
	}
	var post struct {
		Parameters []struct {
			In     string `json:"in"`
			Schema schema `json:"schema"`
		} `json:"parameters"`
	}
	if json.Unmarshal(operation, &post) != nil {
		return "", ""
	}
	for _, parameter := range post.Parameters {
		if name := strings.TrimPrefix(parameter.Schema.Ref, "#/definitions/"); parameter.In == "body" && name != "" {
			scope := "cluster"
			if match[2] != "" {
				scope = "namespace"
			}
			kind := name[strings.LastIndexByte(name, '.')+1:]
			return fmt.Sprintf("%s %s %s %s", match[1], kind, typeName(name), scope), name
		}
	}
	return "", ""
}

// typeName shortens the name of a definition, and gives the old names of the
// first releases the form of today's.
func typeName(definition string) string {
	for _, prefix := range []string{"io.k8s.kubernetes.pkg.apis.", "io.k8s.kubernetes.pkg.api.", "io.k8s.api.", "io.k8s.kubernetes."} {
		if rest, ok := strings.CutPrefix(definition, prefix); ok {
			definition = rest
			break
		}
	}
	definition = strings.TrimPrefix(definition, "io.k8s.apimachinery.pkg.apis.")
	definition = strings.TrimPrefix(definition, "io.k8s.apiextensions-apiserver.pkg.apis.")
	definition = strings.TrimPrefix(definition, "io.k8s.kube-aggregator.pkg.apis.")
	if strings.HasPrefix(definition, "v1.") {
		definition = "core." + definition
	}
	return definition
}

// reach adds the definitions that kinds lead to.
type reach struct {
	definitions map[string]*schema
	enums       map[string][]string
	add         func(name string, r record)
	done        map[string]bool
}

func (r *reach) visit(definition string) {
	name := typeName(definition)
	s := r.definitions[definition]
	if r.done[name] || s == nil {
		return
	}
	if s.Ref != "" && len(s.Properties) == 0 {
		r.visit(strings.TrimPrefix(s.Ref, "#/definitions/"))
		return
	}
	r.done[name] = true
	made := record{fields: map[string]field{}}
	for key, property := range s.Properties {
		if key == "status" {
			made.fields[key] = field{form: "object"} // nobody writes one
			continue
		}
		made.fields[key] = field{
			form: r.form(property, r.enums[name+" "+key]), required: slices.Contains(s.Required, key),
		}
	}
	r.add(name, made)
}

// form writes the type of a property.
func (r *reach) form(s *schema, enum []string) string {
	if s.Ref != "" {
		definition := strings.TrimPrefix(s.Ref, "#/definitions/")
		return r.reference(definition)
	}
	switch s.Type {
	case "array":
		return "[]" + r.form(s.Items, enum)
	case "object":
		if s.Additional != nil && s.Additional.schema != nil {
			return "{}" + r.form(s.Additional.schema, nil)
		}
		return "object"
	}
	return scalar(s, enum)
}

func scalar(s *schema, enum []string) string {
	switch s.Type {
	case "integer":
		if s.Format == "int32" {
			return "int32"
		}
		return "int64"
	case "number":
		return "number"
	case "boolean":
		return "bool"
	case "string":
		switch s.Format {
		case "byte":
			return "bytes"
		case "date-time":
			return "time"
		case "int-or-string":
			return "intstr"
		}
		if len(enum) > 0 {
			return "string=" + strings.Join(enum, "|")
		}
		return "string"
	}
	return "any"
}

// reference writes a definition that is no structure as what it is.
func (r *reach) reference(definition string) string {
	s := r.definitions[definition]
	name := typeName(definition)
	switch {
	case strings.HasSuffix(name, ".Quantity"):
		return "quantity"
	case s == nil:
		return "any"
	case s.Ref != "" && len(s.Properties) == 0:
		return r.reference(strings.TrimPrefix(s.Ref, "#/definitions/"))
	case len(s.Properties) > 0:
		r.visit(definition)
		return name
	case s.Type == "string":
		return scalar(s, nil)
	}
	return "any"
}

// defaulted tells whether a schema fills in what is missing.
func (s *schema) defaulted() bool { return len(s.Default) > 0 }
