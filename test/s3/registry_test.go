package s3

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/crypto/bcrypt"
	"sigs.k8s.io/yaml"
)

const (
	rendered = "../../out/hub-s3/compose/node1"
	bucket   = "harbor"
	place    = bucket + "/hub-s3"
)

type table = map[string]any

func at(t *testing.T, value table, keys ...string) table {
	t.Helper()
	for _, key := range keys {
		below, ok := value[key].(table)
		if !ok {
			t.Fatalf("the configuration has no %s", key)
		}
		value = below
	}
	return value
}

// registry is one instance.
type registry struct{ address, config string }

func (r registry) image(t *testing.T, tag string) name.Reference {
	t.Helper()
	reference, err := name.ParseReference(r.address+"/library/one:"+tag, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

// configured writes the rendered configuration with nothing changed but addresses
// and files of the machine.
func configured(t *testing.T, s store, cache string, redirect bool) registry {
	t.Helper()
	text, err := os.ReadFile(rendered + "/config/registry/config.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config table
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	hash, err := bcrypt.GenerateFromPassword([]byte("pass"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	passwords := filepath.Join(dir, "passwd")
	r := registry{free(t), filepath.Join(dir, "config.yml")}
	driver := at(t, config, "storage", "s3")
	if driver["regionendpoint"] != "https://s3.example.com" || driver["secure"] != true || driver["bucket"] != bucket {
		t.Fatalf("not the example: %v", driver)
	}
	driver["regionendpoint"], driver["secure"] = "http://"+s.address, false
	at(t, config, "storage", "redirect")["disable"] = !redirect
	at(t, config, "redis")["addr"] = cache
	at(t, config, "http")["addr"] = r.address
	at(t, config, "http", "debug")["addr"] = free(t)
	at(t, config, "auth", "htpasswd")["path"] = passwords
	text, err = yaml.Marshal(config)
	if err == nil {
		err = os.WriteFile(r.config, text, 0o600)
	}
	if err == nil {
		err = os.WriteFile(passwords, fmt.Appendf(nil, "user:%s\n", hash), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// variables are those that the bundle gives a service of the storage.
func variables(t *testing.T, service string, values map[string]string) []string {
	t.Helper()
	list, err := os.ReadFile(rendered + "/host/secrets.list")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(list)) {
		words := strings.Fields(line)
		if len(words) == 4 && words[0] == "variable" && words[1] == service {
			if value, ok := values[words[3]]; ok {
				out = append(out, words[2]+"="+value)
			}
		}
	}
	if len(out) != len(values) {
		t.Fatalf("%s gets %v", service, out)
	}
	return out
}

func secrets(t *testing.T) []string {
	t.Helper()
	return variables(t, "registry", map[string]string{
		"s3_access_key": accessKey, "s3_secret_key": secretKey, "registry_http_secret": "one for all",
	})
}

func serve(t *testing.T, r registry, variables []string) registry {
	t.Helper()
	start(t, r.address, variables, "docker-registry", "serve", r.config)
	return r
}

var login = remote.WithAuth(&authn.Basic{Username: "user", Password: "pass"})

// picture is an image whose layer is larger than a part and than what is copied in
// one piece.
func picture(t *testing.T) v1.Image {
	t.Helper()
	image, err := random.Image(70<<20, 1)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// pulled fetches every byte of an image through a client and checks its digest.
func pulled(t *testing.T, reference name.Reference, client *hosts) {
	t.Helper()
	image, err := remote.Image(reference, login, remote.WithTransport(client))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		content, err := layer.Compressed()
		if err != nil {
			t.Fatal(err)
		}
		sum, size, err := v1.SHA256(content)
		content.Close()
		if want, _ := layer.Digest(); err != nil || sum != want {
			t.Errorf("%d bytes of %s, %v", size, want, err)
		}
	}
}

// What one instance stores another one has, and clients speak to the registry alone
// unless they are sent on.
func TestPushAndPull(t *testing.T) {
	s, cache := newStore(t, bucket), redis(t)
	first := serve(t, configured(t, s, cache, false), secrets(t))
	second := serve(t, configured(t, s, cache, false), secrets(t))
	sending := serve(t, configured(t, s, cache, true), secrets(t))

	client := &hosts{}
	if err := remote.Write(first.image(t, "a"), picture(t), login, remote.WithTransport(client)); err != nil {
		t.Fatal(err)
	}
	if found := s.objects(t, place); len(found) != 3 {
		t.Errorf("the bucket holds %v", found)
	}
	pulled(t, second.image(t, "a"), client)
	if n := client.count("GET " + s.address); n != 0 {
		t.Errorf("%d requests of the client went to the store", n)
	}
	pulled(t, sending.image(t, "a"), client)
	if n := client.count("GET " + s.address); n == 0 {
		t.Error("nobody was sent to the store")
	}
}

// registryctl collects garbage by the same file and the same variables.
func TestGarbage(t *testing.T) {
	s, cache := newStore(t, bucket), redis(t)
	r := serve(t, configured(t, s, cache, false), secrets(t))
	client := remote.WithTransport(&hosts{})
	image := picture(t)
	if err := remote.Write(r.image(t, "a"), image, login, client); err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err == nil {
		err = remote.Delete(r.image(t, "a").Context().Digest(digest.String()), login, client)
	}
	if err != nil {
		t.Fatal(err)
	}
	keys := variables(t, "registryctl", map[string]string{"s3_access_key": accessKey, "s3_secret_key": secretKey})
	if out, err := run(t.Context(), keys, "docker-registry", "garbage-collect", r.config); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left := s.objects(t, place); len(left) > 0 {
		t.Errorf("the bucket still holds %v", left)
	}
}

// The store checks signatures: with another key nothing is stored.
func TestWrongKey(t *testing.T) {
	s := newStore(t, bucket)
	keys := slices.DeleteFunc(secrets(t), func(v string) bool { return strings.HasPrefix(v, "AWS_SECRET_ACCESS_KEY=") })
	r := serve(t, configured(t, s, redis(t), false), append(keys, "AWS_SECRET_ACCESS_KEY=another"))
	image, err := random.Image(10, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(r.image(t, "a"), image, login, remote.WithTransport(&hosts{}), remote.WithRetryPredicate(func(error) bool { return false })); err == nil {
		t.Error("it was stored")
	}
	if found := s.objects(t, place); len(found) > 0 {
		t.Errorf("the bucket holds %v", found)
	}
}
