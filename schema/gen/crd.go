package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// definition is a CustomResourceDefinition, as far as it is read.
type definition struct {
	Spec struct {
		Group string `json:"group"`
		Scope string `json:"scope"`
		Names struct {
			Kind string `json:"kind"`
		} `json:"names"`
		Versions []struct {
			Name   string `json:"name"`
			Served bool   `json:"served"`
			Schema struct {
				Schema *schema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

// custom makes the table of custom resources.
func custom() (string, error) {
	t := newTable(0)
	addKind, addType := t.release()
	n := newInline(addType)
	seen := map[string]bool{}
	for _, source := range crdSources {
		dir, err := download(source.module, source.version)
		if err != nil {
			return "", err
		}
		files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(source.files)))
		if err != nil || len(files) == 0 {
			return "", fmt.Errorf("%s %s holds no %s: %w", source.module, source.version, source.files, err)
		}
		for _, file := range files {
			if err := addDefinition(n, addKind, seen, file); err != nil {
				return "", fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
		}
	}
	return t.String(), nil
}

// addDefinition adds the versions of one definition; of two modules that bring
// the same version the first counts.
func addDefinition(n *inline, addKind func(string), seen map[string]bool, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var d definition
	if err := yaml.Unmarshal(data, &d); err != nil {
		return err
	}
	scope := "cluster"
	if d.Spec.Scope == "Namespaced" {
		scope = "namespace"
	}
	for _, version := range d.Spec.Versions {
		name := d.Spec.Group + "/" + version.Name
		kind := name + " " + d.Spec.Names.Kind
		if seen[kind] || !version.Served || version.Schema.Schema == nil || skipped[d.Spec.Names.Kind] {
			continue
		}
		seen[kind] = true
		typeName := name + "." + d.Spec.Names.Kind
		_, hasStatus := version.Schema.Schema.Properties["status"]
		delete(version.Schema.Schema.Properties, "status")
		delete(version.Schema.Schema.Properties, "metadata")
		r := n.record(version.Schema.Schema, typeName)
		r.fields["apiVersion"], r.fields["kind"] = field{form: "string"}, field{form: "string"}
		r.fields["metadata"] = field{form: "meta.v1.ObjectMeta"}
		if hasStatus {
			r.fields["status"] = field{form: "object"}
		}
		n.taken[typeName] = true
		n.add(typeName, r)
		addKind(kind + " " + typeName + " " + scope)
	}
	return nil
}

// skipped kinds are made by controllers, or larger than what a registry needs
// of them.
var skipped = map[string]bool{
	"ThanosRuler": true, "PrometheusAgent": true, "Prometheus": true, "HelmChart": true, "ExternalArtifact": true,
}
