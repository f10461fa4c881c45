// Command gen writes ../openapi.json: for every kind that Kustomize may have
// to merge, the fields that lead to lists with a merge key, and nothing else.
//
// The keys are read from the struct tags of k8s.io/api, which is where the API
// server's own OpenAPI takes them from; the definition of hagen's Bundle is
// added. Call: go run . > ../openapi.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
)

type kind struct {
	group    string
	versions []string
	object   any
}

func kinds() []kind {
	apps := []string{"v1", "v1beta2", "v1beta1"}
	return []kind{
		{"", []string{"v1"}, corev1.Pod{}},
		{"", []string{"v1"}, corev1.ReplicationController{}},
		{"", []string{"v1"}, corev1.Service{}},
		{"", []string{"v1"}, corev1.ServiceAccount{}},
		{"", []string{"v1"}, corev1.PersistentVolume{}},
		{"", []string{"v1"}, corev1.PersistentVolumeClaim{}},
		{"", []string{"v1"}, corev1.Namespace{}},
		{"", []string{"v1"}, corev1.ConfigMap{}},
		{"", []string{"v1"}, corev1.Secret{}},
		{"apps", apps, appsv1.Deployment{}},
		{"apps", apps, appsv1.StatefulSet{}},
		{"apps", []string{"v1", "v1beta2"}, appsv1.DaemonSet{}},
		{"apps", []string{"v1", "v1beta2"}, appsv1.ReplicaSet{}},
		{"extensions", []string{"v1beta1"}, appsv1.Deployment{}},
		{"batch", []string{"v1"}, batchv1.Job{}},
		{"batch", []string{"v1", "v1beta1"}, batchv1.CronJob{}},
		{"autoscaling", []string{"v2"}, autoscalingv2.HorizontalPodAutoscaler{}},
		{"networking.k8s.io", []string{"v1"}, networkingv1.Ingress{}},
		{"networking.k8s.io", []string{"v1"}, networkingv1.NetworkPolicy{}},
		{"policy", []string{"v1", "v1beta1"}, policyv1.PodDisruptionBudget{}},
	}
}

type schema = map[string]any

type generator struct {
	definitions map[string]schema
	visiting    map[reflect.Type]bool
}

func main() {
	g := &generator{definitions: map[string]schema{}, visiting: map[reflect.Type]bool{}}
	for _, k := range kinds() {
		g.root(k)
	}
	for name, definition := range bundle() {
		g.definitions[name] = definition
	}
	out, err := json.MarshalIndent(schema{
		"swagger": "2.0",
		"info":    schema{"title": "merge keys", "version": "1"}, "paths": schema{},
		"definitions": g.definitions,
	}, "", " ")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(out))
}

// root adds the definition of a kind, under one name for each version.
func (g *generator) root(k kind) {
	t := reflect.TypeOf(k.object)
	properties := g.properties(t)
	for _, version := range k.versions {
		name := strings.Join([]string{"k8s", k.group, version, t.Name()}, ".")
		g.definitions[name] = schema{
			"type": "object", "properties": properties,
			"x-kubernetes-group-version-kind": []schema{{"group": k.group, "version": version, "kind": t.Name()}},
		}
	}
}

// properties returns the fields of a struct below which a merge key stands.
func (g *generator) properties(t reflect.Type) schema {
	out := schema{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct {
			for key, value := range g.properties(field.Type) {
				out[key] = value
			}
			continue
		}
		if s := g.field(field); s != nil && name != "" && name != "status" {
			out[name] = s
		}
	}
	return out
}

func (g *generator) field(field reflect.StructField) schema {
	t := field.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Slice {
		return g.reference(t)
	}
	strategy, key := field.Tag.Get("patchStrategy"), field.Tag.Get("patchMergeKey")
	items := g.reference(t.Elem())
	if items == nil && strategy == "" {
		return nil
	}
	if items == nil {
		items = schema{"type": scalarType(t.Elem())}
	}
	out := schema{"type": "array", "items": items}
	if strategy != "" {
		out["x-kubernetes-patch-strategy"] = strategy
	}
	if key != "" {
		out["x-kubernetes-patch-merge-key"] = key
		if key == "containerPort" {
			out["x-kubernetes-list-map-keys"] = []string{"containerPort", "protocol"}
			out["x-kubernetes-list-type"] = "map"
		}
		if key == "port" {
			out["x-kubernetes-list-map-keys"] = []string{"port", "protocol"}
			out["x-kubernetes-list-type"] = "map"
		}
	}
	return out
}

func scalarType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "object"
	case reflect.Int32, reflect.Int64:
		return "integer"
	}
	return "string"
}

// reference returns a $ref to a struct that holds merge keys, or nil.
func (g *generator) reference(t reflect.Type) schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !strings.HasPrefix(t.PkgPath(), "k8s.io/api/") || g.visiting[t] {
		return nil
	}
	parts := strings.Split(t.PkgPath(), "/")
	name := strings.Join(append(parts[len(parts)-2:], t.Name()), ".")
	if _, known := g.definitions[name]; !known {
		g.visiting[t] = true
		properties := g.properties(t)
		delete(g.visiting, t)
		g.definitions[name] = schema{"type": "object", "properties": properties}
	}
	if len(g.definitions[name]["properties"].(schema)) == 0 {
		delete(g.definitions, name)
		return nil
	}
	return schema{"$ref": "#/definitions/" + name}
}

// bundle describes the lists of hagen's own kinds.
func bundle() map[string]schema {
	list := func(key string, properties schema) schema {
		return schema{
			"type": "array", "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": key,
			"items": schema{"type": "object", "properties": properties},
		}
	}
	files := list("path", schema{})
	service := schema{
		"environment": list("name", schema{}),
		"volumes":     list("target", schema{}),
		"ports":       list("target", schema{}),
	}
	root := func(kind string, spec schema) schema {
		return schema{
			"type":                            "object",
			"properties":                      schema{"spec": schema{"type": "object", "properties": spec}},
			"x-kubernetes-group-version-kind": []schema{{"group": "hagen.dev", "version": "v1alpha1", "kind": kind}},
		}
	}
	return map[string]schema{
		"hagen.Bundle": root("Bundle", schema{
			"services": list("name", service), "networks": list("name", schema{}), "files": files,
			"secretFiles": list("material", schema{}),
		}),
		"hagen.FileSet": root("FileSet", schema{"files": files}),
	}
}
