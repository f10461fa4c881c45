package secrets

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEdited changes a value by SOPS itself, in an editor: check says so, a
// build refuses, init takes it over into everything that is made of it.
func TestEdited(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	editor := filepath.Join(s.given, "editor")
	writeFile(t, editor, "#!/bin/sh\nsed -i 's|^\\( *\\)redis_password:.*|\\1redis_password: \"edited by somebody\"|' \"$1\"\n")
	before, places := s.ciphertexts(), s.holding("redis_password")
	cmd := s.sopsCommand("edit", filepath.Join(s.folder(), store))
	cmd.Env = append(cmd.Env, "EDITOR=sh "+editor, "TMPDIR="+s.given)
	if o := execute(t, cmd); o.code != 0 {
		t.Fatalf("sops edit: exit code %d\n%s", o.code, o.err)
	}
	if got := s.values()["redis_password"]; got != "edited by somebody" {
		t.Fatal("the editor did not change the value")
	}
	s.refuses(s.build("--check"), 2, "secrets.yaml was changed by hand")
	s.refuses(s.secrets("check"), 1, "redis_password is not the value that the index and the encrypted files were made of")
	s.refuses(s.secrets("check"), 1, "redis_url_core was made of other values than those of now")

	s.must(s.init()...)
	s.must(s.secrets("check")...)
	s.must(s.build()...)
	s.handedOut()
	if got := s.values(); got["redis_password"] != "edited by somebody" || !strings.Contains(got["redis_url_core"], "edited%20by%20somebody") {
		t.Error("init did not take the value over")
	}
	after := changed(before, s.ciphertexts())
	for place := range places {
		if !slices.Contains(after, place) {
			t.Errorf("%s is as it was", place)
		}
	}
	if slices.Contains(after, store+" secretkey") || slices.Contains(after, nodes+" secretkey") {
		t.Error("a value that nobody edited is encrypted anew")
	}
}
