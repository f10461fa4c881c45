package sinks

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"unicode"
)

// shells are those that may run the script: Debian's sh, bash, and busybox's.
var shells = []string{"dash", "bash", "busybox sh"}

func eachShell(t *testing.T, test func(t *testing.T, n node, shell string)) {
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			need(t, strings.Fields(shell)[0])
			test(t, newNode(t), shell)
		})
	}
}

// TestScript: from the archive to files with their owners, once.
func TestScript(t *testing.T) {
	eachShell(t, func(t *testing.T, n node, shell string) {
		n.archive(n.values(), n.recipient())
		said, agreed := n.run(shell)
		if !agreed || !strings.Contains(said, "written to "+n.secrets) {
			t.Fatalf("got %s", said)
		}
		state := n.state()
		for _, want := range []string{
			n.secrets + " 700 0:0", n.secrets + "/private_key.pem 400 10000:10000", n.secrets + "/docker-compose.secrets.yml 600 0:0",
			n.ceph + " 600 0:0", "valueof-private_key.pem", `"POSTGRESQL_PASSWORD": "valueof-database_password"`, "valueof-ceph_key",
		} {
			if !strings.Contains(state, want) {
				t.Errorf("there is no %s in\n%s", want, state)
			}
		}
		for _, args := range [][]string{nil, {"--check"}, {"--from", n.folder(n.values())}, {"--command", "printf 'valueof-%s\\n' \"$1\""}} {
			if said, agreed := n.run(shell, args...); !agreed || n.state() != state {
				t.Errorf("%q changed something that was right: %s", args, said)
			}
		}
		for _, damage := range []string{"chmod 644 " + n.secrets + "/passwd", "rm " + n.ceph, "echo x >> " + n.secrets + "/secretkey", "touch " + n.secrets + "/more"} {
			n.command("sh", "-c", damage)
			if said, agreed := n.run(shell, "--check"); agreed || !strings.Contains(said, "is not what this bundle asks for") {
				t.Errorf("--check does not see %s: %s", damage, said)
			}
			if said, agreed := n.run(shell); !agreed {
				t.Errorf("%s is not mended: %s", damage, said)
			}
			if said, agreed := n.run(shell, "--check"); !agreed {
				t.Errorf("%s is not mended: %s", damage, said)
			}
		}
	})
}

// TestScriptFails: each failure has words of its own and leaves all as it was.
func TestScriptFails(t *testing.T) {
	eachShell(t, func(t *testing.T, n node, shell string) {
		values := n.values()
		n.archive(values, n.recipient())
		if said, agreed := n.run(shell); !agreed {
			t.Fatal(said)
		}
		good, _ := os.ReadFile(n.bundle + "/host/secrets.age")
		key, _ := os.ReadFile(n.key)
		state := n.state()
		without := func(name, value string) map[string]string {
			changed := maps.Clone(values)
			if changed[name] = value; value == "gone" {
				delete(changed, name)
			}
			return changed
		}
		cut := func(size int) func() {
			return func() { write(t, n.bundle, "host/secrets.age", string(good[:size])) }
		}
		for _, c := range []struct {
			name  string
			spoil func()
			want  string
		}{
			{"no key", func() { os.Remove(n.key) }, "there is no key " + n.key},
			{"a file that is no key", func() { write(t, "/", n.key, "garbage\n") }, "holds no key that can be read"},
			{"another key", func() { os.Remove(n.key); n.command("age-keygen", "-o", n.key) }, "does not open secrets.age"},
			{"cut off in the header", cut(120), "damaged or cut off"},
			{"cut off", cut(len(good) - 200), "damaged or cut off"},
			{"a secret less", func() { n.archive(without("csrf_key", "gone"), n.recipient()) }, "missing or empty: csrf_key"},
			{"an empty secret", func() { n.archive(without("passwd", ""), n.recipient()) }, "missing or empty: passwd"},
			{"two less", func() { n.archive(map[string]string{"passwd": "x"}, n.recipient()) }, "missing or empty: ceph_key core_secret"},
			{"a line break in a variable", func() { n.archive(without("database_password", "valueof-a\nb"), n.recipient()) }, "database_password holds a control character or a line break"},
			{"no list", func() { os.Remove(n.list()) }, "there is no secrets.list"},
		} {
			list, _ := os.ReadFile(n.list())
			c.spoil()
			said, agreed := n.run(shell)
			if agreed || !strings.Contains(said, c.want) {
				t.Errorf("%s: got %s", c.name, said)
			}
			if n.state() != state {
				t.Errorf("%s: the directory is not as it was", c.name)
			}
			write(t, "/", n.key, string(key))
			write(t, "/", n.list(), string(list))
			write(t, n.bundle, "host/secrets.age", string(good))
		}
	})
}

