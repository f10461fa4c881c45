package oci_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"

	"hagen/internal/diag"
	"hagen/internal/oci"
)

// serve runs a registry behind a door that may answer first.
func serve(t *testing.T, door func(w http.ResponseWriter, r *http.Request) bool) (host string, puts *int) {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	puts = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			*puts++
		}
		if door == nil || !door(w, r) {
			inner.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), puts
}

func open(t *testing.T, address string) *oci.Remote {
	t.Helper()
	return openWith(t, address, oci.Options{Plain: true, Agent: "hagen/test"})
}

func openWith(t *testing.T, address string, options oci.Options) *oci.Remote {
	t.Helper()
	ref, err := oci.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	remote, err := oci.Open(ref, options)
	if err != nil {
		t.Fatal(err)
	}
	return remote
}

func alone(t *testing.T) {
	t.Helper()
	t.Setenv("DOCKER_CONFIG", t.TempDir())
}

func TestPushAndPull(t *testing.T) {
	alone(t)
	host, puts := serve(t, nil)
	image, err := oci.Pack(set(t, some()...), nil)
	if err != nil {
		t.Fatal(err)
	}
	remote := open(t, "oci://"+host+"/platform/hub:main")
	if changed, err := remote.Push(context.Background(), image); err != nil || !changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
	before := *puts
	if changed, err := remote.Push(context.Background(), image); err != nil || changed || *puts != before {
		t.Errorf("the second push: changed %v, %d requests, %v", changed, *puts-before, err)
	}
	for _, address := range []string{":main", ":main@" + image.Digest(), "@" + image.Digest()} {
		got, err := open(t, "oci://"+host+"/platform/hub"+address).Pull(context.Background())
		if err != nil || got.Digest() != image.Digest() {
			t.Errorf("%s: %s, %v", address, got.Digest(), err)
		}
	}
}

