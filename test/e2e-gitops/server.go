package gitops

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// A server is a Kubernetes API with nothing behind it.
type server struct {
	t          testing.TB
	kubeconfig string
	config     *rest.Config
	client     kubernetes.Interface
	dynamic    dynamic.Interface
	mapper     *restmapper.DeferredDiscoveryRESTMapper
	// key signs the tokens of service accounts.
	key string
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: test } }]
clusters: [{ name: test, cluster: { server: "https://%s", insecure-skip-tls-verify: true } }]
users: [{ name: test, user: { token: test } }]
`

// readerToken is that of somebody who may do nothing.
const readerToken = "reader"

// newServer starts etcd and the API server, and waits until it answers.
func newServer(t testing.TB) *server {
	t.Helper()
	return newServerOf(t, newest)
}

// newServerOf is newServer with the API server of another minor version.
func newServerOf(t testing.TB, minor string) *server {
	t.Helper()
	folder := t.TempDir()
	host, port := address(t)
	s := &server{t: t, kubeconfig: filepath.Join(folder, "kubeconfig"), key: filepath.Join(folder, "accounts.key")}
	write(t, s.kubeconfig, fmt.Sprintf(kubeconfig, host+":"+port))
	write(t, s.key, newKey(t))
	tokens := filepath.Join(folder, "tokens.csv")
	write(t, tokens, "test,test,test,system:masters\n"+readerToken+",reader,reader\n")
	start(t, "kube-apiserver", tool(t, minor, "kube-apiserver"), nil, []string{
		"--etcd-servers=" + startEtcd(t),
		"--bind-address=" + host, "--secure-port=" + port,
		// Nobody may reach it, and a loopback address is refused here.
		"--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none",
		"--cert-dir=" + folder,
		"--authorization-mode=RBAC", "--token-auth-file=" + tokens,
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + s.key, "--service-account-key-file=" + s.key,
		"--service-cluster-ip-range=10.96.0.0/16",
	})
	s.connect()
	eventually(t, "the API server answers", func() error {
		return s.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(context.Background()).Error()
	})
	return s
}

// startEtcd gives the address of an etcd that forgets everything at the end.
func startEtcd(t testing.TB) string {
	t.Helper()
	clients, peers := "http://"+listens(t), "http://"+listens(t)
	start(t, "etcd", tool(t, newest, "server"), nil, []string{
		"--data-dir=" + t.TempDir(), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=" + clients, "--advertise-client-urls=" + clients,
		"--listen-peer-urls=" + peers, "--initial-advertise-peer-urls=" + peers,
		"--initial-cluster=default=" + peers,
	})
	return clients
}

// connect makes the clients. They may ask as often as they like.
func (s *server) connect() {
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	if err != nil {
		s.t.Fatal(err)
	}
	config.QPS = -1
	s.config = config
	if s.client, err = kubernetes.NewForConfig(config); err != nil {
		s.t.Fatal(err)
	}
	if s.dynamic, err = dynamic.NewForConfig(config); err != nil {
		s.t.Fatal(err)
	}
	s.mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(s.client.Discovery()))
}

// kubectl runs kubectl in a folder, as the documentation says it.
func (s *server) kubectl(folder string, args ...string) string {
	s.t.Helper()
	out, err := s.tryKubectl(folder, args...)
	if err != nil {
		s.t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// tryKubectl is kubectl with an error that the caller looks at.
func (s *server) tryKubectl(folder string, args ...string) (string, error) {
	s.t.Helper()
	return attempt(folder, []string{"KUBECONFIG=" + s.kubeconfig}, tool(s.t, newest, "kubectl"), args...)
}

// newKey is an RSA key in PEM.
func newKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// write makes a file that only its owner reads.
func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