// TestScriptAfterCrash: a run that ended between its two renames is repaired, and
// what it had decrypted is removed.
func TestScriptAfterCrash(t *testing.T) {
	eachShell(t, func(t *testing.T, n node, shell string) {
		n.archive(n.values(), n.recipient())
		if said, agreed := n.run(shell); !agreed {
			t.Fatal(said)
		}
		state := n.state()
		n.command("mv", n.secrets, n.secrets+".old")
		n.command("mkdir", n.secrets+".work.abc")
		if said, agreed := n.run(shell); !agreed || n.state() != state {
			t.Errorf("it is not as it was: %s", said)
		}
	})
}

// TestScriptWithoutSource: who keeps the secrets by hand is told when they are not
// what the bundle asks for.
func TestScriptWithoutSource(t *testing.T) {
	eachShell(t, func(t *testing.T, n node, shell string) {
		if said, agreed := n.run(shell); agreed || !strings.Contains(said, "run secrets.sh --from DIR") {
			t.Errorf("got %s", said)
		}
		if said, agreed := n.run(shell, "--from", n.folder(n.values())); !agreed {
			t.Fatal(said)
		}
		if said, agreed := n.run(shell); !agreed || !strings.Contains(said, "as they should be") {
			t.Errorf("got %s", said)
		}
		list, _ := os.ReadFile(n.list())
		write(t, "/", n.list(), string(list)+"variable core MORE more\n")
		if said, agreed := n.run(shell); agreed || !strings.Contains(said, "does not hold what this bundle asks for") {
			t.Errorf("got %s", said)
		}
	})
}

// TestScriptWithoutArchive: an encrypted provider needs the file of the bundle.
func TestScriptWithoutArchive(t *testing.T) {
	eachShell(t, func(t *testing.T, n node, shell string) {
		script, err := os.ReadFile(n.bundle + "/host/secrets.sh")
		if err != nil || !strings.Contains(string(script), "\nencrypted=false\n") {
			t.Fatal("the script has another form: ", err)
		}
		write(t, n.bundle, "host/secrets.sh", strings.Replace(string(script), "\nencrypted=false\n", "\nencrypted=true\n", 1))
		if said, agreed := n.run(shell); agreed || !strings.Contains(said, "there is no secrets.age") || n.state() != "none" {
			t.Errorf("got %s", said)
		}
	})
}

// notVariable tells what the script refuses as a variable: what not all releases
// of Compose hand on, and nothing.
func notVariable(text string) bool {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || strings.ContainsRune("\u2028\u2029\ufeff\ufffe\uffff", r)
	}
	return text == "" || strings.ContainsFunc(text, odd)
}

// TestSecretVariables: any password arrives, by a real archive or by a folder, in
// all releases of Compose; what could not is refused by its name.
func TestSecretVariables(t *testing.T) {
	n := newNode(t)
	var list strings.Builder
	values := map[string]string{}
	refused := 0
	for i, text := range texts() {
		if notVariable(text) {
			if refused++; text != "" && i < len(nasty) {
				write(t, "/", n.list(), "variable core ODD odd\n")
				if said, agreed := n.run("dash", "--from", n.folder(map[string]string{"odd": text + "."})); agreed || !strings.Contains(said, "odd holds") {
					t.Errorf("%.300q is not refused: %s", text, said)
				}
			}
			continue
		}
		values[fmt.Sprint("m", i)] = text
		fmt.Fprintf(&list, "variable core V%d m%d\n", i, i)
	}
	if len(values) < 200 || refused < 50 {
		t.Fatalf("%d texts are taken, %d refused", len(values), refused)
	}
	write(t, "/", n.list(), list.String())
	for _, shell := range shells {
		os.RemoveAll(n.secrets)
		n.archive(values, n.recipient())
		if said, agreed := n.run(shell); !agreed {
			t.Fatal(said)
		}
		if shell == shells[0] {
			if said, agreed := n.run(shell, "--check", "--from", n.folder(values)); !agreed {
				t.Errorf("a folder gives something else: %s", said)
			}
		}
		project, old := load(t, n.bundle, n.secrets), oldConfig(t, n.bundle, n.secrets)
		for name, text := range values {
			name = "V" + name[1:]
			want(t, shell+", Compose", text, valueOf(project.Services["core"].Environment[name]))
			want(t, shell+", docker-compose 1.29", text, single(valueOf(old.Services["core"].Environment[name])))
		}
	}
}
