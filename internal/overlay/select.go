package overlay

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// Kustomize copies every object several times, so only those that an overlay
// can touch are sent through it. This is right as long as nothing that an
// overlay does to one object shows in another; where that cannot be seen at a
// glance, all objects go.

// selection tells which objects an overlay can touch.
type selection struct {
	all      bool
	matchers []func(artifact.Object) bool
}

func (s *selection) touches(object artifact.Object) bool {
	if s.all {
		return true
	}
	for _, match := range s.matchers {
		if match(object) {
			return true
		}
	}
	return false
}

func (s *selection) add(match func(artifact.Object) bool) {
	s.matchers = append(s.matchers, match)
}

// contained are the fields of a kustomization whose effect stays within the
// objects that they name.
type contained struct {
	APIVersion string         `yaml:"apiVersion"`
	Kind       string         `yaml:"kind"`
	Metadata   map[string]any `yaml:"metadata"`
	Patches    []struct {
		Path    string         `yaml:"path"`
		Patch   string         `yaml:"patch"`
		Target  *target        `yaml:"target"`
		Options map[string]any `yaml:"options"`
	} `yaml:"patches"`
	Images []struct {
		Name      string `yaml:"name"`
		NewName   string `yaml:"newName"`
		NewTag    string `yaml:"newTag"`
		TagSuffix string `yaml:"tagSuffix"`
		Digest    string `yaml:"digest"`
	} `yaml:"images"`
	Replicas []struct {
		Name  string `yaml:"name"`
		Count int    `yaml:"count"`
	} `yaml:"replicas"`
	ConfigMapGenerator []generator `yaml:"configMapGenerator"`
	Transformers       []string    `yaml:"transformers"`
}

type target struct {
	Group     string `yaml:"group"`
	Version   string `yaml:"version"`
	Kind      string `yaml:"kind"`
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace"`
}

type generator struct {
	Name      string   `yaml:"name"`
	Namespace string   `yaml:"namespace"`
	Behavior  string   `yaml:"behavior"`
	Literals  []string `yaml:"literals"`
	Files     []string `yaml:"files"`
	Envs      []string `yaml:"envs"`
	Options   struct {
		DisableNameSuffixHash bool `yaml:"disableNameSuffixHash"`
	} `yaml:"options"`
}

// selectTouched reads the overlays and says which objects they can touch.
func (t *tree) selectTouched(dirs []string) *selection {
	s := &selection{}
	for _, dir := range dirs {
		if !t.selectOverlay(s, dir) {
			return &selection{all: true}
		}
	}
	return s
}

// selectOverlay adds what one overlay can touch, or returns false when that
// cannot be told.
func (t *tree) selectOverlay(s *selection, dir string) bool {
	for _, name := range kustomizationNames {
		data, err := t.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		var k contained
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		return decoder.Decode(&k) == nil && t.selectFields(s, dir, k)
	}
	return false
}

func (t *tree) selectFields(s *selection, dir string, k contained) bool {
	for _, patch := range k.Patches {
		text := []byte(patch.Patch)
		if patch.Path != "" {
			data, err := t.ReadFile(filepath.Join(dir, patch.Path))
			if err != nil {
				return false
			}
			text = data
		}
		if len(patch.Options) > 0 || !s.selectPatch(text, patch.Target) {
			return false
		}
	}
	for _, image := range k.Images {
		// Kustomize takes the name for an expression; so does this, loosely.
		name, err := regexp.Compile(image.Name)
		if err != nil || image.Name == "" {
			return false
		}
		s.add(func(o artifact.Object) bool { return !withoutImages[o.Kind()] && holdsImage(o, name) })
	}
	for _, replicas := range k.Replicas {
		s.add(func(o artifact.Object) bool { return o.Name() == replicas.Name })
	}
	for _, g := range k.ConfigMapGenerator {
		if g.Behavior != "merge" && g.Behavior != "replace" || !g.Options.DisableNameSuffixHash {
			return false
		}
		s.add(func(o artifact.Object) bool { return o.Kind() == "ConfigMap" && o.Name() == g.Name })
	}
	for _, text := range k.Transformers {
		kinds, ok := annotated(text)
		if !ok {
			return false
		}
		s.add(func(o artifact.Object) bool { return slices.Contains(kinds, o.Kind()) })
	}
	return true
}