// What a user reads when a registry is not as it should be.
func TestErrors(t *testing.T) {
	answer := func(code int, body string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			fmt.Fprint(w, body)
			return true
		}
	}
	said := func(code string) string { return `{"errors":[{"code":"` + code + `","message":"said\nso"}]}` }
	manifests := func(then func(w http.ResponseWriter, r *http.Request) bool) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			return strings.Contains(r.URL.Path, "/manifests/") && r.Method == http.MethodPut && then(w, r)
		}
	}
	for name, test := range map[string]struct {
		door       func(w http.ResponseWriter, r *http.Request) bool
		push, pull string
	}{
		"nothing there": {nil, "", "there is no such artifact"},
		"no login": {
			answer(401, said("UNAUTHORIZED")), "the registry asks for a login, and there is none", "the registry asks for a login, and there is none",
		},
		"no right":       {answer(403, said("DENIED")), "the login may not push here: 403 Forbidden, DENIED: said so", "the login may not pull here: 403 Forbidden, DENIED: said so"},
		"no project":     {answer(404, said("NAME_UNKNOWN")), "there is no such repository, and the registry does not make it", "there is no such artifact"},
		"too large":      {answer(413, ""), "the registry, or a proxy before it, refuses an upload of this size", ""},
		"an old one":     {manifests(answer(400, said("MANIFEST_INVALID"))), "the registry does not take such artifacts: 400 Bad Request, MANIFEST_INVALID: said so", "there is no such artifact"},
		"a fixed tag":    {manifests(answer(412, said("PRECONDITION"))), "the tag cannot be moved: 412 Precondition Failed, PRECONDITION: said so", ""},
		"a moody one":    {answer(409, ""), "the registry answers 409 Conflict", "the registry answers 409 Conflict"},
		"no registry":    {answer(200, "<html>"), "", ""},
		"a large answer": {answer(400, said(strings.Repeat("X", 1000))), "the registry answers 400 Bad Request, " + strings.Repeat("X", 60) + ": said so", ""},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			host, _ := serve(t, test.door)
			remote := open(t, "oci://"+host+"/platform/hub:main")
			if test.pull != "" {
				_, err := remote.Pull(context.Background())
				expect(t, err, test.pull)
			}
			image, err := oci.Pack(set(t, some()...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if test.push != "" {
				_, err = remote.Push(context.Background(), image)
				expect(t, err, test.push)
			}
			if name == "no registry" {
				if _, err := remote.Pull(context.Background()); err == nil {
					t.Error("a page of HTML is taken for an artifact")
				}
			}
		})
	}
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	var d diag.Diagnostic
	if !errors.As(err, &d) || d.Message != want || d.Place.File == "" {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCertificateIsWanted(t *testing.T) {
	alone(t)
	server := httptest.NewTLSServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	address := "oci://" + strings.TrimPrefix(server.URL, "https://") + "/hub:main"
	_, err := openWith(t, address, oci.Options{}).Pull(context.Background())
	expect(t, err, "the certificate of the registry is not trusted: x509: certificate signed by unknown authority")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	_, err = openWith(t, address, oci.Options{Authority: authority}).Pull(context.Background())
	expect(t, err, "there is no such artifact")
	ref, _ := oci.Parse(address)
	if _, err := oci.Open(ref, oci.Options{Authority: []byte("no certificate")}); err == nil {
		t.Error("an authority without a certificate is taken")
	}
}

func TestPlainHTTPIsAskedFor(t *testing.T) {
	alone(t)
	host, _ := serve(t, nil)
	_, err := openWith(t, "oci://"+host+"/hub:main", oci.Options{}).Pull(context.Background())
	expect(t, err, "the registry speaks HTTP, not HTTPS")
}

func TestNobodyAnswers(t *testing.T) {
	alone(t)
	_, err := open(t, "oci://127.0.0.1:1/hub:main").Pull(context.Background())
	expect(t, err, "no registry answers: connection refused")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = open(t, "oci://127.0.0.1:1/hub:main").Pull(ctx)
	expect(t, err, "interrupted")
}

// wants is a door that lets in a user of basic authentication.
func wants(user, password string) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if gotUser, gotPassword, _ := r.BasicAuth(); gotUser == user && gotPassword == password {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
}

func TestLoginComesFromDocker(t *testing.T) {
	image, err := oci.Pack(set(t, some()...), nil)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := serve(t, wants("robot$ci", "geheim"))
	config := func(text string) {
		dir := t.TempDir()
		t.Setenv("DOCKER_CONFIG", dir)
		if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stored := func(login string) string {
		return `{"auths":{"` + host + `":{"auth":"` + base64.StdEncoding.EncodeToString([]byte(login)) + `"}}}`
	}
	config(stored("robot$ci:geheim"))
	if changed, err := open(t, "oci://"+host+"/platform/hub:main").Push(context.Background(), image); err != nil || !changed {
		t.Errorf("changed %v, %v", changed, err)
	}
	config(stored("robot$ci:falsch"))
	_, err = open(t, "oci://"+host+"/platform/hub:main").Push(context.Background(), image)
	expect(t, err, "the registry refuses the login, or the login may not push here")

	helper := filepath.Join(t.TempDir(), "docker-credential-hagentest")
	script := "#!/bin/sh\nread server\n[ \"$server\" = " + host + " ] || exit 1\necho '{\"ServerURL\":\"" + host + "\",\"Username\":\"robot$ci\",\"Secret\":\"geheim\"}'\n"
	if err := os.WriteFile(helper, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Dir(helper)+":"+os.Getenv("PATH"))
	config(`{"credHelpers":{"` + host + `":"hagentest"}}`)
	if _, err := open(t, "oci://"+host+"/platform/hub:main").Pull(context.Background()); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(helper, []byte("#!/bin/sh\necho geheim\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, "oci://"+host+"/platform/hub:main").Pull(context.Background())
	expect(t, err, "the login cannot be read from the configuration of Docker")
	if strings.Contains(fmt.Sprintf("%+v", err), "geheim") {
		t.Errorf("what a helper prints is repeated: %+v", err)
	}
	config("{")
	ref, _ := oci.Parse("oci://" + host + "/platform/hub:main")
	_, err = oci.Open(ref, oci.Options{Plain: true})
	expect(t, err, "the login cannot be read from the configuration of Docker")
}

// Harbor wants a token, which its own service gives to those who log in.
func TestTokens(t *testing.T) {
	var host string
	host, _ = serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		user, password, basic := r.BasicAuth()
		switch {
		case r.URL.Path == "/service/token" && basic && user+":"+password != "robot:geheim":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/service/token" && basic:
			fmt.Fprintf(w, `{"token":%q}`, r.URL.Query().Get("scope"))
		case r.URL.Path == "/service/token":
			fmt.Fprint(w, `{"token":"nobody"}`)
		case strings.HasPrefix(r.Header.Get("Authorization"), "Bearer repository:platform/hub:"):
			return false
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+host+`/service/token",service="harbor",scope="repository:platform/hub:pull"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		return true
	})
	image, err := oci.Pack(set(t, some()...), nil)
	if err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]string{
		"":               "the registry asks for a login, and there is none",
		"robot:verkehrt": "the registry refuses the login, or the login may not push here",
		"robot:geheim":   "",
	} {
		dir := t.TempDir()
		t.Setenv("DOCKER_CONFIG", dir)
		if login != "" {
			text := `{"auths":{"` + host + `":{"auth":"` + base64.StdEncoding.EncodeToString([]byte(login)) + `"}}}`
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := open(t, "oci://"+host+"/platform/hub:main").Push(context.Background(), image)
		if want == "" && err != nil {
			t.Error(err)
		} else if want != "" {
			expect(t, err, want)
		}
	}
}

// What others keep in a registry is told from what hagen made.
func TestForeignArtifacts(t *testing.T) {
	alone(t)
	host, _ := serve(t, nil)
	image, err := oci.Pack(set(t, some()...), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, new, want string }{
		"an image":       {`"dev.hagen.format":"1"`, `"a":"b"`, "this is no artifact of hagen: the annotation dev.hagen.format is not there"},
		"a newer hagen":  {`"dev.hagen.format":"1"`, `"dev.hagen.format":"2"`, `this is no artifact of hagen of this version: its format is "2", not "1"`},
		"another layer":  {"application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+zstd", "this is no artifact of hagen: it has other layers than a single archive"},
		"without layers": {`"layers":[`, `"layers":[],"x":[`, "this is no artifact of hagen: it has other layers than a single archive"},
		"a huge one":     {`"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip"`, `"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","SIZE":1,"size":99999999999,"x":1`, "the artifact has 95367 MB, the limit is 256"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(image.Text(), test.old, test.new, 1)
			if name == "a huge one" {
				// the last of two fields counts
				at := strings.Index(text, `"x":1`)
				text = text[:at] + strings.Replace(text[at:], `"size":`, `"was":`, 1)
			}
			remote := open(t, "oci://"+host+"/platform/hub:main")
			if _, err := remote.Push(context.Background(), oci.Raw(text)); err != nil {
				t.Fatal(err)
			}
			_, err := remote.Pull(context.Background())
			expect(t, err, test.want)
		})
	}
}

// A registry that hands out other bytes than the digest says is found out.
func TestOtherBytesAreRefused(t *testing.T) {
	alone(t)
	image, err := oci.Pack(set(t, some()...), nil)
	if err != nil {
		t.Fatal(err)
	}
	lie := 0
	host, _ := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
		if lie == 0 || r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		fmt.Fprint(w, strings.Repeat("x", lie))
		return true
	})
	remote := open(t, "oci://"+host+"/platform/hub:main")
	if _, err := remote.Push(context.Background(), image); err != nil {
		t.Fatal(err)
	}
	for _, lie = range []int{10, image.LayerSize()} {
		_, err := remote.Pull(context.Background())
		expect(t, err, "the registry hands out other bytes than the digest says")
	}
}

// A registry that is restarted is asked again.
func TestMomentaryFaultsAreTriedAgain(t *testing.T) {
	alone(t)
	faults := 0
	host, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) bool {
		if faults++; faults > 2 {
			return false
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	_, err := open(t, "oci://"+host+"/platform/hub:main").Pull(context.Background())
	expect(t, err, "there is no such artifact")
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"oci://hub.example.com/platform/hub:main":                       "oci://hub.example.com/platform/hub:main",
		"oci://localhost:5000/hub:v1.2":                                 "oci://localhost:5000/hub:v1.2",
		"oci://[::1]:5000/hub:v1":                                       "oci://[::1]:5000/hub:v1",
		"oci://hub.example.com/a/b:t@sha256:" + strings.Repeat("0", 64): "oci://hub.example.com/a/b:t@sha256:" + strings.Repeat("0", 64),
		"oci://hub.example.com/a/b@sha256:" + strings.Repeat("0", 64):   "oci://hub.example.com/a/b@sha256:" + strings.Repeat("0", 64),
	} {
		if got, err := oci.Parse(text); err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "hub.example.com/a:b", "https://hub.example.com/a:b", "oci://", "oci://hub.example.com", "oci://hub.example.com/:main",
		"oci://hub.example.com/A:b", "oci://me:geheim@hub.example.com/a:b", "oci://hub.example.com/a:b@sha256:12", "oci://hub.example.com/a",
		"oci://hub.example.com/a:b@main", "oci://hub.example.com/a:b?c", "oci://hub.example.com/a:", "oci://hub.example.com/../a:b",
	} {
		if got, err := oci.Parse(text); err == nil || strings.Contains(fmt.Sprintf("%+v", err), "geheim") {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "127.0.0.1:5000": true, "127.8.8.8": true, "[::1]:5000": true,
		"hub.example.com": false, "10.0.0.1:5000": false, "localhost.example.com": false, "[2001:db8::1]:5000": false,
	} {
		ref, err := oci.Parse("oci://" + host + "/a:b")
		if err != nil || ref.Loopback() != want {
			t.Errorf("%s: got %v, %v", host, ref.Loopback(), err)
		}
	}
}
