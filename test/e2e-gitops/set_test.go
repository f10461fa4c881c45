package gitops

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestArgoEnvironments lets one ApplicationSet find the environments of a spec,
// also one that comes later. Nobody looks whether the registries come to life.
func TestArgoEnvironments(t *testing.T) {
	t.Parallel()
	a := startArgo(t, newCluster(t))
	a.findEnvironments()
	a.registry = forArgo(t, a.forge.address)
	a.registry.set("[environment.staging]\nkubernetes.namespace = \"staging\"\n")
	a.forge.merge(a.registry, "one environment")
	a.follow(a.registry.folder, commands(t, filepath.Join(root(), "docs", "gitops.md"), "those folders, once, where **one** Argo CD serves all environments:",
		"out/hub/", "out/hub-2-15/"))
	a.finds("staging")
	a.registry.set("[environment.production]\nkubernetes.namespace = \"production\"\n")
	a.forge.merge(a.registry, "another one")
	a.kubectl(a.registry.folder, "-n", "argocd", "annotate", "applicationset", a.registry.name, "argocd.argoproj.io/application-set-refresh=true")
	a.finds("production")
	a.finds("staging")
}

// findEnvironments starts the controller of ApplicationSets.
func (a *argo) findEnvironments() {
	a.t.Helper()
	start(a.t, "argocd-applicationset-controller", tool(a.t, newest, "cmd"), a.environment("argocd-applicationset-controller"), []string{
		"--kubeconfig=" + a.kubeconfig, "--namespace=argocd", "--logformat=text",
		"--argocd-repo-server=" + a.repositories, "--repo-server-plaintext",
		"--metrics-addr=" + listens(a.t), "--probe-addr=" + listens(a.t), "--webhook-addr=" + listens(a.t),
	})
}

// finds waits until an environment has its project, and its Application has
// looked at what hagen wrote for it.
func (a *argo) finds(environment string) {
	a.t.Helper()
	folder := filepath.Join(a.registry.folder, "out", a.registry.name, environment, "argocd")
	eventually(a.t, environment+" is found", func() error {
		for _, o := range readObjects(a.t, folder) {
			live, err := a.live(o)
			if err != nil {
				return err
			}
			if o.GetKind() != "Application" {
				continue
			}
			if said := field(live.Object, "status", "sync", "status"); said != "OutOfSync" && said != "Synced" {
				return fmt.Errorf("%s says %q", o.GetName(), said)
			}
		}
		return nil
	})
}
