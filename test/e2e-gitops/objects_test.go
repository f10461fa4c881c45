package gitops

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// TestObjects hands what no example has to the newest API server, which refuses
// what it does not know.
func TestObjects(t *testing.T) {
	t.Parallel()
	s := newJudge(t, newest)
	if err := s.apply(parse(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: harbor}, dota: {}}"), true); err == nil {
		t.Fatal("the API server takes a field that does not exist")
	}
	t.Run("both engines", s.takesBothEngines)
	t.Run("Kubernetes 1.7", s.refusesOld)
}

// newJudge is an API server of a release with the kinds and namespaces that the
// objects of an example need.
func newJudge(t testing.TB, release string) *server {
	t.Helper()
	s := newServerOf(t, release)
	s.define(slices.Concat(fluxDefinitions(t), argoDefinitions(t), monitoringDefinitions(t))...)
	for _, namespace := range []string{"harbor", "flux-system", "argocd"} {
		s.create("{apiVersion: v1, kind: Namespace, metadata: {name: " + namespace + "}}")
	}
	return s
}

// TestObjectsOlder builds the examples for an older release of Kubernetes, and
// hands them to it.
func TestObjectsOlder(t *testing.T) {
	t.Parallel()
	const release = "1.30"
	s := newJudge(t, release)
	const repository = "http://127.0.0.1/registry.git"
	scaled := newRegistry(t, "hub-scaled/today", "hub-scaled.toml")
	for _, r := range []*registry{forArgo(t, repository), forControllers(t, repository), scaled} {
		r.release(release)
		r.hagen("build")
		if total := takesAll(t, r.out("."), s.takes); total < 20 {
			t.Errorf("%s: %d objects", r.name, total)
		}
	}
}

// TestObjectsExamples lets kubectl apply what is committed of each example, dry,
// to an API server of the release that the example is for.
func TestObjectsExamples(t *testing.T) {
	t.Parallel()
	for release, renderings := range releases(t) {
		t.Run("Kubernetes "+release, func(t *testing.T) {
			if slices.Contains(notBuilt, release) {
				t.Logf("Go builds no Kubernetes %s any more: %q", release, renderings)
				return
			}
			s := newJudge(t, release)
			for _, rendering := range renderings {
				takesAll(t, rendering, s.takesAsKubectl)
			}
		})
	}
}

// folders are those of a rendering that hold objects.
var folders = []string{"kubernetes", "flux", "argocd"}

// takesAll gives the folders of objects of a rendering, those that it has, to
// takes, and counts the objects.
func takesAll(t *testing.T, rendering string, takes func(t *testing.T, folder string) int) int {
	t.Helper()
	total := 0
	for _, folder := range folders {
		folder = filepath.Join(rendering, folder)
		if _, err := os.Stat(folder); err == nil {
			total += takes(t, folder)
		}
	}
	t.Logf("%s: %d objects", rendering, total)
	return total
}

// notBuilt are the releases of examples that cannot be built any more.
var notBuilt = []string{"1.7", "1.15"}

var releaseOfRunbook = regexp.MustCompile(`^# .* on Kubernetes (1\.[0-9]+)\n`)

// releases gives the committed renderings of each release of Kubernetes.
func releases(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, pattern := range []string{"*/kubernetes", "*/*/kubernetes"} {
		found, err := filepath.Glob(filepath.Join(root(), "out", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("out/%s: nothing there (%v)", pattern, err)
		}
		for _, folder := range found {
			rendering := filepath.Dir(folder)
			runbook, err := os.ReadFile(filepath.Join(rendering, "RUNBOOK-kubernetes.md"))
			if err != nil {
				t.Fatal(err)
			}
			title := releaseOfRunbook.FindSubmatch(runbook)
			if title == nil {
				t.Fatalf("%s: the title of the runbook names no release of Kubernetes", rendering)
			}
			all[string(title[1])] = append(all[string(title[1])], rendering)
		}
	}
	return all
}

// takesAsKubectl applies a folder with kubectl without doing it, and counts the
// objects.
func (s *server) takesAsKubectl(t *testing.T, folder string) int {
	t.Helper()
	said, err := s.tryKubectl(folder, "apply", "--server-side", "--dry-run=server", "--validate=strict", "-k", ".")
	if err != nil {
		t.Errorf("%s: %v\n%s", folder, err, said)
	}
	taken, there := strings.Count(said, " serverside-applied (server dry run)"), len(readObjects(t, folder))
	if taken < there {
		t.Errorf("%s: %d of %d objects are taken", folder, taken, there)
	}
	return taken
}

// takesBothEngines applies what no example has: the other engine, and
// ReplicationControllers on a Kubernetes of today.
func (s *server) takesBothEngines(t *testing.T) {
	for _, r := range []*registry{forArgo(t, "http://127.0.0.1/registry.git"), forControllers(t, "http://127.0.0.1/registry.git")} {
		r.commit("a registry")
		for _, folder := range folders {
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
