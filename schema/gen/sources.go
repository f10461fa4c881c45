package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
)

// kubernetesModule holds the OpenAPI document of a minor version, as the
// Kubernetes project commits it.
const kubernetesModule = "k8s.io/kubernetes"

// minors are the releases that stand for their minor versions, the first one
// for oldest.
var minors = []string{
	"v1.6.13", "v1.7.5", "v1.8.15", "v1.9.11", "v1.10.13", "v1.11.10", "v1.12.10", "v1.13.12", "v1.14.10", "v1.15.12",
	"v1.16.15", "v1.17.17", "v1.18.20", "v1.19.16", "v1.20.15", "v1.21.14", "v1.22.17", "v1.23.17", "v1.24.17",
	"v1.25.16", "v1.26.15", "v1.27.16", "v1.28.15", "v1.29.15", "v1.30.14", "v1.31.14", "v1.32.13", "v1.33.13",
	"v1.34.4", "v1.35.4", "v1.36.3", "v1.37.1",
}

// oldest is the minor version of the first of minors.
const oldest = 6

// crdSource is a module and the files in it that hold definitions of custom
// resources.
type crdSource struct {
	module, version, files string
}

var crdSources = []crdSource{
	{"github.com/argoproj/argo-cd/v3", "v3.5.7", "manifests/crds/*-crd.yaml"},
	{"github.com/bitnami-labs/sealed-secrets", "v0.40.0", "helm/sealed-secrets/crds/*.yaml"},
	{"github.com/external-secrets/external-secrets", "v1.3.2", "config/crds/bases/external-secrets.io_*.yaml"},
	{"github.com/external-secrets/external-secrets", "v0.16.1", "config/crds/bases/external-secrets.io_*.yaml"},
	{"github.com/fluxcd/helm-controller", "v1.4.0", "config/crd/bases/*.yaml"},
	{"github.com/fluxcd/kustomize-controller", "v1.9.6", "config/crd/bases/*.yaml"},
	{"github.com/fluxcd/source-controller", "v1.9.6", "config/crd/bases/*.yaml"},
	{"github.com/prometheus-operator/prometheus-operator", "v0.85.0", "example/prometheus-operator-crd/monitoring.coreos.com_[ps]*[rs].yaml"},
	{"sigs.k8s.io/gateway-api", "v1.6.3", "config/crd/experimental/gateway.networking.k8s.io_*.yaml"},
}

// composeModule and composeVersion hold the JSON Schema of the Compose
// specification.
const (
	composeModule  = "github.com/compose-spec/compose-go/v2"
	composeVersion = "v2.16.2"
)

// download returns the folder of a module in Go's module cache; the checksum
// database of Go vouches for it.
func download(module, version string) (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module+"@"+version).Output()
	var answer struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &answer); jsonErr != nil {
		return "", fmt.Errorf("download %s %s: %w", module, version, err)
	}
	if answer.Dir == "" {
		return "", fmt.Errorf("download %s %s: %s", module, version, answer.Error)
	}
	return answer.Dir, nil
}
