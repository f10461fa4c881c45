// Package jsonnet holds the library that turns a spec into objects: everything
// that is known about Harbor, as Jsonnet and data.
package jsonnet

import "embed"

// Library is the whole library; its entry is main.libsonnet.
//
//go:embed main.libsonnet versions.json lib targets harbor1 harbor2 baked
var Library embed.FS
