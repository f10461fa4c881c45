package gitops

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// TestObjects hands every object of every example, and those that Flux and
// Argo CD get, to the API server, which refuses what it does not know.
func TestObjects(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.define(slices.Concat(fluxDefinitions(t), argoDefinitions(t), monitoringDefinitions(t))...)
	for _, namespace := range []string{"harbor", "flux-system", "argocd"} {
		s.create("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}")
	}
	if err := s.apply(parse(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: harbor}, dota: {}}"), true); err == nil {
		t.Fatal("the API server takes a field that does not exist")
	}
	t.Run("examples", s.takesExamples)
	t.Run("both engines", s.takesBothEngines)
	t.Run("Kubernetes 1.7", s.refusesOld)
}

// TestObjectsOlder builds the examples for an older release of Kubernetes, and
// hands them to it.
func TestObjectsOlder(t *testing.T) {
	t.Parallel()
	const release = "1.30"
	s := newServerOf(t, "kubernetes-"+release)
	s.define(slices.Concat(fluxDefinitions(t), argoDefinitions(t), monitoringDefinitions(t))...)
	for _, namespace := range []string{"harbor", "flux-system", "argocd"} {
		s.create("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}")
	}
	const repository = "http://127.0.0.1/registry.git"
	scaled := newRegistry(t, "hub-scaled/today", "hub-scaled.toml")
	for _, r := range []*registry{forArgo(t, repository), forControllers(t, repository), scaled} {
		r.release(release)
		r.hagen("build")
		total := 0
		for _, folder := range []string{"kubernetes", "flux", "argocd"} {
			if _, err := os.Stat(r.out(folder)); err == nil {
				total += s.takes(t, r.out(folder))
			}
		}
		t.Logf("%s: %d objects", r.name, total)
		if total < 20 {
			t.Errorf("%s: %d objects", r.name, total)
		}
	}
}

// ofOldReleases are renderings for a Kubernetes that cannot be built any more.
var ofOldReleases = []string{filepath.Join(root(), "out", "hub-k8s-1-2"), filepath.Join(root(), "out", "hub-scaled", "then")}

// takesExamples applies what is committed.
func (s *server) takesExamples(t *testing.T) {
	total := 0
	for _, pattern := range []string{"*/kubernetes", "*/*/kubernetes", "*/flux"} {
		folders, err := filepath.Glob(filepath.Join(root(), "out", pattern))
		if err != nil || len(folders) == 0 {
			t.Fatalf("out/%s: nothing there (%v)", pattern, err)
		}
		for _, folder := range folders {
			if !slices.Contains(ofOldReleases, filepath.Dir(folder)) {
				total += s.takes(t, folder)
			}
		}
	}
	t.Logf("%d objects", total)
}

// takesBothEngines applies what no example has: the other engine, and
// ReplicationControllers on a Kubernetes of today.
func (s *server) takesBothEngines(t *testing.T) {
	for _, r := range []*registry{forArgo(t, "http://127.0.0.1/registry.git"), forControllers(t, "http://127.0.0.1/registry.git")} {
		r.commit("a registry")
		for _, folder := range []string{"kubernetes", "flux", "argocd"} {
			s.takes(t, r.out(folder))
		}
	}
}

// takes applies a folder without doing it, and counts the objects.
func (s *server) takes(t *testing.T, folder string) int {
	t.Helper()
	objects := readObjects(t, folder)
	for _, o := range objects {
		if err := s.apply(o, true); err != nil {
			t.Errorf("%s: %s: %v", folder, id(o), err)
		}
	}
	return len(objects)
}

// warnings keeps what the API server warns of.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

func (w *warnings) HandleWarningHeader(_ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, text)
}

// refusesOld applies what is for Kubernetes 1.7: budgets have moved since, and
// of volumes that nothing mounts any more there is a warning alone.
func (s *server) refusesOld(t *testing.T) {
	heard := &warnings{}
	config := rest.CopyConfig(s.config)
	config.WarningHandler = heard
	listening := *s
	var err error
	if listening.dynamic, err = dynamic.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	volumes := 0
	for _, o := range readObjects(t, filepath.Join(root(), "out", "hub-k8s-1-2", "kubernetes")) {
		err := listening.apply(o, true)
		switch {
		case o.GetKind() == "PodDisruptionBudget":
			if err == nil || !strings.Contains(err.Error(), `in version "policy/v1beta1"`) {
				t.Errorf("%s: taken, or refused for another reason: %v", id(o), err)
			}
		case err != nil:
			t.Errorf("%s: %v", id(o), err)
		}
		if o.GetKind() == "PersistentVolume" {
			volumes++
		}
	}
	about := func(text string) bool { return strings.Contains(text, "spec.cephfs: deprecated") }
	if got := len(slices.DeleteFunc(slices.Clone(heard.texts), func(text string) bool { return !about(text) })); got != volumes {
		t.Errorf("%d warnings of %d volumes: %q", got, volumes, heard.texts)
	}
}
