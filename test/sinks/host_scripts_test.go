package sinks

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// machine is a node with folders of the test in place of its own.
type machine struct {
	t                   *testing.T
	shell, root, bundle string
	// types are those of file systems that it takes for shared, "" for what its
	// bundle says.
	types string
}

// cephTable is the storage of the sinks' registry, which others replace.
const cephTable = "[storage.cephfs]\nmonitors = [\"10.1.0.1:6789\"]\npath = \"/apps/sinks\"\nuser = \"registry\"\n"

func eachMachine(t *testing.T, test func(t *testing.T, m machine)) {
	t.Helper()
	eachMachineWith(t, cephTable, "tmpfs", test)
}

// eachMachineWith does so with another storage.
func eachMachineWith(t *testing.T, storage, types string, test func(t *testing.T, m machine)) {
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			need(t, strings.Fields(shell)[0])
			root := t.TempDir()
			text := strings.Replace(strings.Replace(specText, cephTable, storage, 1), `extend = ["texts.libsonnet"]`, "", 1) +
				fmt.Sprintf("[vm]\nmount_point = %q\ndata_directory = %q\n\n", root+"/mnt", root+"/data")
			bundle, _ := stage(t, buildText(t, moved(text)))
			for _, dir := range []string{"/mnt", "/bin"} {
				if err := os.MkdirAll(root+dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			test(t, machine{t, shell, root, bundle, types})
		})
	}
}

