package secrets

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sealed "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// A controller has the private key of its certificate, by the name that
// sealed-secrets gives it.
type controller map[string]*rsa.PrivateKey

// newController makes a controller's key and writes its certificate beside the
// spec.
func (s *site) newController(file string, end time.Time) controller {
	s.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sealed-secrets"},
		NotBefore: end.AddDate(-10, 0, 0), NotAfter: end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	writeFile(s.t, filepath.Join(s.dir, file), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	name, err := crypto.PublicKeyFingerprint(&key.PublicKey)
	if err != nil {
		s.t.Fatal(err)
	}
	return controller{name: key}
}

// newSealed is newSite with the provider sealed-secrets.
func newSealed(t *testing.T, example string) (*site, controller) {
	t.Helper()
	s := newSite(t, example, "")
	c := s.newController("controller.pem", time.Now().AddDate(1, 0, 0))
	s.configure(settings{provider: "sealed-secrets", certificate: "controller.pem", everything: []holder{s.owner}})
	return s, c
}

// unsealed opens every SealedSecret of the output by the controller's own code
// and returns the values as "Secret/key".
func (s *site) unsealed(c controller) (map[string]string, error) {
	s.t.Helper()
	values := map[string]string{}
	objects := s.clusterFiles()
	if len(objects) < 2 {
		s.t.Fatalf("%d SealedSecrets", len(objects))
	}
	for name, file := range objects {
		var object sealed.SealedSecret
		if err := yaml.UnmarshalStrict([]byte(readFile(s.t, file)), &object); err != nil {
			s.t.Fatalf("%s: %v", file, err)
		}
		secret, err := object.Unseal(scheme.Codecs, c)
		if err != nil {
			return nil, err
		}
		for key, value := range secret.Data {
			values[name+"/"+key] = string(value)
			s.decrypts(c, object, key, string(value))
		}
	}
	return values, nil
}

// decrypts wants the bare cryptography of sealed-secrets to agree: a value is
// bound to the namespace and the name of its Secret.
func (s *site) decrypts(c controller, object sealed.SealedSecret, key, want string) {
	s.t.Helper()
	ciphertext, err := base64.StdEncoding.DecodeString(object.Spec.EncryptedData[key])
	if err != nil {
		s.t.Fatal(err)
	}
	value, err := crypto.HybridDecrypt(rand.Reader, c, ciphertext, []byte(object.Namespace+"/"+object.Name))
	if err != nil || string(value) != want {
		s.t.Errorf("%s: %s: %v", object.Name, key, err)
	}
	if _, err := crypto.HybridDecrypt(rand.Reader, c, ciphertext, []byte("other/"+object.Name)); err == nil {
		s.t.Errorf("%s: %s opens in another namespace", object.Name, key)
	}
}

// opensTo wants the controller to find what the store holds, key by key.
func (s *site) opensTo(c controller) {
	s.t.Helper()
	found, err := s.unsealed(c)
	if err != nil {
		s.t.Fatal(err)
	}
	values := s.values()
	for name, secret := range s.list() {
		for _, key := range secret.Cluster {
			if found[key] != values[name] {
				s.t.Errorf("%s is not the value of %s", key, name)
			}
		}
	}
}

func TestSealed(t *testing.T) {
	for _, example := range []string{"hub-k8s-1.2", "hub-2.15"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			s, c := newSealed(t, example)
			s.must(s.init()...)
			s.must(s.build()...)
			s.must(s.secrets("check")...)
			s.opensTo(c)
			before := files(t, s.folder())
			s.must(s.init()...)
			if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
				t.Errorf("init with nothing to do wrote %v", diff)
			}
			s.env["HAGEN_SECRET_REDIS_PASSWORD"] = awkward + " anew"
			s.rotatesOnly("redis_password")
			s.rotatesOnly("secretkey")
			s.must(s.build()...)
			s.opensTo(c)
		})
	}
}

// A controller that takes another certificate needs everything sealed anew;
// the store stays as it is.
func TestSealedAnew(t *testing.T) {
	t.Parallel()
	s, old := newSealed(t, "hub-2.15")
	s.must(s.init()...)
	before, ciphertexts := files(t, s.folder()), s.ciphertexts()
	renewed := s.newController("controller.pem", time.Now().AddDate(2, 0, 0))
	if o := s.run(s.build()...); o.code != 2 || !strings.Contains(o.err, "hagen secrets init") {
		t.Errorf("a build with another certificate: exit code %d\n%s", o.code, o.err)
	}
	s.must(s.init()...)
	s.must(s.build()...)
	for place, ciphertext := range s.ciphertexts() {
		sealed := strings.HasPrefix(place, "kubernetes/")
		if (ciphertext != ciphertexts[place]) != sealed {
			t.Errorf("%s changed: %v", place, !sealed)
		}
	}
	after := files(t, s.folder())
	if before[store] != after[store] || before[nodes] != after[nodes] {
		t.Error("the store or the file of the nodes changed")
	}
	s.opensTo(renewed)
	if _, err := s.unsealed(old); err == nil {
		t.Error("the old key still opens the SealedSecrets")
	}
}

// What is sealed with a certificate that ran out, or with none, could not be
// opened.
func TestSealedWrong(t *testing.T) {
	t.Parallel()
	s, _ := newSealed(t, "hub-2.15")
	s.must(s.init()...)
	before := files(t, s.folder())
	s.newController("controller.pem", time.Now().AddDate(0, 0, -1))
	s.refuses(s.init(), 2, "ran out on")
	writeFile(t, filepath.Join(s.dir, "controller.pem"), "no certificate\n")
	s.refuses(s.init(), 2, "this is not the certificate of a sealed-secrets controller")
	if diff := changed(before, files(t, s.folder())); len(diff) > 0 {
		t.Errorf("what was refused wrote %v", diff)
	}
}
