package secrets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A wrong is something that a user meets: what is done, and what each command
// says then.
type wrong struct {
	name string
	do   func(s *site)
	// says is what init, check and build say, with their exit codes; an empty
	// text means that all is well.
	init, check, build said
	// healed tells that init sets it right.
	healed bool
}

type said struct {
	code int
	text string
}

var (
	fine       = said{0, ""}
	noKey      = said{2, "no key here opens the secrets"}
	handmade   = said{2, "was changed by hand or damaged: its values do not fit their checksum"}
	cutOff     = said{2, "is cut off: what SOPS writes at its end is missing"}
	merged     = said{2, "is not what SOPS writes: it was changed by hand, merged from two branches"}
	notWhole   = said{2, "secrets.yaml was changed by hand, cut off, or merged from two branches"}
	noneMade   = said{2, "there are no secrets yet"}
	noIndex    = said{2, "it is not an index of secrets, or damaged"}
	otherIndex = said{2, "its format is 99, this hagen reads 1"}
	noSecret   = said{2, "secrets.age is not there"}
)

var wrongs = []wrong{
	{name: "no key", do: (*site).forget, init: noKey, check: noKey, build: fine},
	{
		name: "wrong key", init: noKey, check: noKey, build: fine,
		do: func(s *site) { s.env["SOPS_AGE_KEY_FILE"] = s.newKey("stranger").file },
	},
	{
		name: "a value taken out", init: handmade, check: handmade, build: notWhole,
		do: func(s *site) { s.edit(store, without("secretkey: ")) },
	},
	{
		name: "a value put in the place of another", init: handmade, check: handmade, build: notWhole,
		do: func(s *site) {
			s.edit(store, func(text string) string {
				return strings.Replace(text, valueOf(text, "secretkey"), valueOf(text, "core_secret"), 1)
			})
		},
	},
	{
		name: "a store that is cut off", init: cutOff, check: cutOff, build: notWhole,
		do: func(s *site) { s.edit(store, func(text string) string { return text[:len(text)/3] }) },
	},
	{
		name: "a store that is empty", init: cutOff, check: cutOff, build: notWhole,
		do: func(s *site) { s.edit(store, func(string) string { return "" }) },
	},
	{
		name: "a merge that nobody finished", init: merged, check: merged, build: notWhole,
		do: func(s *site) {
			s.edit(store, func(text string) string { return "<<<<<<< ours\n" + text + "=======\n" + text + ">>>>>>> theirs\n" })
		},
	},
	{
		name: "an index that is gone", init: fine, check: said{1, "there are no secrets yet"}, build: noneMade, healed: true,
		do: func(s *site) { s.remove(index) },
	},
	{
		name: "an index that is damaged", init: fine, check: noIndex, build: noIndex, healed: true,
		do: func(s *site) { s.edit(index, func(text string) string { return text[:len(text)/2] }) },
	},
	{
		name: "an index of another release", init: otherIndex, check: otherIndex, build: otherIndex,
		do: func(s *site) {
			s.edit(index, func(text string) string { return strings.Replace(text, `"format": 1`, `"format": 99`, 1) })
		},
	},
	{
		name: "the file of the nodes is gone", init: fine, check: said{1, noSecret.text}, build: noSecret, healed: true,
		do: func(s *site) { s.remove(nodes) },
	},
	{
		name: "the file of the nodes is cut off", init: fine, healed: true,
		check: said{1, "secrets.age was changed by hand, cut off"}, build: said{2, "secrets.age was changed by hand, cut off"},
		do: func(s *site) { s.edit(nodes, func(text string) string { return text[:len(text)/2] }) },
	},
}

