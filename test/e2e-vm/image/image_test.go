// Package image builds hagen's own image as make image does, on an engine of the lab
// and by both of its builders, and runs it as users do.
package image

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/lab"
)

func TestMain(m *testing.M) {
	if code, done := lab.Enter(); done {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

const (
	repository = "../../.."
	name       = "hagen:test"
	// work is a directory that no machine has.
	work = "/var/lib/builder"
)

// builder is a machine with an engine, hagen's source and Go.
type builder struct {
	*testing.T
	node *lab.Node
}

// run runs a line of shell beside the source, with a file as its input if one is named.
func (b builder) run(line, input string) (string, error) {
	cmd := b.node.Command("cd " + work + " && export PATH=$PATH:/usr/local/go/bin && " + line)
	if input != "" {
		file, err := os.Open(input)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		cmd.Stdin = file
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s%s", line, err, out, said.String())
	}
	return string(out), err
}

func (b builder) must(line string) string {
	b.Helper()
	out, err := b.run(line, "")
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// boot brings the source to a machine, without what is built of it.
func boot(t *testing.T) builder {
	t.Helper()
	b := builder{t, &lab.Node{Name: "builder", Address: "10.77.0.41"}}
	t.Cleanup(func() {
		b.node.PowerOff()
		if err := lab.Until(10*time.Second, lab.Clear); err != nil {
			t.Error(err)
		}
	})
	if err := b.node.Boot(); err != nil {
		t.Fatal(err)
	}
	pack := exec.Command("tar", "-C", repository, "-c", "--exclude=./bin", "--exclude=./.git", "--exclude=./test", "--exclude=node_modules", ".")
	source, err := pack.Output()
	if err != nil {
		t.Fatal(err)
	}
	unpack := b.node.Command("mkdir -p " + work + "/hagen && tar -C " + work + "/hagen -x --no-same-owner")
	unpack.Stdin = bytes.NewReader(source)
	if out, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return b
}

// version is that of the committed renderings: they name it.
func version(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(repository + "/out/hub-vm/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Hagen string }
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest.Hagen
}

// build makes the image by one of the builders, at first on the base that image/base.sh
// has made, and returns its digest.
func (b builder) build(kit, goImage string) string {
	b.Helper()
	input := ""
	if goImage == "" {
		input = repository + "/bin/image/base.tar"
	}
	out, err := b.run("cd hagen && DOCKER_BUILDKIT="+kit+" HAGEN_IMAGE_BASE=- REVISION=0123456789 SOURCE_DATE_EPOCH=1700000000 image/build.sh "+name+" "+version(b.T)+" "+goImage, input)
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// TestImage: the image is the same bytes by both builders of the engine, holds one
// static program and what it needs, and works without root, network or a disk of its own.
func TestImage(t *testing.T) {
	b := boot(t)
	classic := b.build("0", "")
	if kit := b.build("1", "hagen-go:local"); kit != classic {
		t.Errorf("the builders make %s and %s", classic, kit)
	}
	t.Run("configuration", func(t *testing.T) { builder{t, b.node}.configuration() })
	t.Run("files", func(t *testing.T) { builder{t, b.node}.files() })
	t.Run("build", func(t *testing.T) { builder{t, b.node}.compiles() })
	t.Run("names and authorities", func(t *testing.T) { builder{t, b.node}.network() })
}

func (b builder) configuration() {
	var found []struct {
		Created string
		Size    int64
		Config  struct {
			User, WorkingDir string
			Entrypoint, Env  []string
			Labels           map[string]string
		}
	}
	if err := json.Unmarshal([]byte(b.must("docker image inspect "+name)), &found); err != nil {
		b.Fatal(err)
	}
	image := found[0]
	b.Logf("%.1f MB", float64(image.Size)/1e6)
	if image.Config.User != "65532:65532" || image.Config.WorkingDir != "/work" || !slices.Equal(image.Config.Entrypoint, []string{"/usr/local/bin/hagen"}) ||
		!strings.HasPrefix(image.Created, "2023-11-14T22:13:20") || image.Size > 40e6 {
		b.Errorf("%+v", image)
	}
	const prefix = "org.opencontainers.image."
	for label, want := range map[string]string{"title": "hagen", "version": version(b.T), "revision": "0123456789"} {
		if got := image.Config.Labels[prefix+label]; got != want {
			b.Errorf("label %s is %q, want %q", label, got, want)
		}
	}
	if out := b.must("docker run --rm --network none " + name + " --version"); !strings.Contains(out, version(b.T)) {
		b.Errorf("--version says %s", out)
	}
	if out, err := b.run("docker run --rm --network none --entrypoint sh "+name, ""); err == nil || !strings.Contains(err.Error(), "executable file not found") {
		b.Errorf("there is a shell: %s %v", out, err)
	}
}

// files wants no others than these; what the engine adds to a container is no part
// of the image.
func (b builder) files() {
	list := b.must("docker save " + name + " | tar -xO --wildcards '*/layer.tar' | tar -t")
	want := "etc/ etc/passwd etc/ssl/ etc/ssl/certs/ etc/ssl/certs/ca-certificates.crt usr/ usr/local/ usr/local/bin/ usr/local/bin/hagen work/"
	if got := strings.Join(strings.Fields(list), " "); got != want {
		b.Errorf("the image holds %s\nwant %s", got, want)
	}
	b.must("id=$(docker create " + name + ") && docker cp $id:/usr/local/bin/hagen /root/program && docker rm $id")
	program, err := elf.Open(b.node.Root("/root/program"))
	if err != nil {
		b.Fatal(err)
	}
	defer program.Close()
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			b.Errorf("the program is not static: it has a %s", part.Type)
		}
	}
}

// compiles wants the bytes that are committed, written by whoever started it.
func (b builder) compiles() {
	const locked = "docker run --rm --network none --read-only --cap-drop ALL --security-opt no-new-privileges --user 1234:1234 --volume " + work + "/work:/work " + name
	b.must("mkdir work && cp -r hagen/examples work/ && chown -R 1234:1234 work")
	examples, err := filepath.Glob(repository + "/examples/*.toml")
	if err != nil || len(examples) == 0 {
		b.Fatal("no examples", err)
	}
	specs := ""
	for _, example := range examples {
		specs += " examples/" + filepath.Base(example)
	}
	b.must(locked + " build -q" + specs)
	b.must("diff -r hagen/out work/out")
	if others := b.must("find work/out ! -user 1234"); others != "" {
		b.Errorf("of another owner: %s", others)
	}
	b.must(locked + " build --check" + specs)
	b.must(locked + " diff" + specs)
}

// network lets the program find a registry by DNS and by /etc/hosts, and trust an
// authority where the image keeps those of the public.
func (b builder) network() {
	authority, err := lab.NewAuthority()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := authority.Issue(dir); err != nil {
		b.Fatal(err)
	}
	config := fmt.Sprintf("version: 0.1\nlog:\n  level: error\nstorage:\n  inmemory: {}\nhttp:\n  addr: %s:8443\n  tls:\n    certificate: %s/server.crt\n    key: %[2]s/server.key\n", lab.Gateway, dir)
	if err := os.WriteFile(dir+"/config.yml", []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	service, err := lab.Start("", "docker-registry", "serve", dir+"/config.yml")
	b.Cleanup(service.Stop)
	if err != nil {
		b.Fatal(err)
	}
	if err := b.node.Write("/root/ca.crt", string(authority.PEM), 0o644); err != nil {
		b.Fatal(err)
	}
	push := func(options, host string) error {
		_, err := b.run("docker run --rm --read-only --user 1234:1234 --volume "+work+"/work:/work "+options+" "+name+" push oci://"+host+":8443/hub:v1 --dir out/hub-vm", "")
		return err
	}
	const trusted = "--volume /root/ca.crt:/etc/ssl/certs/ca-certificates.crt:ro"
	if err := lab.Until(30*time.Second, func() error { return push(trusted, "hub.lab") }); err != nil {
		b.Error("by DNS:", err)
	}
	if err := push(trusted+" --dns 10.77.0.99 --add-host other.lab:"+lab.Gateway, "other.lab"); err != nil {
		b.Error("by /etc/hosts:", err)
	}
	if err := push("", "hub.lab"); err == nil || !regexp.MustCompile(`unknown authority`).MatchString(err.Error()) {
		b.Error("an authority that nobody knows is trusted:", err)
	}
}