// annotated returns the kinds of objects that a transformer of annotations
// touches; false for any other transformer, and for one that stands in a file.
func annotated(text string) ([]string, bool) {
	var transformer struct {
		APIVersion  string            `yaml:"apiVersion"`
		Kind        string            `yaml:"kind"`
		Metadata    map[string]any    `yaml:"metadata"`
		Annotations map[string]string `yaml:"annotations"`
		FieldSpecs  []struct {
			Kind   string `yaml:"kind"`
			Path   string `yaml:"path"`
			Create bool   `yaml:"create"`
		} `yaml:"fieldSpecs"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if decoder.Decode(&transformer) != nil || !errors.Is(decoder.Decode(&struct{}{}), io.EOF) {
		return nil, false
	}
	if transformer.APIVersion != "builtin" || transformer.Kind != "AnnotationsTransformer" || transformer.Metadata["name"] == nil {
		return nil, false
	}
	for name := range transformer.Annotations {
		// One of Kustomize's own may tell the runner to drop an object.
		if strings.Contains(name, "config.kubernetes.io") {
			return nil, false
		}
	}
	var kinds []string
	for _, field := range transformer.FieldSpecs {
		if field.Kind == "" || field.Path != "metadata/annotations" {
			return nil, false
		}
		kinds = append(kinds, field.Kind)
	}
	return kinds, true
}

// holdsImage looks for an image of that name anywhere in an object.
func holdsImage(v any, name *regexp.Regexp) bool {
	for key, value := range artifact.Map(v) {
		if text, ok := value.(string); ok && key == "image" && name.MatchString(text) {
			return true
		}
		if holdsImage(value, name) {
			return true
		}
	}
	for _, item := range artifact.List(v) {
		if holdsImage(item, name) {
			return true
		}
	}
	return false
}

// withoutImages are kinds that hold no name of an image.
var withoutImages = map[string]bool{
	"ConfigMap": true, "Secret": true, "Service": true, "ServiceAccount": true, "Namespace": true,
	"PersistentVolume": true, "PersistentVolumeClaim": true, "PodDisruptionBudget": true,
	"Ingress": true, "HTTPRoute": true, "HorizontalPodAutoscaler": true, "NetworkPolicy": true, "FileSet": true,
}

// identity finds operations that change what an object is called: others may
// refer to it.
var identity = regexp.MustCompile(`(?m)path"?'?\s*:\s*["']?(/metadata/name|/metadata/namespace|/metadata["'\s,}]|/kind|/apiVersion|["']{2}|$)`)

// selectPatch adds the objects of a patch: those of its target, or those of
// the kinds and names that stand in it.
func (s *selection) selectPatch(text []byte, target *target) bool {
	if identity.Match(text) {
		return false
	}
	if target != nil {
		return s.selectTarget(*target)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document map[string]any
		if err := decoder.Decode(&document); err != nil {
			return err.Error() == "EOF"
		}
		object := artifact.Object(document)
		kind, name := object.Kind(), object.Name()
		if kind == "" || name == "" {
			return false
		}
		s.add(func(o artifact.Object) bool { return o.Kind() == kind && o.Name() == name })
	}
}

// selectTarget matches as Kustomize does: expressions that must match whole.
// Group, version and namespace could only narrow the selection.
func (s *selection) selectTarget(t target) bool {
	kind, err := whole(t.Kind)
	if err != nil {
		return false
	}
	name, err := whole(t.Name)
	if err != nil {
		return false
	}
	s.add(func(o artifact.Object) bool { return kind.MatchString(o.Kind()) && name.MatchString(o.Name()) })
	return true
}

func whole(expression string) (*regexp.Regexp, error) {
	if expression == "" {
		return regexp.Compile("")
	}
	return regexp.Compile("^(?:" + strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$") + ")$")
}

// part splits objects into those that an overlay can touch and the rest.
func (s *selection) part(objects []artifact.Object) []artifact.Object {
	var touched []artifact.Object
	for _, object := range objects {
		if s.touches(object) {
			touched = append(touched, object)
		}
	}
	return touched
}

// join puts the patched objects back in the places of those that were sent,
// and new ones at the end.
func (s *selection) join(objects, patched []artifact.Object) []artifact.Object {
	if s.all {
		return patched
	}
	byID := map[string]artifact.Object{}
	for _, object := range patched {
		byID[object.Key()] = object
	}
	out := make([]artifact.Object, 0, len(objects))
	for _, object := range objects {
		if !s.touches(object) {
			out = append(out, object)
		} else if now, ok := byID[object.Key()]; ok {
			out = append(out, now)
			delete(byID, object.Key())
		}
	}
	for _, object := range patched {
		if _, isNew := byID[object.Key()]; isNew {
			out = append(out, object)
		}
	}
	return out
}
