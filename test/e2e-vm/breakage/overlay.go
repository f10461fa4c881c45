package breakage

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"hagen/test/e2e-vm/site"
)

// Overlay makes the row in an overlay of the second node of a site, which must be
// the pair and built. It returns the files of the overlay by their names, or
// nothing for a row of the store.
func (r Row) Overlay(s *site.Site) (map[string]string, error) {
	o := &overlay{site: s, naming: namings[r.Harbor], files: map[string]string{}, generated: []any{}, patches: []any{}}
	for _, e := range r.Source {
		if e.Secret != nil {
			return nil, nil
		}
		if err := o.add(e); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	data, err := yaml.Marshal(map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component",
		"configMapGenerator": o.generated, "patches": o.patches,
		"generatorOptions": map[string]any{"disableNameSuffixHash": true},
	})
	o.files["kustomization.yaml"] = string(data)
	return o.files, err
}

// naming is how a generation calls its ConfigMaps and what they hold.
type naming struct{ prefix, key string }

// namings are by generation; without a key it is the name of the file.
var namings = map[string]naming{"1": {"harbor-", "config"}, "2": {}}

// overlay is a kustomization in the making.
type overlay struct {
	site               *site.Site
	naming             naming
	files              map[string]string
	generated, patches []any
}

// object is one of YAML.
type object = map[string]any

func (o *overlay) add(e Edit) error {
	switch {
	case e.Variable != nil:
		return errors.Join(o.variable(*e.Variable)...)
	case e.Mount != nil:
		return o.services(e.Mount.Of, object{"volumes": []any{object{"target": e.Mount.Target, "source": e.Mount.Source, "configMap": nil, "secret": nil}}})
	case e.Key != nil:
		return o.services(e.Key.Of, object{e.Key.Name: e.Key.Value})
	case e.Owner != nil:
		return o.services([]string{e.Owner.Of}, object{"volumes": []any{object{"target": e.Owner.Target, "secret": object{"owner": e.Owner.Owner}}}})
	case e.Text != nil:
		return o.text(*e.Text)
	case e.Shell != "":
		return nil
	}
	return errors.New("an edit that no overlay can make")
}

// patch is a strategic one of an object.
func (o *overlay) patch(kind, name string, content object) error {
	content["apiVersion"], content["kind"], content["metadata"] = "hagen.dev/v1alpha1", kind, object{"name": name}
	if kind == "ConfigMap" {
		content["apiVersion"] = "v1"
	}
	data, err := yaml.Marshal(content)
	o.patches = append(o.patches, object{"target": object{"kind": kind, "name": name}, "patch": string(data)})
	return err
}

// services patches some of the second node's.
func (o *overlay) services(names []string, content object) error {
	var list []any
	for _, name := range names {
		service := object{"name": name}
		for key, value := range content {
			service[key] = value
		}
		list = append(list, service)
	}
	return o.patch("Bundle", "node2", object{"spec": object{"services": list}})
}

// variable sets one, or takes it away from whatever sets it.
func (o *overlay) variable(v Variable) []error {
	if v.Value != nil {
		return []error{o.services(v.Of, object{"environment": []any{object{"name": v.Name, "value": *v.Value, "valueFrom": nil}}})}
	}
	problems := []error{o.services(v.Of, object{"environment": []any{object{"name": v.Name, "$patch": "delete"}}})}
	for _, name := range v.Of {
		problems = append(problems, o.patch("ConfigMap", o.naming.prefix+name+"-env", object{"data": object{v.Name: nil}}))
	}
	return problems
}

// text replaces a part of a file: one below config/ is a key of a ConfigMap, any
// other stands in the Bundle.
func (o *overlay) text(t Text) error {
	changed, err := t.replaced(o.site.Read("out/" + o.site.Name + "/compose/node2/" + t.File))
	if err != nil {
		return err
	}
	component, isConfig := strings.CutPrefix(path.Dir(t.File), "config/")
	if !isConfig {
		return o.patch("Bundle", "node2", object{"spec": object{"files": []any{object{"path": t.File, "content": changed}}}})
	}
	key := path.Base(t.File)
	file := component + "." + key
	if o.naming.key != "" {
		key = o.naming.key
	}
	o.files[file] = changed
	o.generated = append(o.generated, object{
		"name": o.naming.prefix + component + "-config", "behavior": "merge", "files": []any{key + "=" + file},
	})
	return nil
}
