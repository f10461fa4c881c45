package secret_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/secret"
)

// need is a small registry on both targets.
func need() secret.Need {
	return secret.Need{
		Provider:   secret.SOPS,
		Recipients: []string{"age1b", "ssh-ed25519 AAAA somebody@somewhere"}, NodeRecipients: []string{"age1a"},
		Materials: []secret.Material{
			{Name: "secretkey", Kind: secret.Random, Length: 16},
			{Name: "redis_password", Kind: secret.Given},
			{Name: "redis_url", Kind: secret.Composed, Parts: []secret.Part{{Text: "redis://:"}, {Material: "redis_password"}, {Text: "@redis1"}}},
		},
		Cluster: []secret.Secret{{
			Name: "harbor", Namespace: "hub", Type: "Opaque", Labels: map[string]string{"a": "b"},
			Items: []secret.Item{{Key: "key", Material: "secretkey"}, {Key: "url", Material: "redis_url"}, {Key: "user", Value: "me"}},
		}},
		Node: []string{"secretkey", "redis_url"},
	}
}

// folder is what fits need, as it would lie on the disk.
func folder(n secret.Need) map[string][]byte {
	files := map[string][]byte{
		secret.StoreFile: []byte("store"), secret.NodeFile: []byte("node"),
		secret.ClusterFile("harbor"): []byte("apiVersion: v1\nkind: Secret\nmetadata:\n  name: old\nstringData:\n  key: ENC[1]\nsops:\n  mac: x\n"),
	}
	index := secret.Index{Secrets: map[string]secret.Entry{}, Files: map[string]secret.Made{}}
	for _, m := range n.Materials {
		index.Secrets[m.Name] = secret.Entry{
			Kind: m.Kind, Form: m.Form(), Created: time.Unix(0, 0).UTC(), Fingerprint: secret.Fingerprint("k", m.Name, "v"),
		}
	}
	for path, data := range files {
		made := n.Expected(path, index)
		made.SHA256 = secret.Digest(data)
		index.Files[path] = made
	}
	data, err := index.Encode()
	if err != nil {
		panic(err)
	}
	files[secret.IndexFile] = data
	return files
}

func read(n secret.Need, files map[string][]byte) (secret.Folder, error) {
	return secret.Read(n, func(path string) ([]byte, error) {
		if data, ok := files[path]; ok {
			return data, nil
		}
		return nil, fmt.Errorf("open %s: %w", path, fs.ErrNotExist)
	})
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		change func(n *secret.Need, files map[string][]byte)
		want   string
		fix    string
	}{
		"all is well": {change: func(*secret.Need, map[string][]byte) {}},
		"nothing yet": {
			change: func(_ *secret.Need, files map[string][]byte) { clear(files) },
			want:   "there are no secrets yet; 3 are needed", fix: "hagen secrets init",
		},
		"one more is needed": {
			change: func(n *secret.Need, _ map[string][]byte) {
				n.Materials = append(n.Materials, secret.Material{Name: "csrf_key", Kind: secret.Random})
			},
			want: "missing: csrf_key", fix: "hagen secrets init",
		},
		"one is left over": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Materials = n.Materials[1:] },
			want:   "no longer needed: secretkey", fix: "hagen secrets init --prune",
		},
		"an address changed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Materials[2].Parts[2].Text = "@redis2" },
			want:   "made for an address that has changed since: redis_url", fix: "hagen secrets init",
		},
		"a file is gone": {
			change: func(_ *secret.Need, files map[string][]byte) { delete(files, secret.NodeFile) },
			want:   "secrets.age is not there",
		},
		"a file was changed": {
			change: func(_ *secret.Need, files map[string][]byte) { files[secret.StoreFile] = []byte("stor") },
			want:   "secrets.yaml was changed by hand, cut off",
		},
		"a recipient was added": {
			change: func(n *secret.Need, _ map[string][]byte) { n.NodeRecipients = append(n.NodeRecipients, "age1c") },
			want:   "secrets.age is encrypted for other recipients",
		},
		"a recipient was removed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Recipients = n.Recipients[:1] },
			want:   "kubernetes/harbor.yaml is encrypted for other recipients",
		},
		"the comment of a recipient changed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Recipients[1] = "ssh-ed25519 AAAA me" },
		},
		"a key of the Secret changed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Cluster[0].Items[0].Key = "other" },
			want:   "kubernetes/harbor.yaml does not hold what the spec asks for now",
		},
		"a value beside the secrets changed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Cluster[0].Items[2].Value = "you" },
			want:   "kubernetes/harbor.yaml does not hold what the spec asks for now",
		},
		"labels changed": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Cluster[0].Labels["c"] = "d" },
		},
		"another provider": {
			change: func(n *secret.Need, _ map[string][]byte) { n.Provider = secret.Sealed },
			want:   "kubernetes/harbor.yaml",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, files := need(), folder(need())
			c.change(&n, files)
			got, err := read(n, files)
			if err != nil {
				t.Fatal(err)
			}
			found := got.Problems(n, func(words string) string { return "hagen " + words })
			if c.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			for _, d := range found {
				if strings.Contains(d.Message, c.want) && d.Reason != "" && strings.HasSuffix(d.Fix, c.fix) {
					return
				}
			}
			t.Errorf("nothing says %q: %v", c.want, found)
		})
	}
}

