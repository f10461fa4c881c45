package gitops

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An argo is a cluster with Argo CD in it and a registry that it brings.
type argo struct {
	*server
	t          testing.TB
	forge      *forge
	registry   *registry
	controller *program
	// redis and repositories are where its parts listen.
	redis, repositories string
}

// startArgo starts Redis, the repo server and the application controller, with
// the settings of Argo CD's own installation.
func startArgo(t testing.TB, s *server) *argo {
	t.Helper()
	a := &argo{server: s, t: t, forge: newForge(t), redis: listens(t)}
	s.define(argoDefinitions(t)...)
	s.create("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}")
	a.configure()
	a.startRedis()
	a.startRepositories()
	a.run()
	return a
}

// configure applies the settings, and the key that the API server of Argo CD
// makes when it starts, which does not run here.
func (a *argo) configure() {
	a.t.Helper()
	folder := filepath.Join(moduleFolder(a.t, "argocd", "github.com/argoproj/argo-cd/v3"), "manifests", "base", "config")
	for _, o := range readObjects(a.t, folder) {
		o.SetNamespace("argocd")
		if o.GetName() == "argocd-secret" {
			o.Object["stringData"] = map[string]any{"server.secretkey": "for tests alone"}
		}
		if err := a.apply(o, false); err != nil {
			a.t.Fatal(err)
		}
	}
}

func (a *argo) startRedis() {
	a.t.Helper()
	host, port := address(a.t)
	a.redis = host + ":" + port
	start(a.t, "redis", "redis-server", nil, []string{"--bind", host, "--port", port, "--save", "", "--appendonly", "no"})
}

// startRepositories starts the repo server, with Kustomize on its path. What
// looks for signatures must be there, and finds none.
func (a *argo) startRepositories() {
	a.t.Helper()
	programs := a.t.TempDir()
	write(a.t, filepath.Join(programs, "git-verify-wrapper.sh"), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(programs, "git-verify-wrapper.sh"), 0o700); err != nil {
		a.t.Fatal(err)
	}
	path := programs + ":" + filepath.Dir(tool(a.t, newest, "kustomize")) + ":" + os.Getenv("PATH")
	host, port := address(a.t)
	_, metrics := address(a.t)
	a.repositories = host + ":" + port
	start(a.t, "argocd-repo-server", tool(a.t, newest, "cmd"), a.environment("argocd-repo-server", "PATH="+path), []string{
		"--logformat=text", "--revision-cache-expiration=1s",
		"--address=" + host, "--port=" + port, "--metrics-address=" + host, "--metrics-port=" + metrics,
		"--disable-tls", "--client-ca-path=", "--redis=" + a.redis,
	})
}

// run starts the controller, which looks for commits every few seconds and not
// every few minutes.
func (a *argo) run() {
	a.t.Helper()
	a.controller = start(a.t, "argocd-application-controller", tool(a.t, newest, "cmd"),
		a.environment("argocd-application-controller"), []string{
			"--kubeconfig=" + a.kubeconfig, "--namespace=argocd", "--logformat=text",
			"--repo-server=" + a.repositories, "--repo-server-plaintext", "--redis=" + a.redis,
			"--metrics-port=" + port(a.t), "--app-resync=5", "--app-resync-jitter=0",
		})
}

// environment is what a part of Argo CD finds: its name, and folders of its own.
func (a *argo) environment(name string, more ...string) []string {
	folder := a.t.TempDir()
	return append(more,
		"KUBECONFIG="+a.kubeconfig, "ARGOCD_BINARY_NAME="+name, "ARGOCD_FAKE_IN_CLUSTER=true", "ARGOCD_GPG_ENABLED=false",
		"HOSTNAME="+name+"-0", "TMPDIR="+folder,
		"ARGOCD_TLS_DATA_PATH="+folder, "ARGOCD_SSH_DATA_PATH="+folder,
		"ARGOCD_GNUPGHOME="+folder, "ARGOCD_GPG_DATA_PATH="+folder, "ARGOCD_PLUGINSOCKFILEPATH="+folder,
	)
}

// application is the registry's Application as it stands.
func (a *argo) application() (*object, error) {
	return a.live(readObject(a.t, filepath.Join(a.registry.out("argocd"), "application-"+a.registry.name+".yaml")))
}

// says is an error unless the Application is at a commit, synced or not, in
// good health or not.
func (a *argo) says(commit, sync, health string) error {
	o, err := a.application()
	if err != nil {
		return err
	}
	revision, _, _ := unstructured.NestedString(o.Object, "status", "sync", "revision")
	if revisions, found, _ := unstructured.NestedStringSlice(o.Object, "status", "sync", "revisions"); found && len(revisions) > 0 {
		revision = revisions[0]
	}
	said := []string{field(o.Object, "status", "sync", "status"), field(o.Object, "status", "health", "status")}
	if revision != commit || said[0] != sync || said[1] != health {
		return fmt.Errorf("%s at %.8s, wanted %s and %s at %.8s; last sync %s: %s", said, revision, sync, health, commit,
			field(o.Object, "status", "operationState", "phase"), field(o.Object, "status", "operationState", "message"))
	}
	return nil
}

// synced waits until the Application is Synced and Healthy with a commit.
func (a *argo) synced(commit string) {
	a.t.Helper()
	eventually(a.t, "the Application is Synced and Healthy", func() error {
		if err := a.says(commit, "Synced", "Healthy"); err != nil {
			return err
		}
		o, err := a.application()
		if err != nil {
			return err
		}
		// What is to be pruned is pruned last, when all else is healthy.
		if phase := field(o.Object, "status", "operationState", "phase"); phase != "Succeeded" {
			return fmt.Errorf("the sync is %s", phase)
		}
		return nil
	})
}

// again asks for a comparison from scratch, as "argocd app get --hard-refresh"
// does, and waits for it.
func (a *argo) again() {
	a.t.Helper()
	before := a.compared()
	time.Sleep(time.Until(before.Add(time.Second))) // its clock has seconds
	a.kubectl(a.registry.folder, "-n", "argocd", "annotate", "--overwrite", "application", a.registry.name,
		"argocd.argoproj.io/refresh=hard")
	eventually(a.t, "Argo CD has compared again", func() error {
		if now := a.compared(); !now.After(before) {
			return fmt.Errorf("last at %s", now)
		}
		return nil
	})
}

// compared is when Argo CD last compared.
func (a *argo) compared() time.Time {
	a.t.Helper()
	o, err := a.application()
	if err != nil {
		a.t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, field(o.Object, "status", "reconciledAt"))
	if err != nil {
		a.t.Fatal(err)
	}
	return at
}
