package sinks

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// puller is a machine that pulls: a root of the test's own, the folder clients, and
// what its script finds on the PATH.
type puller struct {
	t                         *testing.T
	shell, root, folder, path string
}

// tools are what the script needs of a machine.
var tools = strings.Fields("dirname basename cmp cp mv rm mkdir rmdir chmod cat grep sed awk head tr")

// eachPuller has a machine for each shell, with more tools on it.
func eachPuller(t *testing.T, text, more string, test func(p puller)) {
	t.Helper()
	files := buildText(t, text)
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			p := puller{t: t, shell: shell, root: t.TempDir(), folder: t.TempDir(), path: t.TempDir()}
			for name, text := range files {
				if below, ok := strings.CutPrefix(name, "clients/"); ok {
					write(t, p.folder, below, text)
				}
			}
			for _, name := range append(strings.Fields(more), append(tools, strings.Fields(shell)[0])...) {
				// Debian's own: a shim in front of it would want more on the PATH
				path := "/usr/bin/" + name
				if _, err := os.Stat(path); err != nil {
					t.Fatalf("%v: test/install.sh installs it", err)
				}
				if err := os.Symlink(path, filepath.Join(p.path, name)); err != nil {
					t.Fatal(err)
				}
			}
			test(p)
		})
	}
}

// run runs the script on the root, and wants an exit code and a word.
func (p puller) run(args string, code int, want string) {
	p.t.Helper()
	words := append(strings.Fields(p.shell), p.folder+"/install.sh", "--root", p.root)
	command := exec.CommandContext(p.t.Context(), words[0], append(words[1:], strings.Fields(args)...)...)
	command.Env = []string{"PATH=" + p.path}
	out, _ := command.CombinedOutput()
	if got := command.ProcessState.ExitCode(); got != code || !strings.Contains(string(out), want) {
		p.t.Errorf("install.sh %s: exit %d, %s\nwant %d, %s", args, got, out, code, want)
	}
}

// holds wants a file below the root to have a text, "" for no file.
func (p puller) holds(name, want string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.root, name))
	if want == "" && err == nil || want != "" && string(data) != want {
		p.t.Errorf("%s holds %q (%v), want %q", name, data, err, want)
	}
}

// of returns a file of the folder.
func (p puller) of(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.folder, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(data)
}

// daemon wants daemon.json to say something, in whichever order.
func (p puller) daemon(want string) {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.root, "etc/docker/daemon.json"))
	var left, right any
	if err != nil || json.Unmarshal(data, &left) != nil || json.Unmarshal([]byte(want), &right) != nil || !reflect.DeepEqual(left, right) {
		p.t.Errorf("daemon.json holds %s, want %s", data, want)
	}
}

const address = "hub.example.com:30080"

// TestClientsOfDocker: the entry is merged into what the machine has, by either
// program, once, and taken out again.
func TestClientsOfDocker(t *testing.T) {
	const daemon = "etc/docker/daemon.json"
	for _, by := range []string{"jq", "python3"} {
		eachPuller(t, specText, by, func(p puller) {
			p.run("--check docker", 1, "daemon.json is not daemon.json of this folder")
			p.run("docker", 0, "docker: knows "+address)
			p.holds(daemon, p.of("daemon.json"))
			p.run("--check docker", 0, "knows")
			own := `{"log-driver": "json-file", "insecure-registries": ["other.example.com"], "data-root": "/data/dätä"}`
			write(p.t, p.root, daemon, own)
			p.run("--check docker", 1, "does not name "+address)
			p.run("docker", 0, "changed "+p.root+"/etc/docker/daemon.json")
			both := strings.Replace(own, `"other.example.com"`, `"other.example.com", "`+address+`"`, 1)
			p.daemon(both)
			p.run("docker", 0, "knows")
			p.daemon(both)
			p.run("--remove docker", 0, "nothing of "+address+" is left")
			p.daemon(own)
			write(p.t, p.root, daemon, `{"debug": true}`)
			p.run("docker", 0, "knows")
			p.run("--remove docker", 0, "nothing")
			p.daemon(`{"debug": true, "insecure-registries": []}`)
			write(p.t, p.root, daemon, `{"debug": true`)
			p.run("docker", 1, "left as it was")
			p.holds(daemon, `{"debug": true`)
			p.holds(daemon+".new", "")
		})
	}
	eachPuller(t, specText, "", func(p puller) {
		write(p.t, p.root, daemon, `{"debug": true}`)
		p.run("docker", 1, "neither jq nor python3 is here")
		p.run("podman", 2, "usage: install.sh")
		p.run("--root /nowhere", 2, "usage: install.sh")
	})
}

