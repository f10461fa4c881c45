package unwrap

import (
	"strings"
	"testing"

	"hagen/internal/artifact"
)

func secretVariable(name, key string) object {
	return object{"name": name, "valueFrom": object{"secretKeyRef": object{"name": "keys", "key": key}}}
}

func secretMount(material, mode string) object {
	return object{
		"source": "${HAGEN_SECRETS:-/s}/" + material, "target": "/" + material,
		"secret": object{"material": material, "owner": 10000.0, "mode": mode},
	}
}

// secretBundle has two services that read secrets, and a node that reads one.
func secretBundle(fingerprints string) artifact.Object {
	bundle := bundleOf(
		object{
			"name": "core", "labels": object{"a": "b"},
			"environment": []any{object{"name": "PLAIN", "value": "x"}, secretVariable("DB", "db"), secretVariable("KEY", "secretkey")},
			"volumes":     []any{secretMount("secretkey", "0400")},
		},
		object{"name": "ui", "labels": []any{"a=b"}, "environment": []any{secretVariable("DB", "db")}},
		object{"name": "portal"},
	)
	bundle["spec"].(object)["secretFiles"] = []any{
		object{"material": "ceph_key", "owner": 0.0, "mode": "0600", "path": "/etc/ceph/a.secret"},
	}
	if fingerprints != "" {
		bundle["metadata"].(object)["annotations"] = object{artifact.AnnotationFingerprints: fingerprints}
	}
	return bundle
}

func TestSecretsList(t *testing.T) {
	got := files(t, secretBundle(`{"db": "f1", "ceph_key": "f2", "other": "f3"}`))
	const want = `file secretkey 10000 10000 0400
fingerprint ceph_key f2
fingerprint db f1
place ceph_key 0 0 0600 /etc/ceph/a.secret
variable core DB db
variable core KEY secretkey
variable ui DB db
`
	if list := got["compose/one/host/secrets.list"]; list != want {
		t.Errorf("got\n%s", list)
	}
	project := got["compose/one/docker-compose.yml"]
	for _, gone := range []string{"DB", "KEY", "secretKeyRef", "material", "fingerprint", "ceph_key"} {
		if strings.Contains(project, gone) {
			t.Errorf("docker-compose.yml holds %s:\n%s", gone, project)
		}
	}
	if !strings.Contains(project, "source: ${HAGEN_SECRETS:-/s}/secretkey") || !strings.Contains(project, "PLAIN: x") {
		t.Errorf("docker-compose.yml lacks a mount or a variable:\n%s", project)
	}
}

// labels returns the checksums of the services core and ui.
func labels(t *testing.T, fingerprints string) (core, ui string) {
	t.Helper()
	text := files(t, secretBundle(fingerprints))["compose/one/docker-compose.yml"]
	_, below, _ := strings.Cut(text, secretsLabel+": ")
	core, _, _ = strings.Cut(below, "\n")
	_, below, _ = strings.Cut(text, secretsLabel+"=")
	ui, _, _ = strings.Cut(below, "\n")
	return core, ui
}

// A container is made anew when a secret that it reads changes, and only then.
func TestSecretsLabel(t *testing.T) {
	core, ui := labels(t, `{"db": "1", "secretkey": "2", "ceph_key": "3"}`)
	if core == "" || ui == "" || core == ui {
		t.Fatalf("got the labels %q and %q", core, ui)
	}
	if a, b := labels(t, `{"ceph_key": "4", "secretkey": "2", "db": "1"}`); a != core || b != ui {
		t.Error("a secret that no container reads changed a label")
	}
	if a, b := labels(t, `{"db": "1", "secretkey": "x"}`); a == core || b != ui {
		t.Error("secretkey is core's alone")
	}
	if a, b := labels(t, `{"db": "x", "secretkey": "2"}`); a == core || b == ui {
		t.Error("a changed db changed no label")
	}
	if a, b := labels(t, ""); a+b != "" {
		t.Errorf("without fingerprints there are the labels %q and %q", a, b)
	}
}