func TestDamagedIndexKeepsTheFiles(t *testing.T) {
	for _, damaged := range []string{"", "{", "null", "[]", `{"format":2}`, `{"format":1,"x":1}`, `{"format":1}{}`} {
		files := folder(need())
		files[secret.IndexFile] = []byte(damaged)
		got, err := read(need(), files)
		if err == nil || len(got.Files) != 3 {
			t.Errorf("%q: %v, %d files", damaged, err, len(got.Files))
		}
	}
}

// TestObjects: labels and namespaces are those of now, the ciphertext is that
// of then, and fingerprints go with it until it is written.
func TestObjects(t *testing.T) {
	n := need()
	got, err := read(n, folder(n))
	if err != nil {
		t.Fatal(err)
	}
	n.Cluster[0].Labels["c"] = "d"
	objects, err := got.Objects(n)
	if err != nil || len(objects) != 1 {
		t.Fatal(objects, err)
	}
	object := objects[0]
	if object.Name() != "harbor" || object.Namespace() != "hub" || artifact.Map(artifact.Map(object["metadata"])["labels"])["c"] != "d" {
		t.Errorf("metadata: %v", object["metadata"])
	}
	if artifact.Map(object["stringData"])["key"] != "ENC[1]" || object["sops"] == nil {
		t.Errorf("ciphertext: %v", object)
	}
	prints := map[string]string{}
	if err := json.Unmarshal([]byte(object.Annotation(artifact.AnnotationFingerprints)), &prints); err != nil || len(prints) != 3 {
		t.Errorf("fingerprints: %v, %v", prints, err)
	}
	if object.Annotation(artifact.AnnotationFolder) != "secrets" {
		t.Error("ciphertext would lie among what kubectl and Argo CD apply")
	}
}

func TestFingerprint(t *testing.T) {
	a := secret.Fingerprint("key", "name", "value")
	if len(a) != 16 || a != secret.Fingerprint("key", "name", "value") {
		t.Errorf("%q is no steady fingerprint", a)
	}
	for _, other := range [][3]string{{"key2", "name", "value"}, {"key", "name2", "value"}, {"key", "name", "value2"}} {
		if a == secret.Fingerprint(other[0], other[1], other[2]) {
			t.Errorf("%v has the same", other)
		}
	}
}

func FuzzDecodeIndex(f *testing.F) {
	f.Add([]byte(`{"format":1,"secrets":{"a":{"kind":"random","created":"2026-01-01T00:00:00Z","fingerprint":"x"}},"files":{}}`))
	f.Add(folder(need())[secret.IndexFile])
	f.Fuzz(func(t *testing.T, data []byte) {
		index, err := secret.DecodeIndex(data)
		if err != nil {
			return
		}
		again, err := index.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := secret.DecodeIndex(again)
		if err != nil || !maps.EqualFunc(back.Secrets, index.Secrets, func(a, b secret.Entry) bool { return a.Fingerprint == b.Fingerprint }) {
			t.Errorf("%s does not come back: %v", data, err)
		}
	})
}
