package flux

import (
	"context"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/kustomize/api/resmap"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/kustomize"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/kustomize-controller/internal/decryptor"
)

// sync is the object that tells Flux what to apply and which key to take.
func sync() *kustomizev1.Kustomization {
	return &kustomizev1.Kustomization{
		TypeMeta:   metav1.TypeMeta{APIVersion: kustomizev1.GroupVersion.String(), Kind: kustomizev1.KustomizationKind},
		ObjectMeta: metav1.ObjectMeta{Name: "harbor-secrets", Namespace: "flux-system"},
		Spec: kustomizev1.KustomizationSpec{
			Path: "./",
			Decryption: &kustomizev1.Decryption{
				Provider:  decryptor.DecryptionProviderSOPS,
				SecretRef: &meta.LocalObjectReference{Name: "sops-age"},
			},
		},
	}
}

// keySecret is the Secret with the key of the cluster, as flux's documents
// have it made from a file.
func keySecret(file string) (*corev1.Secret, error) {
	key, err := os.ReadFile(file)
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "sops-age", Namespace: "flux-system"},
		Data:       map[string][]byte{"age" + decryptor.DecryptionAgeExt: key},
	}, err
}

// build does with the folder of the Secrets what the controller does between
// fetching and applying, and returns the values by "name/key".
func (r *registry) build(keyFile string) (map[string]string, error) {
	ctx, object := context.Background(), sync()
	root := r.t.TempDir()
	if err := os.CopyFS(root, os.DirFS(filepath.Join(r.dir, "out", r.name, "secrets"))); err != nil {
		return nil, err
	}
	secret, err := keySecret(keyFile)
	if err != nil {
		return nil, err
	}
	plain, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	if _, err := kustomize.NewGenerator(root, unstructured.Unstructured{Object: plain}).WriteFile(root); err != nil {
		return nil, err
	}
	client := fake.NewClientBuilder().WithObjects(secret).Build()
	reader, clean, err := decryptor.New(client, object, decryptor.WithRoot(root))
	if err != nil {
		return nil, err
	}
	defer clean()
	if err := reader.ImportKeys(ctx); err != nil {
		return nil, err
	}
	if err := reader.DecryptSources(root); err != nil {
		return nil, err
	}
	built, err := kustomize.SecureBuild(root, root, false)
	if err != nil {
		return nil, err
	}
	return decrypted(reader, built)
}

// decrypted decrypts every resource and returns what the Secrets hold.
func decrypted(reader *decryptor.Decryptor, built resmap.ResMap) (map[string]string, error) {
	values := map[string]string{}
	for _, resource := range built.Resources() {
		// The controller goes on with the resource that it handed in.
		if _, err := reader.DecryptResource(resource); err != nil {
			return nil, err
		}
		object, err := resource.Map()
		if err != nil {
			return nil, err
		}
		var secret corev1.Secret
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, &secret); err != nil {
			return nil, err
		}
		for key, value := range secret.Data {
			values[secret.Name+"/"+key] = string(value)
		}
		for key, value := range secret.StringData {
			values[secret.Name+"/"+key] = value
		}
	}
	return values, nil
}
