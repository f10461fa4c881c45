package gitops

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// fluxDefinitions are the files that define what Flux reads. The
// source-controller's are in its module, of which nothing else is needed.
func fluxDefinitions(t testing.TB) []string {
	t.Helper()
	version := run(t, pins("flux"), nil, "go", "list", "-m", "-f", "{{.Version}}", "github.com/fluxcd/source-controller/api")
	source := moduleFolder(t, "flux", "github.com/fluxcd/source-controller@"+version)
	controller := moduleFolder(t, "flux", "github.com/fluxcd/kustomize-controller")
	bases := filepath.Join("config", "crd", "bases")
	// The controller does not start before it can watch every kind of source.
	sources, err := filepath.Glob(filepath.Join(source, bases, "*.yaml"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no definitions in %s (%v)", source, err)
	}
	return append(sources, filepath.Join(controller, bases, "kustomize.toolkit.fluxcd.io_kustomizations.yaml"))
}

// argoDefinitions are the files that define what Argo CD reads.
func argoDefinitions(t testing.TB) []string {
	t.Helper()
	folder := filepath.Join(moduleFolder(t, "argocd", "github.com/argoproj/argo-cd/v3"), "manifests", "crds")
	return []string{
		filepath.Join(folder, "application-crd.yaml"),
		filepath.Join(folder, "appproject-crd.yaml"),
		filepath.Join(folder, "applicationset-crd.yaml"),
	}
}

// monitoringDefinitions are the files that define what the Prometheus operator
// reads, of the version that hagen checks against.
func monitoringDefinitions(t testing.TB) []string {
	t.Helper()
	const module = "github.com/prometheus-operator/prometheus-operator"
	sources, err := os.ReadFile(filepath.Join(root(), "schema", "gen", "sources.go"))
	if err != nil {
		t.Fatal(err)
	}
	pin := regexp.MustCompile(`"` + regexp.QuoteMeta(module) + `", "(v[^"]*)"`).FindSubmatch(sources)
	if pin == nil {
		t.Fatalf("schema/gen/sources.go does not name %s", module)
	}
	folder := moduleFolder(t, "kubernetes", module+"@"+string(pin[1]))
	return []string{filepath.Join(folder, "example", "prometheus-operator-crd", "monitoring.coreos.com_servicemonitors.yaml")}
}
