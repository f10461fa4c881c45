// Package unwrap turns objects, after the last overlay has touched them, into
// the files that are written: one file for each Kubernetes object, and for
// each Bundle the docker-compose.yml and every file that it mounts.
package unwrap

import (
	"fmt"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// The kinds that exist between the library and this package only.
const (
	kindBundle  = "Bundle"
	kindFileSet = "FileSet"
	ownGroup    = "hagen.dev/"
)

// header stands at the top of generated YAML, for those who open it first.
const header = "# Made by hagen. Change the spec, not this file: the next build overwrites it.\n"

// Files returns the files of all objects.
func Files(objects []artifact.Object) ([]artifact.File, error) {
	var problems diag.List
	index := newIndex(objects)
	var cluster []artifact.Object
	var files []artifact.File
	for _, object := range objects {
		switch {
		case isOwn(object, kindBundle):
			made, err := bundleFiles(object, index)
			problems.Add(err)
			files = append(files, made...)
		case isOwn(object, kindFileSet):
			made, err := fileSet(object)
			problems.Add(err)
			files = append(files, made...)
		case object.Annotation(artifact.AnnotationTarget) != "compose":
			cluster = append(cluster, object)
		}
	}
	made, err := clusterFiles(cluster, index)
	problems.Add(err)
	return append(files, made...), problems.ErrorOrNil()
}

func isOwn(object artifact.Object, kind string) bool {
	return object.Kind() == kind && strings.HasPrefix(object.APIVersion(), ownGroup)
}

// index finds ConfigMaps and Secrets by kind and name. An object of another kind
// that says the fingerprints of a Secret stands for the Secret of its name, which
// its controller makes.
type index map[string]artifact.Object

func newIndex(objects []artifact.Object) index {
	found := index{}
	for _, object := range objects {
		switch kind := object.Kind(); {
		case kind == "ConfigMap" || kind == "Secret":
			found[kind+"/"+object.Name()] = object
		case kind != kindBundle && object.Annotation(artifact.AnnotationFingerprints) != "":
			found["Secret/"+object.Name()] = object
		}
	}
	return found
}

func (x index) configMap(name string) map[string]any {
	return artifact.Map(x["ConfigMap/"+name]["data"])
}

func (x index) key(name string) string { return x["ConfigMap/"+name].Key() }

// clusterFiles writes each object into a file of its own and lists them in a
// kustomization.yaml for kubectl, Argo CD and Flux.
func clusterFiles(objects []artifact.Object, index index) ([]artifact.File, error) {
	var files []artifact.File
	folders := map[string][]string{}
	taken := map[string]bool{}
	for _, object := range objects {
		folder := object.Annotation(artifact.AnnotationFolder)
		if folder == "" {
			folder = "kubernetes"
		}
		component := object.Annotation(artifact.AnnotationComponent)
		final := stripped(named(withChecksum(object, index)))
		name := fileName(folder, final, taken)
		data, err := artifact.EncodeYAML(final)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", object.ID(), err)
		}
		folders[folder] = append(folders[folder], name)
		files = append(files, artifact.File{
			Path: folder + "/" + name, Data: append([]byte(header), data...), Component: component,
			Value: final, From: []string{object.Key()},
		})
	}
	for folder, names := range folders {
		file, err := kustomization(folder, names)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// fileName is kind and name; objects that share both are told apart by their
// namespace or group.
func fileName(folder string, object artifact.Object, taken map[string]bool) string {
	stem := strings.ToLower(object.Kind()) + "-" + object.Name()
	group, _, _ := strings.Cut(object.APIVersion(), "/")
	for _, more := range []string{"", object.Namespace(), group} {
		if more != "" {
			stem += "-" + more
		}
		if !taken[folder+"/"+stem] {
			break
		}
	}
	taken[folder+"/"+stem] = true
	return strings.NewReplacer(":", "-", "/", "-").Replace(stem) + ".yaml"
}

func kustomization(folder string, names []string) (artifact.File, error) {
	sort.Strings(names)
	resources := make([]any, len(names))
	for i, name := range names {
		resources[i] = name
	}
	data, err := artifact.EncodeYAML(map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources,
	})
	return artifact.File{
		Path: path.Join(folder, "kustomization.yaml"), Data: append([]byte(header), data...), Component: folder,
	}, err
}

// stripped returns the object without the annotations that only hagen reads while
// it compiles. Fingerprints stay where values are: whoever has the files alone
// tells by them what they hold.
func stripped(object artifact.Object) artifact.Object {
	metadata := artifact.Map(object["metadata"])
	annotations := artifact.Map(metadata["annotations"])
	kept := map[string]any{}
	for key, value := range annotations {
		if !strings.HasPrefix(key, artifact.AnnotationPrefix) || key == artifact.AnnotationFingerprints && object.Carried() != nil {
			kept[key] = value
		}
	}
	if len(kept) == len(annotations) && len(kept) > 0 {
		return object
	}
	plain := clone(metadata)
	if len(kept) == 0 {
		delete(plain, "annotations")
	} else {
		plain["annotations"] = kept
	}
	out := clone(object)
	out["metadata"] = plain
	return out
}

func clone(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = value
	}
	return out
}

func fileSet(object artifact.Object) ([]artifact.File, error) {
	spec := artifact.Map(object["spec"])
	return listed(artifact.Text(spec["folder"]), spec["files"], object)
}

// listed reads a list of {path, content, mode}.
func listed(folder string, list any, object artifact.Object) ([]artifact.File, error) {
	var files []artifact.File
	for _, item := range artifact.List(list) {
		entry := artifact.Map(item)
		name := artifact.Text(entry["path"])
		if !filepath.IsLocal(name) {
			return nil, diag.Diagnostic{
				Message: fmt.Sprintf("%s: a file of it has the path %q", object.ID(), name),
				Reason:  "it would not lie in the folder of the object", Fix: "write a path below that folder, such as config/extra.conf",
			}
		}
		files = append(files, artifact.File{
			Path: path.Join(folder, name), Data: []byte(artifact.Text(entry["content"])),
			Executable: artifact.Text(entry["mode"]) == "0755",
			Component:  object.Annotation(artifact.AnnotationComponent),
			From:       []string{object.Key()},
		})
	}
	return files, nil
}
