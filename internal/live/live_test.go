package live

import (
	"slices"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/schema"
)

func objectFrom(t *testing.T, manifest string) artifact.Object {
	t.Helper()
	o := artifact.File{Data: []byte(manifest)}.Table()
	if o == nil {
		t.Fatalf("no object: %s", manifest)
	}
	return o
}

// TestApplying finds who applied an object.
func TestApplying(t *testing.T) {
	const engine = "{manager: kustomize-controller, operation: Apply, fieldsV1: {f:spec: {f:replicas: {}, f:paused: {}}}}"
	const hand = "{manager: kubectl, operation: Apply, fieldsV1: {f:spec: {f:replicas: {}}}}"
	const status = "{manager: argocd-controller, operation: Apply, subresource: status, fieldsV1: {f:a: {}, f:b: {}, f:c: {}}}"
	const controller = "{manager: kube-controller-manager, operation: Update, fieldsV1: {f:a: {}, f:b: {}, f:c: {}}}"
	for _, test := range []struct {
		name, metadata string
		manager        string
		ok             bool
	}{
		{"nobody", "{managedFields: [" + controller + "]}", "", false},
		{"one", "{managedFields: [" + controller + ", " + hand + "]}", "kubectl", true},
		{"who holds most", "{managedFields: [" + hand + ", " + engine + ", " + status + "]}", "kustomize-controller", true},
		{"the client", "{annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}, managedFields: [" + controller + "]}", "", true},
		{"the client, then an engine", "{annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}, managedFields: [" + engine + "]}", "kustomize-controller", true},
	} {
		m, ok := applying(objectFrom(t, "{kind: A, metadata: "+test.metadata+"}"))
		if m.manager != test.manager || ok != test.ok {
			t.Errorf("%s: %q, %t", test.name, m.manager, ok)
		}
	}
}

// TestByHand tells of what people wrote, and not of what programs did.
func TestByHand(t *testing.T) {
	o := objectFrom(t, `
kind: Deployment
metadata:
  name: core
  managedFields:
  - {manager: argocd-controller, operation: Apply, fieldsV1: {f:spec: {f:replicas: {}}}}
  - {manager: kubectl-edit, operation: Update, fieldsV1: {f:spec: {f:replicas: {}, f:template: {f:spec: {f:containers: {'k:{"name":"core"}': {f:env: {'k:{"name":"A"}': {.: {}, f:value: {}}}}}}}}}}
  - {manager: kubectl-create, operation: Update, fieldsV1: {f:spec: {f:paused: {}}}}
  - {manager: kubectl, operation: Update, subresource: scale, fieldsV1: {f:spec: {f:paused: {}}}}
  - {manager: kubectl-annotate, operation: Update, fieldsV1: {f:metadata: {f:annotations: {f:a.example.com/b: {}}}}}
`)
	want := []string{
		"Deployment core: somebody wrote spec.template.spec.containers[core].env[A].value by hand (kubectl-edit), which no manifest holds",
		"Deployment core: somebody wrote metadata.annotations[a.example.com/b] by hand (kubectl-annotate), which no manifest holds",
	}
	if got := byHand(o); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := byHand(nil); len(got) > 0 {
		t.Errorf("of nothing: %q", got)
	}
}

