package accept

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// definitions are the files of modules that define the custom resources which
// are rendered, by kind.
var definitions = map[string]struct{ module, version, file string }{
	"Application": {"github.com/argoproj/argo-cd/v3", "v3.5.7", "manifests/crds/application-crd.yaml"},
	"AppProject":  {"github.com/argoproj/argo-cd/v3", "v3.5.7", "manifests/crds/appproject-crd.yaml"},
	"ServiceMonitor": {
		"github.com/prometheus-operator/prometheus-operator", "v0.85.0",
		"example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
	},
	"GitRepository": {"github.com/fluxcd/source-controller", "v1.9.6", "config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"},
	"Kustomization": {"github.com/fluxcd/kustomize-controller", "v1.9.6", "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"},
}

// checkCustom does with a custom resource what the API server does once its
// definition is installed: schema, unknown fields, and the rules in it.
func checkCustom(file File) error {
	object := map[string]any{}
	if err := yaml.Unmarshal(file.Data, &object); err != nil {
		return err
	}
	kind, _ := object["kind"].(string)
	props, err := definition(kind, fmt.Sprint(object["apiVersion"]))
	if err != nil {
		return err
	}
	structural, err := schema.NewStructural(props)
	if err != nil {
		return err
	}
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	if unknown := pruning.PruneWithOptions(object, structural, true, options); len(unknown) > 0 {
		return fmt.Errorf("unknown field %s", strings.Join(unknown, ", "))
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return err
	}
	found := validation.ValidateCustomResource(field.NewPath(""), object, validator)
	rules, _ := cel.NewValidator(structural, true, celconfig.PerCallLimit).
		Validate(context.Background(), field.NewPath(""), structural, object, nil, celconfig.RuntimeCELCostBudget)
	return errors.Join(found.ToAggregate(), rules.ToAggregate())
}

var moduleFolders sync.Map

// definition returns the schema of one version of a kind.
func definition(kind, apiVersion string) (*apiextensions.JSONSchemaProps, error) {
	source, ok := definitions[kind]
	if !ok {
		return nil, fmt.Errorf("no definition of the kind %q is known", kind)
	}
	load := sync.OnceValues(func() (string, error) { return moduleFolder(source.module, source.version) })
	found, _ := moduleFolders.LoadOrStore(source.module, load)
	dir, err := found.(func() (string, error))()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(source.file)))
	if err != nil {
		return nil, err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(data, &crd); err != nil {
		return nil, err
	}
	for _, version := range crd.Spec.Versions {
		if crd.Spec.Group+"/"+version.Name == apiVersion && version.Served {
			props := new(apiextensions.JSONSchemaProps)
			err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, props, nil)
			return props, err
		}
	}
	return nil, fmt.Errorf("no kind %q is served as %s", kind, apiVersion)
}

// moduleFolder is where Go's module cache holds a module.
func moduleFolder(module, version string) (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", module+"@"+version).Output()
	var answer struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &answer); jsonErr != nil || answer.Dir == "" {
		return "", fmt.Errorf("download %s %s: %s: %w", module, version, answer.Error, errors.Join(err, jsonErr))
	}
	return answer.Dir, nil
}
