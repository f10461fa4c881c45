// Package overlays embeds the Kustomize components that ship with hagen, and
// what Kustomize must know to patch both targets: merge keys and the places
// of image names and references.
package overlays

import "embed"

// FS holds a folder for each component, openapi.json and transformers.yaml.
//
//go:embed openapi.json transformers.yaml argocd flux
var FS embed.FS
