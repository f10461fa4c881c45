package overlay

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"
	//lint:ignore SA1019 nowhere else are the runner's transformers public, and its version is pinned
	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/ifc"
	"sigs.k8s.io/kustomize/api/pkg/loader"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"

	"hagen/internal/artifact"
)

// Kustomize's runner reads every object from text and its own defaults too,
// which takes longer than what an overlay of a few patches then does. Such an
// overlay is run here: the runner's own transformers in the runner's order,
// over nodes. Whatever is out of the ordinary, each error included, is left to
// the runner and its words.

// direct applies overlays of patches, images and replicas, or returns false.
func (t *tree) direct(objects []artifact.Object) ([]artifact.Object, bool) {
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	resources, ok := nodesOf(factory, objects)
	if !ok {
		return nil, false
	}
	images, err := t.imageFields()
	if err != nil {
		return nil, false
	}
	for _, component := range t.components {
		transformers, ok := t.transformers(factory, component, images)
		if !ok {
			return nil, false
		}
		for _, transformer := range transformers {
			if transformer.Transform(resources) != nil {
				return nil, false
			}
			resources.DropEmpties()
		}
	}
	resources.RemoveBuildAnnotations()
	out, err := values(resources)
	return out, err == nil
}

// nodesOf hands objects to Kustomize, unless it would not take them as they
// are.
func nodesOf(factory *resmap.Factory, objects []artifact.Object) (resmap.ResMap, bool) {
	nodes := make([]*kyaml.RNode, len(objects))
	for i, object := range objects {
		node, err := artifact.Node(object)
		if err != nil || strings.HasSuffix(object.Kind(), "List") {
			return nil, false
		}
		nodes[i] = kyaml.NewRNode(node)
	}
	resources, err := factory.NewResMapFromRNodeSlice(nodes)
	return resources, err == nil && resources.Size() == len(objects)
}

// transformers returns those of one overlay, in the order of Kustomize's
// runner.
func (t *tree) transformers(factory *resmap.Factory, component string, images []types.FieldSpec) ([]resmap.Transformer, bool) {
	files, err := loader.NewFileLoaderAtRoot(t).New(strings.TrimPrefix(root, "/"))
	if err != nil {
		return nil, false
	}
	if files, err = files.New(component); err != nil {
		return nil, false
	}
	k, ok := readKustomization(files)
	if !ok {
		return nil, false
	}
	helpers := resmap.NewPluginHelpers(files, provider.NewDefaultDepProvider().GetFieldValidator(), factory, types.DisabledPluginConfig())
	var out []resmap.Transformer
	for _, patch := range k.Patches {
		transformer, ok := patchTransformer(helpers, patch)
		if !ok {
			return nil, false
		}
		out = append(out, transformer)
	}
	for _, replica := range k.Replicas {
		out = append(out, &builtins.ReplicaCountTransformerPlugin{Replica: replica, FieldSpecs: replicaFields()})
	}
	for _, image := range k.Images {
		out = append(out, &builtins.ImageTagTransformerPlugin{ImageTag: image, FieldSpecs: images})
	}
	for _, text := range k.Transformers {
		if _, ok := annotated(text); !ok {
			return nil, false
		}
		transformer := builtins.NewAnnotationsTransformerPlugin()
		if transformer.Config(helpers, []byte(text)) != nil {
			return nil, false
		}
		out = append(out, transformer)
	}
	return out, true
}

func patchTransformer(helpers *resmap.PluginHelpers, patch types.Patch) (resmap.Transformer, bool) {
	text := []byte(patch.Patch)
	if patch.Path != "" {
		var err error
		if text, err = helpers.Loader().Load(patch.Path); err != nil {
			return nil, false
		}
	}
	// An annotation of Kustomize's own may tell the runner to drop an object.
	if bytes.Contains(text, []byte("config.kubernetes.io")) {
		return nil, false
	}
	config, err := json.Marshal(patch)
	if err != nil {
		return nil, false
	}
	transformer := builtins.NewPatchTransformerPlugin()
	return transformer, transformer.Config(helpers, config) == nil
}

// readKustomization reads the one kustomization of a folder as the runner
// does, unless it asks for more than transformers makes.
func readKustomization(files ifc.Loader) (types.Kustomization, bool) {
	var k types.Kustomization
	var data []byte
	for _, name := range kustomizationNames {
		found, err := files.Load(name)
		if err == nil && data != nil {
			return k, false
		} else if err == nil {
			data = found
		}
	}
	if k.Unmarshal(data) != nil {
		return k, false
	}
	k.FixKustomization()
	return k, k.CheckEmpty() == nil && len(k.EnforceFields()) == 0 && len(k.ConfigMapGenerator) == 0
}

// imageFields says where Kustomize looks for images: in its defaults, and
// where hagen's configuration of transformers says.
func (t *tree) imageFields() ([]types.FieldSpec, error) {
	data, err := t.memory.ReadFile(root + "/shipped/transformers.yaml")
	if err != nil {
		return nil, err
	}
	var own struct {
		Images []types.FieldSpec `yaml:"images"`
	}
	if err := yaml.Unmarshal(data, &own); err != nil {
		return nil, err
	}
	fields := own.Images
	for _, path := range [...]string{
		"spec/containers[]/image",
		"spec/initContainers[]/image",
		"spec/volumes[]/image/reference",
		"spec/template/spec/containers[]/image",
		"spec/template/spec/initContainers[]/image",
		"spec/template/spec/volumes[]/image/reference",
		"spec/jobTemplate/spec/template/spec/volumes[]/image/reference",
	} {
		fields = append(fields, types.FieldSpec{Path: path, CreateIfNotPresent: true})
	}
	return fields, nil
}

// replicaFields says where Kustomize's defaults look for a number of replicas.
func replicaFields() []types.FieldSpec {
	var fields []types.FieldSpec
	for _, kind := range [...]string{"Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"} {
		field := types.FieldSpec{Path: "spec/replicas", CreateIfNotPresent: true}
		field.Kind = kind
		fields = append(fields, field)
	}
	return fields
}