// TestWrong wants a clear message, an exit code, and not a byte changed by
// what is refused.
func TestWrong(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	good := files(t, s.folder())
	kept, key := s.values(), s.env["SOPS_AGE_KEY_FILE"]
	for _, w := range wrongs {
		t.Run(w.name, func(t *testing.T) {
			s.t = t
			w.do(s)
			before := files(t, s.dir)
			s.says(t, s.secrets("check"), w.check)
			s.says(t, s.build("--check"), w.build)
			if w.init.code != 0 {
				s.says(t, s.rotate("csrf_key"), w.init)
			}
			s.says(t, s.init(), w.init)
			if diff := changed(before, files(t, s.dir)); len(diff) > 0 != w.healed {
				t.Errorf("%v changed", diff)
			}
		})
		s.t = t
		s.env["SOPS_AGE_KEY_FILE"], s.env["HOME"] = key, s.given
		if w.healed {
			s.must(s.secrets("check")...)
			if diff := changed(kept, s.values()); len(diff) > 0 {
				t.Errorf("%s: the values of %v changed", w.name, diff)
			}
		}
		s.restore(good)
	}
}

// says wants a command to print a message and return a code.
func (s *site) says(t *testing.T, args []string, want said) {
	t.Helper()
	o := s.run(args...)
	if o.code != want.code || !strings.Contains(o.out+o.err, want.text) {
		t.Errorf("hagen %s: exit code %d, wanted %d and %q\n%s%s", strings.Join(args, " "), o.code, want.code, want.text, o.out, o.err)
	}
}

// forget takes the key away.
func (s *site) forget() {
	delete(s.env, "SOPS_AGE_KEY_FILE")
	s.env["HOME"] = s.t.TempDir()
}

// edit changes a file of the folder as an editor does.
func (s *site) edit(file string, change func(string) string) {
	s.t.Helper()
	path := filepath.Join(s.folder(), file)
	before := readFile(s.t, path)
	after := change(before)
	if before == after {
		s.t.Fatalf("%s is as it was", file)
	}
	writeFile(s.t, path, after)
}

func (s *site) remove(file string) {
	s.t.Helper()
	if err := os.Remove(filepath.Join(s.folder(), file)); err != nil {
		s.t.Fatal(err)
	}
}

// restore puts the folder back.
func (s *site) restore(to map[string]string) {
	s.t.Helper()
	for path, text := range to {
		writeFile(s.t, filepath.Join(s.folder(), path), text)
	}
}

// without drops the lines that begin, after blanks, with something.
func without(start string) func(string) string {
	return func(text string) string {
		var kept []string
		for _, line := range strings.Split(text, "\n") {
			if !strings.HasPrefix(strings.TrimLeft(line, " "), start) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
}

// valueOf returns the ciphertext of one secret of the store.
func valueOf(text, name string) string {
	_, rest, _ := strings.Cut(text, " "+name+": ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// TestCutAnywhere cuts the store at many places: no command takes what is left
// for secrets, and none writes.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-k8s-1.2", "")
	whole := readFile(t, filepath.Join(s.folder(), store))
	for i := range 12 {
		at := len(whole) * (i + 1) / 13
		writeFile(t, filepath.Join(s.folder(), store), whole[:at])
		before := files(t, s.dir)
		o := s.run(s.init()...)
		if o.code != 2 || !strings.Contains(o.err, "secrets/hub-k8s-1-2/secrets.yaml: the file is ") {
			t.Errorf("a store cut at %d of %d: exit code %d\n%s%s", at, len(whole), o.code, o.out, o.err)
		}
		if diff := changed(before, files(t, s.dir)); len(diff) > 0 {
			t.Errorf("a store cut at %d: %v changed", at, diff)
		}
	}
}

// TestNoRecipient gives the spec recipients that are none.
func TestNoRecipient(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	s.must(s.init()...)
	before := files(t, s.folder())
	private := strings.TrimSpace(without("#")(readFile(t, s.newKey("other").file)))
	for public, message := range map[string]string{
		"somebody@example.com": "this is no recipient",
		private:                "this is no recipient",
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q": "is not a public key of age or SSH",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5":                               "is not a public key of age or SSH",
	} {
		s.configure(settings{provider: "sops", everything: []holder{s.owner, {public: public}}})
		s.refuses(s.init(), 2, message)
	}
	// The private key stands in the spec, where this test put it.
	s.configure(settings{provider: "sops", everything: []holder{s.owner}})
	if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
		t.Errorf("%v changed", diff)
	}
}