func TestSecretsRefused(t *testing.T) {
	bad := bundleOf(
		object{"name": "core", "volumes": []any{secretMount("key", "0400"), secretMount("../x", "0400")}},
		object{"name": "ui", "volumes": []any{secretMount("key", "0600")}, "environment": []any{secretVariable("A B", "db")}},
	)
	bad["spec"].(object)["secretFiles"] = []any{object{"material": "k", "owner": 0.0, "mode": "0600", "path": "etc/x"}}
	_, err := Files([]artifact.Object{bad})
	for _, want := range []string{
		`service core: "../x" cannot be the name`, `service ui: "A B" cannot be`,
		"service ui: file key is asked for with two owners or modes", "secret k has no absolute path",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// encrypted is a Secret whose text says nothing of its values.
func encrypted(kind, ciphertext, fingerprints string) artifact.Object {
	return artifact.Object{
		"apiVersion": "v1", "kind": kind, "data": object{"a": ciphertext},
		"metadata": object{"name": "keys", "namespace": "harbor", "annotations": object{artifact.AnnotationFingerprints: fingerprints}},
	}
}

func TestChecksumOfEncryptedSecrets(t *testing.T) {
	some := deployment()
	container := some["spec"].(object)["template"].(object)["spec"].(object)["containers"].([]any)[0].(object)
	container["env"] = []any{secretVariable("A", "a")}
	all := deployment()
	all["spec"].(object)["template"].(object)["spec"].(object)["volumes"] = []any{object{"secret": object{"secretName": "keys"}}}
	sum := func(pod, secret artifact.Object) string {
		_, after, _ := strings.Cut(files(t, pod, secret)["kubernetes/deployment-core.yaml"], checksumAnnotation+": ")
		value, _, _ := strings.Cut(after, "\n")
		return value
	}
	base, whole := sum(some, encrypted("Secret", "ENC[1]", `{"a": "1", "b": "1"}`)), sum(all, encrypted("Secret", "ENC[1]", `{"a": "1", "b": "1"}`))
	if base == "" || whole == "" {
		t.Fatal("there is no checksum")
	}
	for _, kind := range []string{"Secret", "SealedSecret"} {
		if sum(some, encrypted(kind, "ENC[2]", `{"a": "1", "b": "2"}`)) != base {
			t.Errorf("%s: what is encrypted anew, or a key that is not read, changed the checksum", kind)
		}
		if sum(some, encrypted(kind, "ENC[1]", `{"a": "2", "b": "1"}`)) == base {
			t.Errorf("%s: a changed key did not change it", kind)
		}
		if sum(all, encrypted(kind, "ENC[1]", `{"a": "1", "b": "2"}`)) == whole {
			t.Errorf("%s: a whole volume reads every key", kind)
		}
	}
}

// Fingerprints are written where the values are, encrypted; what only says when a
// Secret of another's changes is for the build alone.
func TestWrittenFingerprints(t *testing.T) {
	const prints = `{"a": "1"}`
	sealed := encrypted("SealedSecret", "x", prints)
	sealed["spec"] = object{"encryptedData": object{"a": "x"}}
	for _, object := range []artifact.Object{encrypted("Secret", "ENC[1]", prints), sealed, encrypted("ExternalSecret", "x", prints)} {
		metadata := artifact.Map(object["metadata"])
		artifact.Map(metadata["annotations"])[artifact.AnnotationComponent] = "secrets"
		written := files(t, object)["kubernetes/"+strings.ToLower(object.Kind())+"-keys.yaml"]
		if has := strings.Contains(written, artifact.AnnotationFingerprints); has != (object.Kind() != "ExternalSecret") {
			t.Errorf("%s has fingerprints: %v", object.Kind(), has)
		}
		if !strings.Contains(written, "kind: "+object.Kind()) || strings.Contains(written, artifact.AnnotationComponent) {
			t.Errorf("written is\n%s", written)
		}
	}
}
