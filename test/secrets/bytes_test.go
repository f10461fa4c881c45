package secrets

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestUnchangedBytes follows ciphertexts through what users do: only that of a
// changed value may change, so that Git stays quiet.
func TestUnchangedBytes(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	before := files(t, s.folder())
	s.must(s.init()...)
	if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
		t.Errorf("init with nothing to do wrote %v", diff)
	}
	s.rotatesOnly("registry_password")
	s.env["HAGEN_SECRET_REDIS_PASSWORD"] = awkward + " anew"
	s.rotatesOnly("redis_password")
	s.rotatesOnly("secretkey")
}

// rotatesOnly rotates a secret and wants the ciphertexts of it, and of what is
// made of it, to change everywhere, and no other.
func (s *site) rotatesOnly(name string) {
	s.t.Helper()
	prints, before := s.prints(), s.ciphertexts()
	s.must(s.rotate(name)...)
	names := changed(prints, s.prints())
	if !slices.Contains(names, name) {
		s.t.Errorf("the rotation of %s shows in no fingerprint", name)
	}
	want := slices.Sorted(maps.Keys(s.holding(names...)))
	if got := changed(before, s.ciphertexts()); !slices.Equal(got, want) {
		s.t.Errorf("the rotation of %s changed %v, wanted %v", name, got, want)
	}
}

// TestAddedRecipient adds readers one after the other: the files that they read
// change, those of others do not, and SOPS's ciphertexts stay.
func TestAddedRecipient(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	for _, step := range []struct {
		name string
		add  func(to *settings)
		want func(file string) bool
	}{
		{
			"cluster_recipients", func(to *settings) { to.cluster = []holder{s.newKey("flux")} },
			func(file string) bool { return strings.HasPrefix(file, "kubernetes/") },
		},
		{
			"node_recipients", func(to *settings) { to.node = []holder{s.newSSH("node", "ed25519")} },
			func(file string) bool { return file == nodes },
		},
		{
			"recipients", func(to *settings) { to.everything = append(to.everything, s.newSSH("second", "rsa")) },
			func(string) bool { return true },
		},
	} {
		to := s.settings
		step.add(&to)
		before, ciphertexts, values := files(t, s.folder()), s.ciphertexts(), s.values()
		s.configure(to)
		if o := s.run(s.build()...); o.code != 2 || !strings.Contains(o.err, "is encrypted for other recipients") {
			t.Errorf("%s: a build before init: exit code %d\n%s", step.name, o.code, o.err)
		}
		s.must(s.init()...)
		after := files(t, s.folder())
		for file := range before {
			if touched := before[file] != after[file]; touched != (file == index || step.want(file)) {
				t.Errorf("%s: %s changed: %v", step.name, file, touched)
			}
		}
		for _, place := range changed(ciphertexts, s.ciphertexts()) {
			if !strings.HasPrefix(place, nodes) {
				t.Errorf("%s: %s is encrypted anew", step.name, place)
			}
		}
		if diff := changed(values, s.values()); len(diff) > 0 {
			t.Errorf("%s: the values of %v changed", step.name, diff)
		}
	}
	s.must(s.build()...)
}

// TestRemovedRecipient removes one of two readers: everything is encrypted
// anew, with a data key that the removed one never had.
func TestRemovedRecipient(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	leaving := s.newKey("leaving")
	s.configure(settings{provider: "sops", everything: []holder{s.owner, leaving}})
	s.must(s.init()...)
	before, keys, values := s.ciphertexts(), s.dataKeys(s.owner), s.values()
	if diff := changed(keys, s.dataKeys(leaving)); len(diff) > 0 {
		t.Fatalf("the two readers have other keys of %v", diff)
	}
	s.configure(settings{provider: "sops", everything: []holder{s.owner}})
	s.must(s.init()...)
	after := s.ciphertexts()
	for place, ciphertext := range before {
		if after[place] == ciphertext {
			t.Errorf("%s is not encrypted anew", place)
		}
	}
	for file, key := range s.dataKeys(s.owner) {
		if key == keys[file] {
			t.Errorf("%s is encrypted with the key that the removed reader has", file)
		}
	}
	if diff := changed(values, s.values()); len(diff) > 0 {
		t.Errorf("the values of %v changed", diff)
	}
	for file, readable := range s.readableBy(leaving) {
		if readable {
			t.Errorf("the removed reader reads %s", file)
		}
	}
	s.must(s.build()...)
	s.handedOut()
}

// dataKeys decrypts, with age, the key that each file of SOPS is encrypted
// with.
func (s *site) dataKeys(h holder) map[string]string {
	s.t.Helper()
	keys := map[string]string{}
	for file, text := range files(s.t, s.folder()) {
		if file == nodes || file == index {
			continue
		}
		metadata, ok := parse(s.t, text)["sops"].(map[string]any)
		if !ok {
			s.t.Fatalf("%s is no file of SOPS", file)
		}
		for _, entry := range metadata["age"].([]any) {
			if key, ok := unlock(s.t, h, fmt.Sprint(entry.(map[string]any)["enc"])); ok {
				keys[file] = key
			}
		}
	}
	if len(keys) < 3 {
		s.t.Fatalf("%s has the keys of %d files", h.name, len(keys))
	}
	return keys
}
