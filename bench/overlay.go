package main

import (
	"os"
	"path/filepath"
)

// patches is the user's overlay, for both programs: a strategic merge on a Deployment, a
// JSON patch on a Service, another mirror for the images.
const patches = `images:
  - name: goharbor/harbor-core
    newName: mirror.example.com/goharbor/harbor-core
patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: core
        namespace: harbor
      spec:
        template:
          spec:
            containers:
              - name: core
                resources:
                  limits:
                    memory: 2Gi
                  requests:
                    cpu: 500m
                    memory: 1Gi
  - target:
      kind: Service
      name: core
    patch: |-
      - op: add
        path: /metadata/annotations
        value:
          example.com/team: registry
`

// writeOverlay writes the patches twice: as a folder that the spec names, and on top of
// the rendered objects for Kustomize.
func (p *place) writeOverlay() error {
	for folder, resources := range map[string]string{
		"patches":         "",
		"overlay":         "resources:\n  - ../base\n",
		"overlay-trimmed": "resources:\n  - ../base-trimmed\n",
	} {
		text := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n" + resources + patches
		dir := filepath.Join(p.dir, folder)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
