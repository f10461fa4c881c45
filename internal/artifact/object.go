package artifact

import "strings"

// Object is a Kubernetes-style object as nested maps, slices, strings,
// numbers and booleans.
type Object map[string]any

// APIVersion returns the object's apiVersion, or "".
func (o Object) APIVersion() string { return Text(o["apiVersion"]) }

// Kind returns the object's kind, or "".
func (o Object) Kind() string { return Text(o["kind"]) }

// Name returns metadata.name, or "".
func (o Object) Name() string { return Text(Map(o["metadata"])["name"]) }

// Namespace returns metadata.namespace, or "".
func (o Object) Namespace() string { return Text(Map(o["metadata"])["namespace"]) }

// Annotation returns one annotation, or "".
func (o Object) Annotation(key string) string {
	return Text(Map(Map(o["metadata"])["annotations"])[key])
}

// ID returns the words by which messages name an object: its kind, a slash
// and its name.
func (o Object) ID() string { return o.Kind() + "/" + o.Name() }

// Key tells an object from all others of a site.
func (o Object) Key() string {
	return o.APIVersion() + "|" + o.Kind() + "|" + o.Namespace() + "|" + o.Name()
}

// IDOf is the ID of the object that has a key.
func IDOf(key string) string {
	parts := strings.Split(key, "|")
	return parts[1] + "/" + parts[3]
}

// Map returns v as a map, or nil when it is none.
func Map(v any) map[string]any {
	switch m := v.(type) {
	case map[string]any:
		return m
	case Object:
		return m
	}
	return nil
}

// List returns v as a slice, or nil when it is none.
func List(v any) []any {
	l, _ := v.([]any)
	return l
}

// Text returns v as a string, or "" when it is none.
func Text(v any) string {
	s, _ := v.(string)
	return s
}
