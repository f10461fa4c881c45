package accept

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/client-go/kubernetes/scheme"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// kubernetesTypes are all types of Kubernetes itself and of the Gateway API.
func kubernetesTypes() (*runtime.Scheme, error) {
	types := runtime.NewScheme()
	return types, errors.Join(scheme.AddToScheme(types), gateway.Install(types))
}

// decode reads one manifest as an API server does under strict field validation:
// unknown kinds, unknown fields and duplicate fields are errors.
func decode(data []byte) (runtime.Object, error) {
	types, err := kubernetesTypes()
	if err != nil {
		return nil, err
	}
	options := json.SerializerOptions{Yaml: true, Strict: true}
	serializer := json.NewSerializerWithOptions(json.DefaultMetaFactory, types, types, options)
	object, _, err := serializer.Decode(data, nil, nil)
	return object, err
}

// checkManifest wants exactly one object, of a known kind, with known fields only, that
// an API server's rules let pass.
func checkManifest(file File) error {
	if documents(string(file.Data)) != 1 {
		return errors.New("want one object in a file")
	}
	object, err := decode(file.Data)
	if err != nil {
		return err
	}
	return validate(object)
}

// documents counts the YAML documents that hold anything.
func documents(text string) int {
	count := 0
	for _, document := range strings.Split("\n"+text, "\n---") {
		var value any
		if yaml.Unmarshal([]byte(document), &value) != nil || value != nil {
			count++
		}
	}
	return count
}

// checkKustomization has Kustomize build the folder, as Argo CD and Flux do, and
// wants every file of the folder to be in the result.
func checkKustomization(file File) error {
	kustomizer := krusty.MakeKustomizer(krusty.MakeDefaultOptions())
	objects, err := kustomizer.Run(filesys.MakeFsOnDisk(), file.Dir())
	if err != nil {
		return err
	}
	files, err := manifests(file.Dir())
	if err != nil {
		return err
	}
	if objects.Size() != len(files) {
		return fmt.Errorf("kustomize builds %d objects from a folder of %d files", objects.Size(), len(files))
	}
	return nil
}

// manifests lists the YAML files of a folder but its kustomization.
func manifests(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".yaml") && entry.Name() != "kustomization.yaml" {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths, nil
}
