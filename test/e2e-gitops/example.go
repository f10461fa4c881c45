package gitops

import "testing"

// forFlux is the example of Harbor 2.15, with secrets that the cluster reads.
func forFlux(t testing.TB, repository string) *registry {
	t.Helper()
	r := newRegistry(t, "hub-2-15", "hub-2.15.toml")
	r.atRepository(repository)
	r.ownKey()
	r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
	return r
}

// forArgo is the example of Harbor 2.15 for Argo CD, which decrypts nothing:
// somebody else makes the Secrets.
func forArgo(t testing.TB, repository string) *registry {
	t.Helper()
	r := newRegistry(t, "hub-2-15", "hub-2.15.toml",
		`provider = "sops"`, `provider = "existing"`, `engines = ["flux"]`, `engines = ["argocd", "flux"]`)
	r.without("recipients", "cluster_recipients", "node_recipients")
	r.atRepository(repository)
	return r
}

// forControllers is the example of Harbor 1.2, whose ReplicationControllers a
// Kubernetes of today still runs.
func forControllers(t testing.TB, repository string) *registry {
	t.Helper()
	r := newRegistry(t, "hub-k8s-1-2", "hub-k8s-1.2.toml",
		`version = "1.7"`, `version = "1.36"`,
		`user = "admin"`, "cluster_id = \"b9127830-b0cc-4e34-aa47-9d1a2e9949a8\"\nuser = \"admin\"",
		`provider = "existing"`, "provider = \"existing\"\n\n[gitops]\nengines = [\"argocd\", \"flux\"]\nrepository = \"\"")
	r.atRepository(repository)
	return r
}

// withoutTrivy switches Trivy off, and waives what refuses withoutClaim.
const withoutTrivy = `[[waive]]
rule = "HG137"
reason = "somebody thinks that nobody needs the logs"

[trivy]
enabled = false
`

// withoutClaim is a patch of somebody who thinks that nobody needs the logs.
const withoutClaim = `- target: { kind: PersistentVolumeClaim, name: job-logs }
  patch: |
    apiVersion: v1
    kind: any
    metadata: { name: any }
    $patch: delete
`

// impatient is a patch for those who want to hear of a failure soon.
const impatient = `- target: { group: kustomize.toolkit.fluxcd.io, kind: Kustomization }
  patch: |
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: { name: any }
    spec: { timeout: 30s, retryInterval: 5s }
`

// relabeled is a patch that the API server refuses.
const relabeled = `- target: { kind: Deployment, name: portal }
  patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: any }
    spec:
      selector: { matchLabels: { tier: portal } }
      template: { metadata: { labels: { tier: portal } } }
`