// TestRefuses tells what the API server will not have from what keeps it from
// judging.
func TestRefuses(t *testing.T) {
	for message, want := range map[string]string{
		`Error from server (Invalid): Deployment.apps "a" is invalid: spec.selector: field is immutable`:                                                          "spec.selector: field is immutable",
		`The Deployment "a" is invalid: spec.selector: field is immutable`:                                                                                        "spec.selector: field is immutable",
		`Error from server (Forbidden): persistentvolumeclaims "a" is forbidden: only dynamically provisioned pvc can be resized`:                                 `persistentvolumeclaims "a" is forbidden: only dynamically provisioned pvc can be resized`,
		`Error from server (BadRequest): Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz"`:      `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicaz"`,
		`Error from server (Forbidden): deployments.apps "a" is forbidden: User "b" cannot patch resource "deployments" in API group "apps" in the namespace "c"`: "",
		`Error from server (BadRequest): admission webhook "a.example.com" does not support dry run`:                                                              "",
		`Error from server (InternalError): failed calling webhook`:                                                                                               "",
		`Error from server (Timeout): the server was unable to return a response`:                                                                                 "",
		`error: unable to recognize no matches for kind "A" in version "b/v1"`:                                                                                    "",
		`error: unable to recognize "STDIN": Get "https://a/api": dial tcp 127.0.0.1:1: connect: refused`:                                                         "",
	} {
		text, ok := refuses(message)
		if ok != (want != "") || ok && shown(artifact.Object{"kind": "Deployment"}, text) != want {
			t.Errorf("%s: %t, %s", message, ok, text)
		}
	}
	const patch = "error when applying patch:\n{\"stringData\":{\"a\":\"geheim\"}}\nto:\nName: \"a\"\nfor: \"STDIN\": error when patching \"STDIN\": Secret \"a\" is invalid: data: Forbidden: field is immutable"
	if got := shown(artifact.Object{"kind": "Secret"}, patch); got != "data" {
		t.Errorf("of a Secret that the client applied: %s", got)
	}
	if got := shown(artifact.Object{"kind": "Secret"}, `Secret "a" is invalid: data[b]: Invalid value: "geheim": no`); strings.Contains(got, "geheim") || got != "data[b]" {
		t.Errorf("of a Secret: %s", got)
	}
}

// TestWhole puts messages together, and leaves out what libraries log.
func TestWhole(t *testing.T) {
	got := whole("W1121 10:00:00.000000 1 warnings.go:107] no\nWarning: old\nError from server (Invalid): a\n  more\n\n  and more\nerror: b\n")
	if want := []string{"Warning: old", "Error from server (Invalid): a\n  more\n  and more", "error: b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestEncrypted compares an encrypted Secret by what can be seen without a key,
// and with one by its values.
func TestEncrypted(t *testing.T) {
	known, err := ReadKnown(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	wanted := objectFrom(t, "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b, annotations: {hagen.dev/fingerprints: now}, labels: {c: d}}, type: Opaque, stringData: {both: 'ENC[1]', new: 'ENC[2]'}, sops: {mac: e}}")
	held := objectFrom(t, "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b, uid: f, labels: {c: d, "+known.Marks[0]+": g}, annotations: {h: i, hagen.dev/fingerprints: then}}, type: Opaque, data: {both: eA==, old: eQ==}}")
	for _, test := range []struct {
		name, both string
		opened     map[string]string
	}{
		{"without a key", "'ENC[1]'", nil},
		{"the same value", "'ENC[1]'", map[string]string{"both": "x", "new": "z"}},
		{"another value", "eA==", map[string]string{"both": "y", "new": "z"}},
	} {
		got, err := artifact.EncodeYAML(map[string]any(asEncrypted(wanted, held, known.Marks, test.opened)))
		if err != nil {
			t.Fatal(err)
		}
		want, err := artifact.EncodeYAML(map[string]any(objectFrom(t, "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b, annotations: {hagen.dev/fingerprints: then}, labels: {c: d}}, type: Opaque, stringData: {both: "+test.both+", old: eQ==}, sops: {mac: e}}")))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %v\n%s", test.name, err, got)
		}
	}
}

// TestSelector holds that every object of the examples is found by its label.
func TestSelector(t *testing.T) {
	known, err := ReadKnown(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	key, value, _ := strings.Cut(known.Selector, "=")
	seen := 0
	for _, i := range itemsOf(known, exampleFiles(t), nil) {
		seen++
		if label(i.wanted, key) != value {
			t.Errorf("%s does not carry %s", name(i.wanted), known.Selector)
		}
	}
	if seen < 100 {
		t.Errorf("%d objects", seen)
	}
}