// TestClientsOfContainerd: config.toml gets the folder in the section of its
// format, unless it names one.
func TestClientsOfContainerd(t *testing.T) {
	const config, hosts = "etc/containerd/config.toml", "/hub.example.com:30080/hosts.toml"
	const old, new = `[plugins."io.containerd.grpc.v1.cri".registry]`, `[plugins."io.containerd.cri.v1.images".registry]`
	const line = "\n  config_path = \"/etc/containerd/certs.d\"\n"
	for name, c := range map[string]struct {
		config, want, said string
		code               int
	}{
		"nothing said": {"version = 2\n[plugins]\n", "version = 2\n[plugins]\n\n" + old + line, "changed", 0},
		"said empty":   {"version = 2\n" + old + "\n    config_path = \"\"\n    x = 1\n[grpc]\n", "version = 2\n" + old + line + "    x = 1\n[grpc]\n", "changed", 0},
		"newer": {
			"version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = ''\n",
			"version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]" + line, "changed", 0,
		},
		"newest":           {"version = 4\n", "version = 4\n\n" + new + line, "changed", 0},
		"of another place": {"version = 2\n[plugins.\"io.containerd.x.v1.y\".registry]\n  config_path = \"/x\"\n", "version = 2\n[plugins.\"io.containerd.x.v1.y\".registry]\n  config_path = \"/x\"\n\n" + old + line, "changed", 0},
		"oldest":           {"[plugins.cri]\n", "[plugins.cri]\n", "neither 2 (containerd 1.x) nor 3 or 4", 1},
		"mirrors":          {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"a\"]\n", "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"a\"]\n", "exclude config_path", 1},
		"empty mirrors":    {"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors]\n", "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors]\n\n" + old + line, "changed", 0},
	} {
		t.Run(name, func(t *testing.T) {
			eachPuller(t, specText, "", func(p puller) {
				write(p.t, p.root, config, c.config)
				p.run("--check containerd", 1, "hosts.toml is not")
				p.run("containerd", c.code, c.said)
				p.holds(config, c.want)
				p.holds("etc/containerd/certs.d"+hosts, p.of("hosts.toml"))
				p.run("containerd", c.code, "")
				p.holds(config, c.want)
				p.run("--check containerd", c.code, "")
				p.run("--remove containerd", 0, "removed")
				p.holds("etc/containerd/certs.d"+hosts, "")
				p.holds("etc/containerd/config.toml.new", "")
			})
		})
	}
	eachPuller(t, specText, "", func(p puller) {
		text := "version = 2\n" + old + "\n  config_path = \"/opt/hosts:/etc/docker/certs.d\"\n"
		write(p.t, p.root, config, text)
		p.run("containerd", 0, "wrote "+p.root+"/opt/hosts"+hosts)
		p.holds(config, text)
	})
}

// TestClientsOfAuthority: every engine finds the authority where it looks for it, and
// the proxy where it is asked for.
func TestClientsOfAuthority(t *testing.T) {
	authority, err := os.ReadFile("../../examples/ca.crt")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "ca.crt", string(authority))
	text := strings.NewReplacer(
		`extend = ["texts.libsonnet"]`, "", "http://hub.example.com:30080\"", "https://hub.example.com:30080\"\ntls.ca = \"ca.crt\"",
		"[redis]", "[proxy]\nhttps_proxy = \"http://proxy.example.com:3128/\"\nno_proxy = [\"10.0.0.0/8\", \"%h\"]\n\n[redis]").Replace(specText)
	files := compiled(t, text, dir)
	if files["clients/daemon.json"] != "" || files["clients/registries.conf"] != "" {
		t.Error("a registry with TLS is called insecure")
	}
	p := puller{t: t, shell: "dash", root: t.TempDir(), folder: t.TempDir(), path: os.Getenv("PATH")}
	for name, text := range files {
		if below, ok := strings.CutPrefix(name, "clients/"); ok {
			write(t, p.folder, below, text)
		}
	}
	write(t, p.root, "etc/containerd/config.toml", "version = 2\n")
	p.run("--proxy docker containerd containers", 0, "containers: knows "+address)
	for _, place := range strings.Fields("etc/docker/certs.d etc/containerd/certs.d etc/containers/certs.d") {
		p.holds(place+"/"+address+"/ca.crt", string(authority))
	}
	for _, unit := range strings.Fields("docker containerd crio") {
		p.holds("etc/systemd/system/"+unit+".service.d/50-sinks-proxy.conf", p.of("http-proxy.conf"))
	}
	if want := `"NO_PROXY=hub.example.com,localhost,127.0.0.1,10.0.0.0/8,%%h"`; !strings.Contains(p.of("http-proxy.conf"), want) {
		t.Errorf("http-proxy.conf lacks %s: %s", want, p.of("http-proxy.conf"))
	}
	p.run("--check --proxy docker containerd containers", 0, "knows")
	p.run("--remove docker containerd containers", 0, "nothing of")
	left, err := filepath.Glob(p.root + "/etc/*/certs.d/*")
	if err != nil || len(left) > 0 {
		t.Error("left:", left, err)
	}
}
