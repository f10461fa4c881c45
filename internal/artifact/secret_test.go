package artifact

import (
	"maps"
	"testing"
)

func secretOf(kind string, more map[string]any) Object {
	object := Object{"apiVersion": "v1", "kind": kind}
	maps.Copy(object, more)
	return object
}

func TestFingerprints(t *testing.T) {
	prints := map[string]string{"b": KeyPrint("b", "b", "f1"), "a": KeyPrint("a", "c", "f2"), "plain": "=x=\n\"y"}
	text, err := FingerprintText(prints)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{\n  \"a\": \"c=f2\",\n  \"b\": \"f1\",\n  \"plain\": \"=x=\\n\\\"y\"\n}"; text != want {
		t.Errorf("got %s", text)
	}
	with := func(text string) map[string]string {
		return Object{"metadata": map[string]any{"annotations": map[string]any{AnnotationFingerprints: text}}}.Fingerprints()
	}
	if got := with(text); !maps.Equal(got, prints) {
		t.Errorf("%v comes back as %v", prints, got)
	}
	for _, broken := range []string{"", "{", "[]", `{"a": 1}`, `{"a": "1", "b": []}`} {
		if got := with(broken); len(got) > 0 {
			t.Errorf("%q says %v", broken, got)
		}
	}
}

func TestMaterial(t *testing.T) {
	for _, c := range [][4]string{
		{"key", "f1", "key", "f1"}, {"key", "other=f1", "other", "f1"}, {"key", "=plain", "", "=plain"}, {"key", "", "key", ""},
	} {
		if material, print := Material(c[0], c[1]); material != c[2] || print != c[3] {
			t.Errorf("%s: %q is %q of %q", c[0], c[1], print, material)
		}
	}
}

func TestCarried(t *testing.T) {
	data, more := map[string]any{"a": "1"}, map[string]any{"b": "2"}
	for name, c := range map[string]struct {
		object Object
		want   int
	}{
		"data":            {secretOf("Secret", map[string]any{"data": data}), 1},
		"stringData":      {secretOf("Secret", map[string]any{"stringData": more}), 1},
		"both":            {secretOf("Secret", map[string]any{"data": data, "stringData": more}), 2},
		"sealed":          {secretOf("SealedSecret", map[string]any{"spec": map[string]any{"encryptedData": data}}), 1},
		"kept elsewhere":  {secretOf("ExternalSecret", map[string]any{"spec": map[string]any{"data": []any{}}}), 0},
		"a ConfigMap":     {secretOf("ConfigMap", map[string]any{"data": data}), 0},
		"an empty Secret": {secretOf("Secret", nil), 0},
	} {
		if got := c.object.Carried(); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(data) != 1 {
		t.Error("the object was changed")
	}
}