// run runs a script after a line of shell, in a mount namespace that ends with it.
func (m machine) run(before, script string, args ...string) (said string, agreed bool) {
	m.t.Helper()
	line := fmt.Sprintf("set -e; mount=%s; %s; exec %s %s/host/%s %s", m.root+"/mnt", before, m.shell, m.bundle, script, strings.Join(args, " "))
	command := exec.CommandContext(m.t.Context(), "unshare", "--mount", "sh", "-c", line)
	command.Dir = m.root
	command.Env = append(os.Environ(), "PATH="+m.root+"/bin:"+os.Getenv("PATH"), "HAGEN_FILE_SYSTEMS="+m.types)
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

const mountIt = "mount -t tmpfs -o size=4g lab $mount"

// TestHostScripts: nothing is made where nothing is mounted, and what is made is
// what the preflight asks for, in every shell.
func TestHostScripts(t *testing.T) {
	eachMachine(t, func(t *testing.T, m machine) {
		directories := m.shell + " " + m.bundle + "/host/directories.sh"
		for _, c := range []struct {
			name, before, script, args string
			want                       string
			agreed                     bool
		}{
			{"not mounted", ":", "directories.sh", "", "nothing is mounted on " + m.root + "/mnt", false},
			{"not mounted, start", ":", "preflight.sh", "--start", "nothing is mounted on", false},
			{"not mounted, up", ":", "up.sh", "", "", false},
			{"another file system", "mount -t ramfs lab $mount", "directories.sh", "", "is mounted as ramfs, not as CephFS", false},
			{"mounted", mountIt, "directories.sh", "", "as they should be", true},
			{"a second time", mountIt + "; " + directories, "directories.sh", "", "as they should be", true},
			{"without directories", mountIt, "preflight.sh", "--start", "belongs to nobody: it does not exist, not to 10000", false},
			{"an owner", mountIt + "; " + directories + "; chown 0 $mount/data/registry", "preflight.sh", "--start", "belongs to 0, not to 10000", false},
			{"too small", "mount -t tmpfs -o size=1m lab $mount; " + directories, "preflight.sh", "--start", "MB left", false},
			{"right", mountIt + "; " + directories, "preflight.sh", "--start", "nothing in the way", true},
			{"a wrong option", ":", "preflight.sh", "--now", "usage: preflight.sh [--start]", false},
			{"no list", "rm " + m.bundle + "/host/node.list", "preflight.sh", "--start", "there is no node.list", false},
		} {
			said, agreed := m.run(c.before, c.script, c.args)
			if agreed != c.agreed || !strings.Contains(said, c.want) {
				t.Errorf("%s: %v, %s", c.name, agreed, said)
			}
			if left, _ := os.ReadDir(m.root + "/mnt"); len(left) > 0 {
				t.Errorf("%s: something was written to the local disk", c.name)
			}
		}
	})
}

// TestHostScriptsOfNFS: a mount of NFS is what such a bundle wants, and what the
// server will not let root change is left alone if it is right.
func TestHostScriptsOfNFS(t *testing.T) {
	eachMachineWith(t, "[storage.nfs]\nserver = \"10.1.0.1\"\npath = \"/export/harbor\"\n", "", func(t *testing.T, m machine) {
		made := "for d in job_logs registry; do install -d -o 10000 -g 10000 -m 2770 $mount/data/$d; done; install -d -o 10000 -g 10000 $mount/log/a"
		for _, c := range []struct {
			name, before, script, want string
			agreed                     bool
		}{
			{"not mounted", ":", "directories.sh", "mount NFS: ", false},
			{"another file system", mountIt, "directories.sh", "is mounted as tmpfs, not as NFS", false},
			{"made on the server", "HAGEN_FILE_SYSTEMS=tmpfs; export HAGEN_FILE_SYSTEMS; " + mountIt + "; " + made + "; mount -o remount,ro $mount", "directories.sh", "as they should be", true},
			{"not made there", "HAGEN_FILE_SYSTEMS=tmpfs; export HAGEN_FILE_SYSTEMS; " + mountIt + "; mount -o remount,ro $mount", "directories.sh", "make it on the server", false},
		} {
			said, agreed := m.run(c.before, c.script)
			if agreed != c.agreed || !strings.Contains(said, c.want) {
				t.Errorf("%s: %v, %s", c.name, agreed, said)
			}
		}
	})
}

// TestHostScriptsOfS3: where nothing is shared, nothing is to be mounted.
func TestHostScriptsOfS3(t *testing.T) {
	eachMachineWith(t, "[storage.s3]\nbucket = \"harbor\"\nendpoint = \"https://10.1.0.1\"\n", "", func(t *testing.T, m machine) {
		if said, agreed := m.run(":", "directories.sh"); !agreed {
			t.Errorf("directories: %s", said)
		}
		said, agreed := m.run(":", "preflight.sh", "--start")
		if !agreed || !strings.Contains(said, "nothing in the way") {
			t.Errorf("preflight: %s", said)
		}
	})
}

// fakeDocker keeps the images and containers of a node in the heads of those who
// ask: it says what a healthy node would.
const fakeDocker = `#!/bin/sh
echo "docker $*" >>"$0.log"
case "$1 $2" in
"compose ps") echo one ;;
"compose config") echo "    image: registry/one:1" ;;
"inspect --format") echo "/one running healthy" ;;
esac
`

// fakeCurl reaches every address but those of the file beside it.
const fakeCurl = `#!/bin/sh
for word; do ! grep -qsx "$word" "$0.down" || exit 22; done
`

// updated readies a node whose bundle belongs into the folder that is returned, with
// another node beside it and an engine and a way to that node that the test plays.
func (m machine) updated() (target string) {
	m.t.Helper()
	write(m.t, m.root, "bin/docker", fakeDocker)
	write(m.t, m.root, "bin/curl", fakeCurl)
	target = m.root + "/opt"
	list, err := os.ReadFile(m.bundle + "/host/node.list")
	if err != nil {
		m.t.Fatal(err)
	}
	text := strings.Replace(string(list), "\nbundle /opt/hagen/sinks\n", "\nbundle "+target+"\n", 1) + "peer b 10.1.0.12 30080\n"
	write(m.t, m.bundle, "host/node.list", text)
	write(m.t, m.bundle, "host/secrets.sh", "#!/bin/sh\n")
	return target
}

// readied is shell that mounts and makes what an update wants to find.
func (m machine) readied() string {
	return mountIt + "; chmod +x bin/*; " + m.shell + " " + m.bundle + "/host/directories.sh >/dev/null"
}

// TestUpdateScript: a new bundle takes the place of the old one only while the
// others serve and none of them is being updated.
func TestUpdateScript(t *testing.T) {
	eachMachine(t, func(t *testing.T, m machine) {
		target := m.updated()
		prepare := m.readied() + "; rm -rf " + target + "*; cp -r " + m.bundle + " " + target + "; echo old >" + target + "/old"
		lock := "$mount/.update-sinks"
		for _, c := range []struct {
			name, before, args, want string
			agreed                   bool
		}{
			{"first of all", prepare + "; rm -r " + target, "", "there is no bundle in " + target + " yet", false},
			{"another's", prepare + "; sed -i 's/^node a$/node c/' " + target + "/host/node.list", "", "take the folder compose/c", false},
			{"one is down", prepare + "; echo ::10.1.0.12:30080 >bin/curl.down", "", "b (10.1.0.12:30080) does not answer", false},
			{"one is meant to be down", prepare, "--without b", "sinks on a: serving", true},
			{"all serve", prepare + "; rm -f bin/curl.down", "", "sinks on a: serving", true},
			{"another is updated", prepare + "; mkdir " + lock + "; echo b >" + lock + "/node", "", "b is being updated", false},
			{"killed before", prepare + "; mkdir " + lock + "; echo a >" + lock + "/node", "", "sinks on a: serving", true},
			{"a wrong option", prepare, "--all", "usage: update.sh", false},
		} {
			said, agreed := m.run(c.before, "update.sh", c.args)
			if agreed != c.agreed || !strings.Contains(said, c.want) {
				t.Errorf("%s: %v, %s", c.name, agreed, said)
			}
			_, kept := os.Stat(target + ".old/old")
			if (kept == nil) != agreed {
				t.Errorf("%s: the old bundle: %v", c.name, kept)
			}
		}
	})
}

// TestUpdateScriptUnits: the units of the bundle that comes are installed, on the
// way there as on the way back, and only those that were installed before.
func TestUpdateScriptUnits(t *testing.T) {
	const timer, systemd = "harbor-watch.timer", "/etc/systemd/system"
	eachMachine(t, func(t *testing.T, m machine) {
		target := m.updated()
		write(t, m.root, "bin/systemctl", "#!/bin/sh\n")
		prepare := m.readied() + fmt.Sprintf("; mount -t tmpfs run /run; mkdir -p /run/systemd/system; mount --bind units %[1]s; "+
			"rm -rf %[2]s* units/*; cp -r %[3]s %[2]s; cp %[3]s/host/%[4]s units; echo '# before' >>%[2]s/host/%[4]s; cp %[2]s/host/%[4]s units",
			systemd, target, m.bundle, timer)
		before, after := "# before\n", ""
		for _, c := range []struct{ name, from, before, want string }{
			{"forth", m.bundle, prepare, after},
			{"back", target + ".old", prepare + "; mv " + target + " " + target + ".old; cp -r " + m.bundle + " " + target, before},
			{"where it is", target, prepare, before},
		} {
			write(t, m.root, "units/"+timer, "")
			came := m
			came.bundle = c.from
			if said, agreed := came.run(c.before, "update.sh"); !agreed {
				t.Fatalf("%s: %s", c.name, said)
			}
			made, err := os.ReadFile(m.bundle + "/host/" + timer)
			if err != nil {
				t.Fatal(err)
			}
			installed, err := os.ReadDir(m.root + "/units")
			if err != nil || len(installed) != 1 {
				t.Errorf("%s: %v, %v are installed", c.name, err, installed)
			}
			if got, err := os.ReadFile(m.root + "/units/" + timer); err != nil || string(got) != string(made)+c.want {
				t.Errorf("%s: %v, installed is\n%s", c.name, err, got)
			}
		}
	})
}
