package main

import "testing"

// A table says in few words when a kind, a type and a field are known.
func TestTable(t *testing.T) {
	table := newTable(7)
	for i := range 4 {
		addKind, addType := table.release()
		addKind("v1 Always a.Always namespace")
		r := record{fields: map[string]field{"same": {form: "string"}}}
		if i == 1 {
			addKind("v1 Once a.Once cluster")
		}
		if i != 1 {
			r.fields["gap"] = field{form: "bool", required: i > 2}
		}
		if i > 1 {
			addType("a.Late", record{flags: "open", fields: map[string]field{"x": {form: "int32"}}})
		}
		addType("a.Always", r)
	}
	const want = `# Made by schema/gen; see its README.md.
kind v1 Always a.Always namespace
kind v1 Once a.Once cluster 8-8
type a.Always
	gap bool 7-7,9-9
	gap! bool 10-
	same string
type a.Late open
	x int32
`
	if got := table.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTypeName(t *testing.T) {
	for definition, want := range map[string]string{
		"io.k8s.api.core.v1.Pod":                                                            "core.v1.Pod",
		"io.k8s.kubernetes.pkg.api.v1.Pod":                                                  "core.v1.Pod",
		"io.k8s.kubernetes.pkg.apis.apps.v1beta1.Deployment":                                "apps.v1beta1.Deployment",
		"io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta":                                   "meta.v1.ObjectMeta",
		"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition": "apiextensions.v1.CustomResourceDefinition",
	} {
		if got := typeName(definition); got != want {
			t.Errorf("%s: got %s, want %s", definition, got, want)
		}
	}
}

func TestForm(t *testing.T) {
	n := newInline(func(string, record) {})
	text, list := &schema{Type: "string"}, &schema{Type: "array", Items: &schema{Type: []any{"string", "number"}}}
	for want, s := range map[string]*schema{
		"string":                   text,
		"[](string;number)":        list,
		"string=a|b":               {Type: "string", Enum: []any{"b", "a"}},
		"{}string":                 {Type: "object", Additional: &additional{schema: text}},
		"intstr":                   {IntOrString: true},
		"object":                   {Type: "object", Preserve: true},
		"string;[](string;number)": {OneOf: []*schema{text, list}},
		"any":                      {},
	} {
		if got := n.form(s, "x.y"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
