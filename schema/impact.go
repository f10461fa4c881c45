package schema

import "embed"

// Impact holds what is known of the consequences of a change: which lists have
// no order, what each place costs when it changes, in which order to go.
//
//go:embed impact/*.json
var Impact embed.FS
