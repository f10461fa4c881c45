// Package schema is what is valid: the folder itself, embedded, and a reader
// for the fields of the spec in the order in which they are written there.
package schema

import "embed"

// FS holds the schemas.
//
//go:embed spec.schema.json parity.yaml failures.yaml rules/*.yaml baked
var FS embed.FS

// Symptoms holds symptoms.json: what hagen probe may see, and what causes it.
//
//go:embed symptoms.json
var Symptoms embed.FS
