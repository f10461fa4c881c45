package schema

import "embed"

// Artifacts holds what the rendered artifacts must keep to: tables of the
// fields of Kubernetes, of custom resources and of Compose. It is apart from FS because nothing of it shows in what
// is rendered.
//
//go:embed artifacts.txt kubernetes/*.txt compose/*.txt
var Artifacts embed.FS
