package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

// pullSpec is a registry of which only the address matters here.
const pullSpec = `name = "pulled"
[registry]
version = "2.15.2"
url = "%s"
%s
[storage.cephfs]
monitors = ["10.77.0.11:6789"]
path = "/apps/harbor"
user = "harbor"
[database]
host = "postgres.lab"
[redis]
addresses = ["redis.lab:6379"]
[secrets]
provider = "existing"
[[vm.nodes]]
name = "node1"
address = "10.77.0.21"
`

// puller is a machine with every engine.
type puller struct{ *lab.Node }

// bootPuller gives containerd a disk: on that of the lab it could not unpack.
func bootPuller(t *testing.T) puller {
	t.Helper()
	p := puller{&lab.Node{Name: "puller", Address: "10.77.0.31"}}
	t.Cleanup(func() {
		p.PowerOff()
		if err := lab.Until(10*time.Second, lab.Clear); err != nil {
			t.Error(err)
		}
	})
	if err := p.Boot(); err != nil {
		t.Fatal(err)
	}
	p.must(t, "mount -t tmpfs tmpfs /var/lib/containerd && systemctl restart containerd")
	return p
}

func (p puller) must(t *testing.T, line string) string {
	t.Helper()
	out, err := p.Run(line)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cri pulls an image as the kubelet does: by the socket of containerd, which reads
// config_path.
func (p puller) cri(image string) error {
	conn, err := grpc.NewClient("unix://"+p.Root("/run/containerd/containerd.sock"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = cri.NewImageServiceClient(conn).PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: image}}, grpc.WaitForReady(true))
	return err
}

// pulls are the ways in which the machine pulls.
func (p puller) pulls(registry string) map[string]func() error {
	image := registry + "/library/busybox:check"
	line := func(text string) func() error {
		return func() error { _, err := p.Run(text); return err }
	}
	return map[string]func() error{
		"docker login": line("echo none | docker login --username admin --password-stdin " + registry),
		"docker pull":  line("docker pull " + image),
		"ctr":          line("ctr images pull --snapshotter native --hosts-dir /etc/containerd/certs.d " + image),
		"cri":          func() error { return p.cri(image) },
		"skopeo":       line("skopeo inspect docker://" + image),
	}
}

// refused wants every engine to refuse with a word of the symptom.
func (p puller) refused(t *testing.T, registry string, symptoms ...string) {
	t.Helper()
	for name, pull := range p.pulls(registry) {
		err := pull()
		if err == nil {
			t.Errorf("%s takes the registry without being told of it", name)
			continue
		}
		found := false
		for _, symptom := range symptoms {
			found = found || strings.Contains(err.Error(), symptom)
		}
		if !found {
			t.Errorf("%s: %v, want %q", name, err, symptoms)
		}
	}
}

// serveImages starts a registry with an image in it.
func serveImages(t *testing.T, authority *lab.Authority, port int) {
	t.Helper()
	dir, secure := t.TempDir(), ""
	if authority != nil {
		if err := authority.Issue(dir); err != nil {
			t.Fatal(err)
		}
		secure = fmt.Sprintf("\n  tls:\n    certificate: %s/server.crt\n    key: %[1]s/server.key", dir)
	}
	config := fmt.Sprintf("version: 0.1\nlog:\n  level: error\nstorage:\n  inmemory: {}\nhttp:\n  addr: %s:%d%s\n", lab.Gateway, port, secure)
	path := filepath.Join(dir, "config.yml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	service, err := lab.Start("", "docker-registry", "serve", path)
	t.Cleanup(service.Stop)
	if err != nil {
		t.Fatal(err)
	}
	var pem []byte
	if authority != nil {
		pem = authority.PEM
	}
	c := newClient(fmt.Sprint("hub.lab:", port), "", pem)
	eventually(t, 30*time.Second, func() error {
		reference, err := c.reference("library/busybox", "check")
		if err != nil {
			return err
		}
		image, err := random.Image(2048, 1)
		if err != nil {
			return err
		}
		file, err := image.ConfigFile()
		if err != nil {
			return err
		}
		file.OS, file.Architecture = "linux", "amd64"
		if image, err = mutate.ConfigFile(image, file); err != nil {
			return err
		}
		return remote.Write(reference, image, c.options...)
	})
}

// clientsOf builds the spec of an address and brings its folder clients to the machine.
func (p puller) clientsOf(t *testing.T, url, more string, authority []byte) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{site.File: fmt.Sprintf(pullSpec, url, more), "ca.crt": string(authority)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(site.Program(t), "build")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("hagen build: %v\n%s", err, out)
	}
	if err := copyBundle(p.Node, filepath.Join(dir, "out/pulled/clients"), "/root/clients"); err != nil {
		t.Fatal(err)
	}
}

// TestPulls: Docker, containerd (by ctr and by the interface of the kubelet) and
// skopeo, which reads what podman and CRI-O read, pull with the files of clients/ and
// refuse without them, by the symptoms that hagen names.
func TestPulls(t *testing.T) {
	authority, err := lab.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	serveImages(t, nil, 8070)
	serveImages(t, authority, 8443)
	p := bootPuller(t)
	const all = "docker containerd containers"
	for _, c := range []struct {
		name, url, more string
		symptoms        []string
	}{
		{"http", "http://hub.lab:8070", "", []string{"server gave HTTP response to HTTPS client"}},
		{"https", "https://hub.lab:8443", `tls.ca = "ca.crt"`, []string{"x509: certificate signed by unknown authority"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, registry, _ := strings.Cut(c.url, "://")
			p.clientsOf(t, c.url, c.more, authority.PEM)
			p.refused(t, registry, c.symptoms...)
			if out, err := p.Run("sh clients/install.sh --check " + all); err == nil {
				t.Errorf("nothing is in place, and --check says: %s", out)
			}
			p.must(t, "sh clients/install.sh "+all)
			for name, pull := range p.pulls(registry) {
				if err := lab.Until(30*time.Second, pull); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if out := p.must(t, "sh clients/install.sh "+all+" && sh clients/install.sh --check"); strings.Contains(out, "wrote") || strings.Contains(out, "changed") {
				t.Errorf("the second time changes something: %s", out)
			}
			if kept := p.must(t, "cat /etc/docker/daemon.json"); !strings.Contains(kept, "native.cgroupdriver=cgroupfs") {
				t.Errorf("what the machine had of its own is gone: %s", kept)
			}
			p.must(t, "systemctl restart docker && docker info")
			p.must(t, "sh clients/install.sh --remove "+all)
			p.refused(t, registry, c.symptoms...)
		})
	}
}
